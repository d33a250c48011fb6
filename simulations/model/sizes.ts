/**
 * How many bytes things take, from the encoders that the nodes use: nothing here is guessed. Counted as a node counts them,
 * frames within its streams; what Noise, yamux, TCP and IP add is `onTheWire`.
 */
import { buildBlock, feedId, type AdvertRecord } from "@wardline/protocol/adverts";
import { encodeCbor, systemRandom } from "@wardline/protocol/encoding";
import { generateIdentityKey, generateSealingKey, keyIdOf } from "@wardline/protocol/identity";
import { buildCard, listPeer, signFile } from "@wardline/protocol/roster";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import type { Hello } from "../../node/federation/hello/wire.ts";
import { toWire, type Holdings } from "../../node/federation/membership/files.ts";
import { FRAME_HEAD } from "../../node/federation/transport/protocol.ts";
import { SEAL_BYTES } from "../../node/federation/transport/session.ts";

const LENGTH_FIELD = 4;
/** `nonce[12]` and the tag of AES-256-GCM. */
const HELLO_SEAL = 28;
const member = "a1".repeat(16);
const federation = "fe".repeat(32);
const id = (length: number) => new Uint8Array(length).fill(0xa7);
const at = 1_780_272_000_000;

const frame = (content: number, sealed = false) =>
  LENGTH_FIELD + FRAME_HEAD + content + (sealed ? SEAL_BYTES : 0);

/** A message of so many bytes as TCP carries it: yamux's and Noise's heads, and packets of 1,448 bytes with IP's and TCP's. */
export function onTheWire(bytes: number): number {
  const muxed = bytes + 12 * Math.max(1, Math.ceil(bytes / 65_536));
  const sealed = muxed + 18 * Math.max(1, Math.ceil(muxed / 65_519));
  return sealed + 52 * Math.ceil(sealed / 1448);
}

/** What a node serves; see `node/federation/protocols.ts`. */
const protocols = "membership hello envelope feed material freshness mailbox holders".split(" ");

/** One repeated hello with its answer, both sides together, when each side names so many feeds. */
export function helloBytes(feeds: number): number {
  const hello: Hello = {
    protocols: protocols.map((name) => `/wardline/${name}/1`),
    now: at,
    roster: 12,
    freshness: 400,
    card: 1_780_272_000,
    epoch: 1,
    sent: 40_000,
    received: { epoch: 1, contiguous: 40_000, beyond: [] },
    feeds: Array.from({ length: feeds }, () => ({ feed: id(32), epoch: 1, height: 40_000, head: id(32) })),
    checkpoint: `wardline/${federation}/${member}/1\n40000\n${"A".repeat(44)}\n\n— wardline/${federation}/${member}/1 ${"A".repeat(92)}\n`,
  };
  const sealed = id(encodeCbor(hello).length + HELLO_SEAL);
  return (
    frame(encodeCbor({ step: "repeat", hello: sealed }).length) + frame(encodeCbor({ hello: sealed }).length)
  );
}

const key = generateIdentityKey(systemRandom);

/** A record as hotlines publish it: all digests, and the facts that most have. */
export const sampleRecord: AdvertRecord = {
  id: member,
  action: "assert",
  digests: {
    sha256: "a7".repeat(32),
    sha1: "a7".repeat(20),
    md5: "a7".repeat(16),
    pdq: "a7".repeat(32),
    quality: 98,
  },
  facts: { age: "not-categorised", gender: "not-determined", flags: [] },
  verdict: "national",
  vocabulary: builtInVocabulary,
  basis: "seen",
  held: true,
  at,
};

/** A block of so many records. */
export function blockBytes(records: number): number {
  const block = buildBlock(
    {
      author: member,
      feed: feedId(member, "members"),
      epoch: 1,
      height: 0,
      firstSequence: 0,
      records: Array.from({ length: records }, () => sampleRecord),
      time: at,
      random: systemRandom,
    },
    key,
    federation,
  );
  return block.bytes.length;
}

/** A block of this length pushed, and the empty answer. */
export const pushBytes = (block: number): number =>
  frame(encodeCbor({ kind: "push", block: id(block) }).length, true) + frame(0, true);

/** The question for blocks from a height on, and an answer with these. */
export const pullBytes = (blocks: readonly number[]): number =>
  frame(encodeCbor({ kind: "pull", feed: id(32), from: 40_000 }).length, true) +
  frame(encodeCbor({ blocks: blocks.map(id) }).length, true);

/** A member's card with its signatures, as it travels. */
export const cardBytes: number = cardOnTheWire();

function cardOnTheWire(): number {
  const week = 7 * 86_400_000;
  const bytes = buildCard({
    federation,
    member,
    key: keyIdOf(key.public),
    version: 1_780_272_000,
    created: at,
    expires: at + 5 * week,
    peers: [listPeer(id(32), federation, member)],
    addresses: [`/dns4/wardline.hotline.example/tcp/4100/p2p/12D3KooW${"a".repeat(44)}`],
    epoch: 1,
    sealingKeys: Array.from({ length: 5 }, (_, index) => {
      const { public: shown } = generateSealingKey(systemRandom);
      return { public: shown, from: at + index * week, until: at + (index + 1) * week };
    }),
    revoked: [],
  });
  const signatures = [signFile("card", bytes, federation, key)];
  return encodeCbor(toWire({ kind: "card", file: { bytes, signatures } })).length;
}

/** Parts of the cards that are told by digests alone unless they differ. */
const PARTS = 64;
const DIGEST_BYTES = 16;

/** One message of an exchange of membership that brings no file, between members that hold so many cards and differ in one. */
export function exchangeBytes(cards: number): number {
  const have: Holdings = {
    root: { version: 1, hash: id(32) },
    roster: { version: 12, hash: id(32) },
    freshness: { version: 400, roster: 12, hash: id(32) },
    suspensions: [],
    evidence: [],
    parts: id(PARTS * DIGEST_BYTES),
    listed: [1],
    cards: Array.from({ length: Math.ceil(cards / PARTS) }, () => ({
      member: id(16),
      key: id(32),
      version: 1_780_272_000,
      hash: id(32),
    })),
  };
  return frame(
    encodeCbor({ federation: id(32), have, files: [], evidence: [], seen: [], more: false }).length,
  );
}
