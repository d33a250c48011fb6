/**
 * The member card: what a member says about itself under its identity key. Peer ids, addresses, epoch, and the sealing
 * keys of this and the next four weeks, so that an absent member can still be written to.
 */
import { z } from "zod";
import { sealingKeyId, type KeyId, type MemberId } from "../identity/index.ts";
import {
  bytesField,
  hashField,
  memberIdField,
  readFile,
  refusal,
  timeField,
  versionField,
  writeFile,
} from "./fields.ts";
import { clockSkew, life, mostSealingKeys } from "./limits.ts";
import { peerIdOf, type ListedPeer } from "./peers.ts";
import { hasProvenSingle } from "./possession.ts";

export interface ListedSealingKey {
  /** X-Wing, 1,216 bytes. */
  readonly public: Uint8Array;
  readonly from: number;
  /** At most seven days after `from`. */
  readonly until: number;
}

export interface CardContent {
  readonly federation: string;
  readonly member: MemberId;
  /** The identity key that signs this card. */
  readonly key: KeyId;
  /** Counts within that key. */
  readonly version: number;
  readonly created: number;
  /** At most 35 days after `created`. */
  readonly expires: number;
  readonly peers: readonly ListedPeer[];
  /** Multiaddresses. */
  readonly addresses: readonly string[];
  /** Of feeds, log and sequences; a higher one after a restore. */
  readonly epoch: number;
  readonly sealingKeys: readonly ListedSealingKey[];
  /** Keys of earlier cards, not yet used, that must never be used. */
  readonly revoked: readonly KeyId[];
}

const schema: z.ZodType<CardContent> = z.looseObject({
  federation: hashField,
  member: memberIdField,
  key: hashField,
  version: versionField,
  created: timeField,
  expires: timeField,
  peers: z
    .array(z.looseObject({ public: bytesField({ exactly: 32 }), proof: bytesField({ exactly: 64 }) }))
    .max(8),
  addresses: z.array(z.string().max(512)).max(32),
  epoch: z.int().nonnegative(),
  sealingKeys: z
    .array(z.looseObject({ public: bytesField({ exactly: 1216 }), from: timeField, until: timeField }))
    .min(1)
    .max(mostSealingKeys),
  revoked: z.array(hashField).max(64),
});

/** The bytes of a card, to be signed by the member's identity key. Throws `card/invalid`. */
export function buildCard(card: CardContent): Uint8Array {
  return writeFile("card", schema, card);
}

/** Reads a card; verifies nothing. Throws `card/invalid`, `card/too-large`. */
export function readCard(bytes: Uint8Array): CardContent {
  return readFile("card", schema, bytes);
}

/**
 * The rules that a card must keep by itself. Throws `card/from-the-future`, `card/lives-too-long`, `card/expired`,
 * `card/sealing-keys`, `card/possession`.
 */
export function checkCard(card: CardContent, now: number): void {
  if (card.created > now + clockSkew)
    throw refusal("card", "from-the-future", "The card was made later than now.");
  if (card.expires <= card.created || card.expires - card.created > life.card) {
    throw refusal("card", "lives-too-long", "A card lives 35 days at most.");
  }
  if (now >= card.expires)
    throw refusal("card", "expired", "The card has expired.", { expires: card.expires });
  checkSealingKeys(card);
  for (const peer of card.peers) {
    if (hasProvenSingle(peer.public, peer.proof, card.federation, card.member, "transport")) continue;
    throw refusal("card", "possession", "A transport key has not signed for this member.");
  }
}

/** The peer ids that a card binds to its member. */
export function peerIdsOf(card: CardContent): string[] {
  return card.peers.map((peer) => peerIdOf(peer.public));
}

function checkSealingKeys(card: CardContent): void {
  const ids = card.sealingKeys.map((key) => sealingKeyId(key.public));
  const distinct = new Set(ids).size === ids.length;
  const unrevoked = !ids.some((id) => card.revoked.includes(id));
  const latest = card.created + life.card;
  const timely = card.sealingKeys.every(
    ({ from, until }) => until > from && until - from <= life.sealingKey && until <= latest,
  );
  if (distinct && unrevoked && timely) return;
  const message =
    "Sealing keys must be distinct, not revoked, used a week at most, and not announced for later weeks.";
  throw refusal("card", "sealing-keys", message);
}
