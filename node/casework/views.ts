/** What the API shows of casework: zod schemas that routes, OpenAPI and the interface share. Times are milliseconds since 1970. */
import { z } from "zod";
import { audienceNames } from "@wardline/protocol/adverts";
import {
  changedFacts,
  changedThings,
  changeKinds,
  draftTypes,
  expiringThings,
  expiryLevels,
} from "@wardline/protocol/roster";
import { markings, onwardRules, statementTypes } from "@wardline/protocol/statements";
import { actionKinds, factsSchema, verdictSchema } from "@wardline/protocol/vocabulary";
import { runStates } from "../capture/index.ts";
import { hostingTraceSchema } from "../capture/index.ts";
import { overuses } from "../federation/index.ts";
import { routingKeys, routingNoteKeys } from "../jurisdiction/index.ts";

export { acquisitionView, archiveView, cameraView } from "./evidence/views.ts";

const time = z.number();
const optionalTime = time.optional();

/** What was found of somebody's misbehaviour, or of files that somebody should not have shown. */
export const findingKinds = [
  "two-of-one-version",
  "two-statements",
  "feed-fork",
  "rollback",
  "mix-and-match",
  "too-far-ahead",
  "threshold",
  "one-jurisdiction",
  "expired",
  "other",
] as const;

/** Whose signatures a draft needs. */
export const signingRoles = ["root", "next-root", "registrars", "freshness"] as const;

export const memberLabel = z.object({
  id: z.string(),
  name: z.string(),
  country: z.string(),
  kind: z.string(),
});

/** Every moment of a report is kept; a statistic names which one its clock starts from. */
export const timestampsView = z.object({
  received: time,
  captured: optionalTime,
  assessed: optionalTime,
  forwarded: optionalTime,
  leaTold: optionalTime,
  noticeSent: optionalTime,
  providerAcknowledged: optionalTime,
  firstOffline: optionalTime,
  confirmedOffline: optionalTime,
  /** When it was last found again after that. */
  backOnline: optionalTime,
  closed: optionalTime,
});

export const reportStates = [
  "capturing", // the URL is being fetched
  "capture-failed", // it could not be fetched: retry or close
  "to-classify", // items wait for a person
  "classified", // every item has a verdict; routing is under way
  "forwarded", // the competent hotline abroad has it
  "to-notify", // hosted here: a person must approve the notice
  "notified", // the provider was told; re-checks run
  "removed", // confirmed offline
  "closed", // nothing (left) to do
] as const;

export const hostingView = z.object({
  host: z.string(),
  address: z.string().optional(),
  country: z.string().optional(),
  asn: z.number().optional(),
  provider: z.string().optional(),
  /** Mail addresses for abuse reports that the look-ups gave. */
  contacts: z
    .object({
      network: z.string().optional(),
      domain: z.string().optional(),
      registrar: z.string().optional(),
      cdn: z.string().optional(),
      configured: z.string().optional(),
    })
    .optional(),
  /** The content-delivery network that hides where it is hosted, and the country of its seat. */
  cdn: z.object({ name: z.string(), country: z.string().optional() }).optional(),
  /** All countries, when traces disagree; the first counts. */
  countries: z.array(z.string()).optional(),
  source: z.enum(["configured", "database", "unknown"]),
  /** `none`: there is nothing to know. `failed`: it could not be looked up, and is tried again. */
  lookup: z.enum(["found", "none", "failed"]).optional(),
  tracedAt: time,
});

/** One state of a report's host, part by part, and when it was seen first and last. */
export const keptTraceView = z.object({
  hosting: hostingView,
  trace: hostingTraceSchema,
  first: time,
  last: time,
});

export const reportSummary = z.object({
  id: z.string(),
  reference: z.string(),
  url: z.string(),
  host: z.string(),
  state: z.enum(reportStates),
  source: z.enum(["public", "analyst", "member"]),
  origin: z.object({ member: memberLabel, reference: z.string() }).optional(),
  country: z.string().optional(),
  received: time,
  /** Why it stands where it stands in the queue, in one sentence. */
  place: z.string(),
  items: z.number(),
  open: z.number(),
  known: z.number(),
  refused: z.number(),
  lease: z.object({ person: z.string(), name: z.string(), until: time }).optional(),
});

export const assessmentView = z.object({
  id: z.string(),
  author: memberLabel,
  pseudonym: z.string(),
  verdict: verdictSchema,
  facts: factsSchema,
  basis: z.enum(["seen", "derived"]),
  at: time,
});

