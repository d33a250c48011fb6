/** Taking a member's card: signed by an identity key that the roster lists and has not cut off. */
import { keyIdOf, sealingKeyId, verifyPair } from "../identity/index.ts";
import { checkCard, peerIdsOf, readCard, type CardContent } from "./card.ts";
import { twoOfOneVersion } from "./evidence.ts";
import { refusal } from "./fields.ts";
import { fileHash, signedBytes, type FederationFile } from "./file.ts";
import { clockSkew } from "./limits.ts";
import { memberOfPeer } from "./peer-index.ts";
import { keysOfRoot } from "./root.ts";
import { keysOfRoster } from "./roster-rules.ts";
import type { ListedIdentityKey } from "./roster.ts";
import { inForce } from "./suspensions.ts";
import { checkFederation, currentRoot, type Held, type Trust } from "./trust.ts";

/**
 * Takes a newer card, or the one already held (nothing changes). A card under an earlier key is kept but does not replace
 * one under a later key. Throws `card/federation`, `card/unknown-member`, `card/revoked-member`, `card/unknown-key`,
 * `card/cut-off`, `card/key-not-valid`, `card/signature`, `card/rollback`, `card/two-of-one-version`,
 * `card/epoch-rollback`, `card/revokes-used-key`, `card/key-in-two-rows`, `card/peer-of-another`, and what `checkCard` throws.
 */
export function acceptCard(trust: Trust, file: FederationFile, now: number): Trust {
  const card = readCard(file.bytes);
  checkFederation("card", trust, card.federation);
  const held = trust.cards.get(card.member)?.get(card.key);
  if (held && fileHash(held.file) === fileHash(file)) return inForce(trust, now);
  const key = signingKey(trust, card, now);
  checkSignature(trust, card, key, file);
  if (held) checkNewer(held, card, file);
  checkCard(card, now);
  checkPeers(trust, card);
  const ofMember = new Map(trust.cards.get(card.member)).set(card.key, { file, value: card });
  return inForce({ ...trust, cards: new Map(trust.cards).set(card.member, ofMember) }, now);
}

function signingKey(trust: Trust, card: CardContent, now: number): ListedIdentityKey {
  const member = trust.roster?.value.members.find((each) => each.id === card.member);
  if (!member) throw refusal("card", "unknown-member", "The card's member is not in the roster.");
  if (member.status === "revoked") throw refusal("card", "revoked-member", "The card's member was revoked.");
  const key = member.identityKeys.find((each) => keyIdOf(each.public) === card.key);
  if (!key) throw refusal("card", "unknown-key", "The roster does not list the card's key for its member.");
  if (key.cutoff) throw refusal("card", "cut-off", "The card's key was cut off: all its cards are void.");
  if (now + clockSkew >= key.from && now < key.until) return key;
  throw refusal("card", "key-not-valid", "The card's key is not valid now.");
}

/** Exactly one signature, that of the named key: any other list is refused. */
function checkSignature(trust: Trust, card: CardContent, key: ListedIdentityKey, file: FederationFile): void {
  const [signature, ...others] = file.signatures;
  const message = signedBytes("card", file.bytes, trust.federationId);
  const named = signature?.keyId === card.key && others.length === 0;
  if (named && verifyPair(key.public, message, signature)) return;
  throw refusal("card", "signature", "The card does not carry exactly the signature of its key.");
}

function checkNewer(held: Held<CardContent>, card: CardContent, file: FederationFile): void {
  const { version, member } = card;
  if (version === held.value.version) {
    throw twoOfOneVersion({ kind: "card", version, member, first: held.file, second: file });
  }
  if (version < held.value.version) throw refusal("card", "rollback", "The card is older than the one held.");
  if (card.epoch < held.value.epoch)
    throw refusal("card", "epoch-rollback", "The card goes back to an earlier epoch.");
  const used = held.value.sealingKeys.filter((key) => key.from <= card.created);
  if (used.some((key) => card.revoked.includes(sealingKeyId(key.public)))) {
    const advice = "A key in use may have sealed something already: let it run out.";
    throw refusal("card", "revokes-used-key", "The card revokes a sealing key that is in use.", {}, advice);
  }
}

/** A transport key belongs to one member and to no other row. */
function checkPeers(trust: Trust, card: CardContent): void {
  const roster = trust.roster?.value;
  const noted = trust.successors.map(({ value }) => value.next.public);
  const listed = [...keysOfRoot(currentRoot(trust).value), ...(roster ? keysOfRoster(roster) : []), ...noted];
  const taken = new Set(listed.map((key) => (key instanceof Uint8Array ? key : key.ed25519).toHex()));
  if (card.peers.some((peer) => taken.has(peer.public.toHex()))) {
    throw refusal("card", "key-in-two-rows", "The card uses a listed key for transport.");
  }
  for (const peerId of peerIdsOf(card)) {
    const owner = memberOfPeer(trust, peerId);
    if (owner && owner.id !== card.member) {
      throw refusal("card", "peer-of-another", "The card names a peer id that another member's card names.");
    }
  }
}
