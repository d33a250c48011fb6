/** How the node meets other members: limits against peers that ask too much, and how often it does things by itself. */
import { z } from "zod";
import { materialSettings } from "./material.ts";
import { duration, size } from "./units.ts";

const count = (standard: number) => z.int().min(1).default(standard);

const limits = z.strictObject({
  connections: count(256).describe(
    "Connections at a time: some more than the members of the largest federation planned for.",
  ),
  pendingConnections: count(16).describe(
    "Connections still being set up: each costs a handshake before we know who it is.",
  ),
  connectionsPerSecond: count(50).describe(
    "New connections per second from one address. Many members may stand behind one; a refused attempt costs 1 ms.",
  ),
  parallelDials: count(16).describe("Outgoing connections being set up at a time."),
  dialTimeout: duration("15s").describe("For one outgoing connection over all addresses of a member."),
  upgradeTimeout: duration("5s").describe("For a peer that connects to prove its identity."),
  connectionsPerMember: count(8).describe(
    "Connections of one member at a time: it needs one, and leaves some behind when its line breaks.",
  ),
  streams: count(64).describe(
    "Streams that one peer may have open on a connection; a member needs a few for each protocol.",
  ),
  streamsPerSecond: count(50).describe(
    "Streams that one peer may open per second, on average; ten times as many at once. More ends the connection.",
  ),
  bytesPerSecond: size("32MiB").describe(
    "What one member may send unasked per second, on average: over it, its line is read later. Four times as much at once.",
  ),
  strangerBytes: size("1MiB").describe(
    "The same for a peer that no card names; sixteen times as much at once, for one large roster.",
  ),
  openTimeout: duration("10s").describe("For a connected peer to accept a stream."),
  silence: duration("100s").describe(
    "Without a sign of life for so long a connection is closed: three repeated hellos missed.",
  ),
  strangers: count(16).describe(
    "Connected peers that no card names. They may only exchange membership files, so a few at a time suffice.",
  ),
  strangersPerAddress: count(4).describe(
    "How many of them from one address, so that one cannot keep out all others. Own proxies are exempt.",
  ),
  strangerTime: duration("30s").describe(
    "How long such a peer may stay: an exchange takes less than a second.",
  ),
  writeHighWater: size("1MiB").describe(
    "Unsent bytes on a stream at which its sender waits; bounds memory for each slow peer.",
  ),
  requestsPerSecond: count(500).describe(
    "Requests of one member and protocol per second, on average. A node does about as many; more only fills memory.",
  ),
  requestsBurst: count(4000).describe(
    "Requests of one member that may come at once, e.g. after it was offline.",
  ),
  strangerRequests: count(2).describe("Membership requests of one peer per second, on average."),
  quarantine: count(10_000).describe(
    "Envelopes kept unopened while the node knows no fresh membership. The sender keeps its copies anyway.",
  ),
  snapshotBlocks: count(256).describe(
    "Blocks from one snapshot of an own feed to the next: as many are replayed at most by a member that joins.",
  ),
  recordsPerMember: count(20_000_000).describe(
    "Hash records that one member may publish over the years, about 1 KiB of disk each. Its feeds stand still here at that number until it is raised.",
  ),
  quarantinePerMember: count(500).describe("Those of one member, so that others find room, too."),
  unsupportedPerMember: count(10_000).describe(
    "Statements of one member kept for a later version that understands them; more are refused until then.",
  ),
  breaches: count(8).describe(
    "Breaches of rules by one member in ten minutes (frames too long, streams by the hundred, answers never read) after which it is cut off.",
  ),
  cutFirst: duration("1m").describe(
    "How long a member is cut off the first time; each time within a day is twice as long.",
  ),
  cutMost: duration("1h").describe("Longest time for which a member is cut off without a person's decision."),
  clockSkew: duration("5m").describe(
    "Difference of clocks that is tolerated; more is shown to both operators.",
  ),
});