export const actionView = z.object({
  kind: z.enum(actionKinds),
  by: memberLabel,
  at: time,
  detail: z.string().optional(),
});

export const itemStates = ["open", "known", "classified", "refused"] as const;

export const itemView = z.object({
  id: z.string(),
  report: z.string(),
  url: z.string(),
  foundOn: z.string(),
  kind: z.enum(["image", "video", "archive"]),
  /** Of a video or an archive: what its server calls it. */
  name: z.string().optional(),
  mime: z.string(),
  bytes: z.number(),
  width: z.number().optional(),
  height: z.number().optional(),
  /** Of a video, in seconds. */
  duration: z.number().optional(),
  state: z.enum(itemStates),
  /** For a refused item: the decoder's code and what it means. */
  refused: z.object({ code: z.string(), message: z.string() }).optional(),
  /** For a known item: whose verdict was taken over, and the rule. */
  known: z.object({ member: memberLabel, verdict: verdictSchema, sentence: z.string() }).optional(),
  /** A near match (never decides by itself). */
  near: z.object({ member: memberLabel, verdict: verdictSchema, distance: z.number() }).optional(),
  agreed: z.object({ verdict: verdictSchema, rule: z.string(), sentence: z.string() }).optional(),
  /** This person's draft, not yet part of the record. */
  draft: z.object({ verdict: verdictSchema, facts: factsSchema }).optional(),
  assessments: z.array(assessmentView),
  actions: z.array(actionView),
  online: z.enum(["unknown", "online", "missing", "offline"]),
  held: z.boolean(),
  sha256: z.string(),
});

export const reportDetail = reportSummary.extend({
  hosting: hostingView.optional(),
  /** The routing decision in one sentence. */
  route: z
    .object({
      member: memberLabel.optional(),
      sentence: z.string(),
      /** The decision by its key, for saying it in other words. */
      decision: z
        .object({
          key: z.enum(routingKeys),
          note: z.enum(routingNoteKeys).optional(),
          values: z.record(z.string(), z.string()),
        })
        .optional(),
    })
    .optional(),
  /** Where the notice to the provider would go, and whether a person approved that contact before. */
  abuseContact: z.object({ address: z.string(), source: z.string(), approved: z.boolean() }).optional(),
  timestamps: timestampsView,
  /** Every time ever noted, the oldest first: also those that count no more. */
  moments: z.array(z.object({ what: z.string(), at: time })),
  /** When police asked that nobody is told; the last one may still run. */
  holds: z.array(z.object({ from: time, until: optionalTime })),
  itemList: z.array(itemView),
  /** Pages that were read, as a tree: `foundOn` is the page that leads to it, or shows it in a frame. */
  pages: z.array(
    z.object({
      url: z.string(),
      status: z.number(),
      images: z.number(),
      foundOn: z.string().optional(),
      kind: z.enum(["page", "frame"]).optional(),
      depth: z.number().optional(),
      screenshot: z.boolean(),
    }),
  ),
  actions: z.array(actionView),
  /** Capture while it runs, or what cut it short. */
  capture: z.object({
    done: z.number(),
    total: z.number(),
    note: z.string().optional(),
    /** Nothing was found on a page that needs its scripts. */
    scripted: z.boolean().optional(),
  }),
  /** Statements of this report: to whom, whether receipted. */
  deliveries: z.array(
    z.object({
      statement: z.string(),
      type: z.string(),
      to: memberLabel,
      state: z.enum(["waiting", "accepted", "duplicate", "unsupported", "rejected"]),
      detail: z.string().optional(),
      /** Whose mailboxes keep it while its recipient is away, as a sentence. */
      place: z.string().optional(),
      at: time,
    }),
  ),
  /** What police and INTERPOL answered. */
  feedback: z.array(
    z.object({ member: memberLabel, status: z.string(), note: z.string().optional(), at: time }),
  ),
});

const tally = z.object({ done: z.number(), found: z.number(), most: z.number() });
const amountUsed = z.object({ used: z.number(), most: z.number() });

/** Where a capture stands. */
export const captureView = z.object({
  /** `none`: it was never begun, or long ago. */
  state: z.enum(["none", ...runStates]),
  started: optionalTime,
  pages: tally,
  /** Pictures, videos, archives. */
  items: tally,
  bytes: amountUsed,
  /** Milliseconds of work, without pauses. */
  time: amountUsed,
  /** What cut it short, in a sentence. */
  note: z.string().optional(),
});

/** Police: one escalation in the inbox. */
export const escalationView = z.object({
  id: z.string(),
  reference: z.string(),
  /** The report's id, the same at every member. */
  report: z.string(),
  url: z.string(),
  from: memberLabel,
  origin: memberLabel.optional(),
  urgency: z.enum(["routine", "person-at-risk"]),
  items: z.number(),
  country: z.string().optional(),
  why: z.string(),
  status: z.string(),
  received: time,
  feedback: z.array(
    z.object({ status: z.string(), note: z.string().optional(), at: time, pseudonym: z.string() }),
  ),
  itemList: z.array(
    z.object({
      id: z.string(),
      url: z.string(),
      sha256: z.string(),
      verdict: verdictSchema.optional(),
      mime: z.string(),
    }),
  ),
});

/** What a hold costs: totals since it began, times in milliseconds. */
export const holdCostView = z.object({
  reports: z.number(),
  watched: z.number(),
  noticedBefore: z.number(),
  looks: z.number(),
  onlineFor: z.number(),
  gone: z.number(),
  moved: z.number(),
});

/** How a hold ended: the provider may be told, police ask not to, or its time was up. */
export const holdOutcomes = ["may-notify", "do-not-notify", "expired"] as const;

/** A hotline: a hold on what is reported here. */
export const holdView = z.object({
  id: z.string(),
  /** The organisation whose hold it is. */
  owner: z.string(),
  /** The police member; absent for a hold that arrived by letter. */
  member: memberLabel.optional(),
  /** The owner's name for the matter. */
  reference: z.string().optional(),
  contact: z.string().optional(),
  legalBasis: z.string(),
  reason: z.string(),
  reports: z.array(z.object({ id: z.string(), reference: z.string() })),
  urls: z.array(z.string()),
  hosts: z.array(z.string()),
  state: z.enum(["planned", "finding", "running", "ending", "ended"]),
  placed: time,
  from: time,
  expires: time,
  /** Whole days until it ends by itself; absent once it has ended. */
  daysLeft: z.number().optional(),
  /** Its end is near. */
  endsSoon: z.boolean(),
  outcome: z.enum(holdOutcomes).optional(),
  ended: optionalTime,
  cost: holdCostView,
  /** Reports here that are or were under it. */
  held: z.array(
    z.object({
      report: z.string(),
      reference: z.string(),
      since: time,
      until: optionalTime,
      noticedBefore: optionalTime,
    }),
  ),
  history: z.array(
    z.object({
      at: time,
      what: z.enum(["placed", "extended", "reminded", "ended"]),
      expires: optionalTime,
      note: z.string().optional(),
    }),
  ),
});

/** Holds of a period, without names, addresses or matters. */
export const holdStatisticView = holdCostView.extend({
  holds: z.number(),
  inForce: z.number(),
  ended: z.object({ "may-notify": z.number(), "do-not-notify": z.number(), expired: z.number() }),
});

/** A removal clock. */
export const clockView = z.object({
  id: z.string(),
  name: z.string(),
  /** What it counts. */
  sentence: z.string(),
  pausesWhileHeld: z.boolean(),
});

/** What the clocks show for one report, in milliseconds. */
export const reportClocksView = z.object({
  clocks: z.array(
    clockView.extend({
      state: z.enum(["not-started", "running", "stopped"]),
      milliseconds: z.number(),
      /** Left out of it, because police held the notice. */
      paused: z.number(),
    }),
  ),
});

const share = z.number().min(0).max(1).optional();
/** One clock over many reports. Times in milliseconds; a share is absent while nothing is known. */
export const clockStatisticView = z.object({
  clock: clockView,
  by: z.enum(["all", "country", "provider", "hotline"]),
  from: time,
  until: time,
  figures: z.array(
    z.object({
      group: z.string(),
      stopped: z.number(),
      running: z.number(),
      median: z.number().optional(),
      percentile90: z.number().optional(),
      within24h: share,
      within72h: share,
      within7d: share,
    }),
  ),
});