const intervals = z.strictObject({
  hello: duration("30s").describe(
    "How often connected members repeat what they hold: also the sign of life.",
  ),
  dialFirst: duration("1s").describe(
    "Wait before the second attempt to reach a member; each further wait is twice as long.",
  ),
  dialMost: duration("5m").describe("Longest wait between attempts to reach a member."),
  dialPatience: duration("15s").describe(
    "The member with the lower peer id connects; the other one only after so long, so that they do not cross.",
  ),
  retryFirst: duration("5s").describe(
    "Wait before a delivery that failed is tried again; each further wait is twice as long.",
  ),
  retryMost: duration("1h").describe(
    "Longest wait between attempts of one delivery to a member that is connected.",
  ),
  freshness: duration("8h").describe(
    "How often a node with delegated keys renews the freshness file, which is valid for 24 h.",
  ),
  freshnessTurn: duration("10m").describe(
    "How long each holder of a freshness key waits for the one before it in the order of keys, before it proposes the next file itself.",
  ),
  sealingKey: duration("7d").describe(
    "How long a sealing key is used; the next ones are announced four keys ahead.",
  ),
  sealingKeyLife: duration("36d").describe(
    "Age at which a sealing key is forgotten: its use, the longest life of an envelope (28 days), and a day.",
  ),
  housekeeping: duration("1h").describe("How often expired envelope ids and sealing keys are removed."),
});

const quota = (messages: number, bytes: string, why: string) =>
  z
    .strictObject({
      count: count(messages).describe(`Most envelopes ${why}`),
      bytes: size(bytes).describe(`Most bytes ${why}`),
    })
    .prefault({});

/** Leaving what waits for an absent member with others, and keeping it for them. */
const mailbox = z.strictObject({
  after: duration("5m").describe(
    "How long a member must be out of reach before what waits for it is left with mailboxes. A restart takes less.",
  ),
  copies: z
    .int()
    .min(0)
    .max(8)
    .default(2)
    .describe(
      "Mailboxes that get a copy, each in another country: one of them may lose or withhold it. 0: none is used.",
    ),
  again: duration("7d").describe(
    "A statement that still waits is left with mailboxes anew after so long, at most 28 days (the life of an envelope).",
  ),
  rest: duration("10m").describe(
    "How long a mailbox that refused is not asked again for the same recipient.",
  ),
  look: duration("1m").describe(
    "How often this node looks whether something is to be left with mailboxes, or kept there for it.",
  ),
  keep: z
    .strictObject({
      inAll: quota(50_000, "4GiB", "kept here for others, when the roster names this member a mailbox."),
      perSender: quota(
        10_000,
        "1GiB",
        "kept of one sender: one member that floods leaves room for the others.",
      ),
      perRecipient: quota(
        10_000,
        "1GiB",
        "kept for one recipient: a busy member's month away fits, and one that never returns costs no more.",
      ),
    })
    .prefault({}),
});

/** Saying live, under blinded keys, what this member holds. */
const announcements = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe(
      "Whether this member announces what it holds of its adverts for all members, keeps such announcements of others, and may ask. Members near a key learn that somebody asks; the adverts alone tell nobody.",
    ),
  most: count(500).describe(
    "Items announced, the newest: each costs about a second in a large federation, every time.",
  ),
  perMember: count(500).describe("Announcements kept of each other member, in memory."),
  refresh: duration("8h").describe("How often they are made again: thrice within their life."),
  validity: duration("24h").describe("Life of an announcement that is not made again."),
  timeout: duration("10s").describe("For one announcement, and for one search. Nothing waits for the first."),
  answers: count(20).describe("Most holders that one search gives."),
});

const relay = z.strictObject({
  role: z
    .enum(["off", "use", "serve"])
    .default("off")
    .describe(
      "`use`: behind a firewall, keep a place at up to two members that relay, and be reached through them. `serve`: carry connections for other members, when the roster names this member a relay.",
    ),
  reservations: count(32).describe("Members that may have a place here at a time."),
  circuits: count(32).describe("Connections that one member may make through here at a time."),
  duration: duration("6h").describe("Longest life of one carried connection; its members then connect anew."),
  bytes: size("1GiB").describe(
    "Most that one carried connection transfers, both ways together; its members then connect anew.",
  ),
});

export const federationSettings = z.strictObject({
  introductions: z
    .array(z.string().max(512))
    .default([])
    .describe(
      "Addresses with peer ids (`/dns4/…/tcp/…/p2p/…`) that a node without cards asks for membership files. From the invite.",
    ),
  proxies: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .default([])
    .describe(
      "Addresses of own reverse proxies in front of `listen.p2p`. Limits for each address do not apply to them, since all members behind one share it; the proxy should have its own.",
    ),
  authorities: z
    .string()
    .optional()
    .describe(
      "File with certificate authorities (PEM) for members reached by wss, besides the system's. The certificate proves the proxy, never the member.",
    ),
  relay: relay.prefault({}),
  limits: limits.prefault({}),
  intervals: intervals.prefault({}),
  mailbox: mailbox.prefault({}),
  announcements: announcements.prefault({}),
  material: materialSettings.prefault({}),
});
export type FederationSettings = z.output<typeof federationSettings>;
export type FederationLimits = FederationSettings["limits"];