/** Police: a hold that this agency asked a hotline for. */
export const placedHoldView = z.object({
  id: z.string(),
  to: memberLabel,
  report: z.object({ id: z.string(), reference: z.string() }).optional(),
  reference: z.string().optional(),
  contact: z.string().optional(),
  legalBasis: z.string(),
  reason: z.string(),
  urls: z.array(z.string()),
  hosts: z.array(z.string()),
  /** asked: the hotline has not said that it is in force yet. refused: with `code`. */
  state: z.enum(["asked", "in-force", "ended", "refused"]),
  code: z.string().optional(),
  placed: time,
  from: time,
  /** As the hotline counts it, once it has answered. */
  expires: time,
  daysLeft: z.number().optional(),
  endsSoon: z.boolean(),
  outcome: z.enum(holdOutcomes).optional(),
  /** As the hotline told it last. */
  cost: holdCostView.omit({ reports: true }).extend({ at: time }).optional(),
  history: z.array(
    z.object({ at: time, event: z.string(), urls: z.array(z.string()), expires: optionalTime }),
  ),
});

/** INTERPOL: one item contributed by any number of members, folded by SHA-256. */
export const contributionView = z.object({
  sha256: z.string(),
  verdict: verdictSchema,
  mime: z.string(),
  bytes: z.number(),
  contributors: z.array(
    z.object({
      member: memberLabel,
      report: z.string(),
      reference: z.string(),
      item: z.string(),
      at: time,
      held: z.boolean(),
    }),
  ),
  countries: z.array(z.string()),
  state: z.enum(["offered", "requested", "granted", "transferring", "verified", "refused"]),
  /** Granted material on its way. */
  transfer: z
    .object({
      state: z.enum(["checking", "arriving", "verifying", "waiting", "paused"]),
      /** Bytes of the encrypted form. */
      received: z.number(),
      total: z.number(),
      perSecond: z.number(),
      /** While it waits: why, as a code, and until when at the latest. */
      code: z.string().optional(),
      until: optionalTime,
    })
    .optional(),
  /** Until when the grant can be fetched. */
  expires: optionalTime,
  /** Why the latest request was refused or ended without the material. */
  reason: z.string().optional(),
  outcome: z.string().optional(),
  received: time,
});

/** A request for material, as its holder sees it. */
export const materialRequestView = z.object({
  id: z.string(),
  from: memberLabel,
  report: z.string(),
  reference: z.string(),
  item: z.string(),
  purpose: z.string(),
  legalBasis: z.string(),
  received: time,
  state: z.enum(["waiting", "granted", "refused", "delivered", "expired", "withdrawn", "cancelled"]),
  approvals: z.array(z.object({ name: z.string(), at: time })),
  needed: z.number(),
  /** Why this person cannot approve (again), if so. */
  blocked: z.string().optional(),
  /** Why it was refused or withdrawn. */
  reason: z.string().optional(),
  /** Until when it can be fetched, once granted. */
  expires: optionalTime,
  /** How far the requester has fetched it, as this node has seen since it started. */
  transfer: z
    .object({ received: z.number(), total: z.number(), perSecond: z.number(), at: optionalTime })
    .optional(),
});

export const memberView = memberLabel.extend({
  status: z.enum(["active", "suspended", "revoked"]),
  self: z.boolean(),
  connected: z.boolean(),
  lastContact: optionalTime,
  waiting: z.number(),
  adverts: z.number(),
  note: z.string().optional(),
});
const amount = z.object({ count: z.number(), bytes: z.number() });
const mailboxView = amount.extend({
  /** Whether the roster says that this member keeps mail for others. */
  offered: z.boolean(),
  most: amount,
  for: z.array(amount.extend({ member: z.object({ id: z.string(), name: z.string() }) })),
});
/** What ends when. */
export const expiryView = z.object({
  what: z.enum(expiringThings),
  /** Whose it is; empty for what belongs to all. */
  name: z.string(),
  at: time,
  level: z.enum(expiryLevels),
});

/** A member that asked for more than its share, in the last day. */
const overLimitView = z.object({
  member: z.object({ id: z.string(), name: z.string() }),
  what: z.enum(overuses),
  state: z.enum(["slowed", "cut"]),
  since: time,
  until: time,
  times: z.number(),
});

export const federationView = z.object({
  federation: z.string(),
  rosterVersion: z.number(),
  rosterExpires: time,
  freshness: z.enum(["current", "stale", "expired"]),
  freshUntil: time,
  members: z.array(memberView),
  /** What is kept here, sealed, for members that are away. */
  mailbox: mailboxView,
  /** The latest first. */
  overLimit: z.array(overLimitView),
  /** How often each limit was met since the start, for supervision. */
  limitsMet: z.record(z.string(), z.object({ slowed: z.number(), broken: z.number(), cut: z.number() })),
  /** The soonest first. */
  expiries: z.array(expiryView),
});

/** Two files, or one that was refused, that show what somebody did. */
export const findingView = z.object({
  kind: z.enum(findingKinds),
  /** Which of the membership files, if it is about one. */
  file: z.enum(["root", "roster", "freshness", "suspension", "card", "successor"]).optional(),
  version: z.number().optional(),
  member: memberLabel.optional(),
  /** When it was found here, where that was kept. */
  at: optionalTime,
  /** Stops all exchange until a root has named the right file. */
  stops: z.boolean(),
});

export const membershipView = z.object({
  federation: z.string(),
  root: z.object({ version: z.number(), expires: time }),
  roster: z.object({ version: z.number(), expires: time }).optional(),
  members: z.array(
    memberLabel.extend({
      status: z.enum(["active", "suspended", "revoked"]),
      contact: z.string(),
      capabilities: z.array(z.string()),
    }),
  ),
  expiries: z.array(expiryView),
  findings: z.array(findingView),
  /** Members with freshness keys, in the order in which they propose; whether this node holds one. */
  holders: z.array(memberLabel),
  holding: z.boolean(),
  /** What one holder last refused another, with the code. */
  disagreements: z.array(
    z.object({ member: memberLabel, refusedBy: z.enum(["us", "them"]), code: z.string(), at: time }),
  ),
  /** Emergency suspensions in force. */
  suspensions: z.array(
    z.object({ id: z.string(), members: z.array(memberLabel), reason: z.string(), expires: time }),
  ),
  /** Those that wait for people, here or at other holders. */
  proposals: z.array(
    z.object({
      id: z.string(),
      from: memberLabel,
      at: time,
      expires: time,
      members: z.array(memberLabel),
      /** Hashes of what it lifts; none where it suspends. */
      lifts: z.array(z.string()),
      reason: z.string(),
      signedBy: z.array(memberLabel),
      signedHere: z.boolean(),
      /** People of this organisation who agreed, and how many are needed here. */
      approvals: z.array(z.object({ name: z.string(), at: time })),
      needed: z.number(),
      /** Why this person cannot agree (again). */
      blocked: z.string().optional(),
    }),
  ),
});

/** One role's part of a draft. */
const signingView = z.object({
  role: z.enum(signingRoles),
  threshold: z.number(),
  jurisdictions: z.number(),
  complete: z.boolean(),
  signers: z.array(
    z.object({ holder: z.string(), jurisdiction: z.string(), key: z.string(), signed: z.boolean() }),
  ),
});

export const draftView = z.object({
  type: z.enum(draftTypes),
  version: z.number(),
  expires: time,
  /** Twelve words of the file, to be compared by telephone. */
  words: z.string(),
  added: time,
  by: z.string(),
  changes: z.array(
    z.object({
      kind: z.enum(changeKinds),
      of: z.enum(changedThings),
      id: z.string(),
      name: z.string(),
      facts: z.array(
        z.object({
          fact: z.enum(changedFacts),
          which: z.string().optional(),
          before: z.union([z.string(), z.number()]).optional(),
          after: z.union([z.string(), z.number()]).optional(),
        }),
      ),
    }),
  ),
  signing: z.array(signingView),
  complete: z.boolean(),
  /** Code of why it could not be taken any more, however many sign. */
  refused: z.string().optional(),
});

export const draftsView = z.object({ drafts: z.array(draftView) });

/** What one member's feed says of a file. */
export const advertView = z.object({
  record: z.string(),
  member: memberLabel,
  verdict: verdictSchema,
  facts: factsSchema,
  basis: z.enum(["seen", "derived"]),
  /** Of a derived one: whose verdict it repeats. */
  from: memberLabel.optional(),
  /** Who else can see it. */
  audience: z.enum(audienceNames),
  /** Whether that member says that it holds the material. */
  held: z.boolean(),
  /** Since when it says so. */
  at: time,
  /** When it was taken back, by the same member: nobody else can. */
  withdrawn: optionalTime,
  /** Of a withdrawn one of this organisation: which members have applied that, and when those were last met. */
  holders: z
    .array(z.object({ member: memberLabel, applied: z.boolean(), lastContact: optionalTime }))
    .optional(),
  /** Open disputes about it: they stop its being taken over. */
  disputes: z.array(
    z.object({ id: z.string(), member: memberLabel, verdict: verdictSchema, reason: z.string(), at: time }),
  ),
  /** Members whose own look came to another verdict. */
  against: z.array(memberLabel),
});
/** All that is said of one file, and what follows from it here. */
export const advertisedFileView = z.object({
  sha256: z.string(),
  /** Bits in which its picture's PDQ hash differs from the one asked for; absent where a digest was equal. */
  distance: z.number().optional(),
  /** What a file of this SHA-256 is taken for here, and why. */
  effect: z.object({ kind: z.enum(["known", "hint", "none"]), sentence: z.string() }),
  adverts: z.array(advertView),
  /** Where the file is in reports here. */
  items: z.array(z.object({ item: z.string(), report: z.string(), reference: z.string() })),
});
export const advertsView = z.object({
  files: z.array(advertisedFileView),
  /** Whether this member takes part in live announcements, so that others can be asked who holds a file. */
  askable: z.boolean(),
});

/** Who announced, over the network, to hold a file. */
export const holdersView = z.object({
  /** `confirmed`: the member was asked and says so now; otherwise it could not be reached. Who denied it is left out. */
  holders: z.array(z.object({ member: memberLabel, confirmed: z.boolean() })),
});

/** What a conversation is about, and where it is found on this node. */
export const matterView = z.object({
  report: z.string(),
  reference: z.string(),
  /** Which of this node's pages shows it; `unknown`: it is not known here. */
  where: z.enum(["report", "escalation", "contribution", "unknown"]),
  /** Its id on that page. */
  id: z.string().optional(),
});

/** What a message points at; it never carries it. */
export const messageReferenceView = z.object({
  kind: z.enum(["item", "report", "advert", "notice", "material"]),
  sha256: z.string().optional(),
  report: matterView.optional(),
  /** Whose hash record or notice it is. */
  author: memberLabel.optional(),
  /** When the notice left. */
  sentAt: time.optional(),
  /** Which of this node's pages shows it, and under which id; absent when it is not known here. */
  place: z
    .object({
      where: z.enum(["report", "escalation", "contribution", "material", "advert"]),
      id: z.string(),
    })
    .optional(),
});

/** What a message about a report can point at: as it is sent, and as it is shown here. */
export const pointerView = z.object({
  reference: statementTypes["conversation.message"].payload.shape.references.unwrap().unwrap(),
  shown: messageReferenceView,
});

export const messageView = z.object({
  /** In the order in which they were written or arrived here, from 1. */
  number: z.number(),
  author: memberLabel,
  /** Written by this organisation. */
  own: z.boolean(),
  /** Written by the person who asks. */
  mine: z.boolean(),
  pseudonym: z.string(),
  text: z.string(),
  references: z.array(messageReferenceView),
  marking: z.enum(markings),
  onward: z.enum(onwardRules),
  /** When its author signed it. */
  at: time,
  unread: z.boolean(),
  /** Own messages: what became of each copy, also as a sentence. */
  deliveries: z.array(
    z.object({
      to: memberLabel,
      state: z.enum(["waiting", "accepted", "duplicate", "unsupported", "rejected"]),
      sentence: z.string(),
    }),
  ),
});

export const conversationSummary = z.object({
  id: z.string(),
  matter: matterView,
  /** The other members in it. */
  parties: z.array(memberLabel),
  started: time,
  last: time,
  messages: z.number(),
  /** Messages that the person who asks has not seen. */
  unread: z.number(),
  latest: messageView,
});

export const conversationDetail = conversationSummary.extend({
  /** The newest messages, the oldest of them first. */
  messageList: z.array(messageView),
  /** What a person should know before answering, if anything. */
  note: z.string().optional(),
  /** Most characters of a message. */
  length: z.number(),
});

/** The ledger of a report: each entry with its proof, under one signed checkpoint. */
export const custodyView = z.object({
  report: z.string(),
  reference: z.string(),
  checkpoint: z.object({ origin: z.string(), size: z.number(), root: z.string(), text: z.string() }),
  verified: z.boolean(),
  checks: z.array(z.object({ name: z.string(), passed: z.boolean(), detail: z.string() })),
  entries: z.array(
    z.object({
      index: z.number(),
      at: time,
      kind: z.string(),
      actor: z.string(),
      /** One sentence for people. */
      sentence: z.string(),
      detail: z.record(z.string(), z.unknown()),
      commitment: z.string(),
      included: z.boolean(),
    }),
  ),
});
