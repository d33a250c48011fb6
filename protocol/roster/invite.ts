/**
 * The invite file: all that a joining node needs. It pins the first root by its hash and names the lowest roster version
 * that the joiner may accept, so that nobody can show it an old federation.
 */
import { z } from "zod";
import { isWardlineError, utf8 } from "../encoding/index.ts";
import { acceptCard } from "./accept-card.ts";
import { acceptFreshness } from "./accept-freshness.ts";
import { acceptRoot } from "./accept-root.ts";
import { acceptRoster } from "./accept-roster.ts";
import { acceptSuccessor } from "./accept-successor.ts";
import { hashField, refusal, versionField } from "./fields.ts";
import { fileField, fileHash, fileToJson, readWrapper, type FederationFile } from "./file.ts";
import { rosterVersion } from "./reading.ts";
import { startTrust, type Trust } from "./trust.ts";

const typeName = "wardline/invite/1";

const schema = z.object({
  type: z.literal(typeName),
  federation: hashField,
  rosterVersion: versionField,
  roots: z.array(fileField).min(1).max(256),
  roster: fileField,
  freshness: fileField.optional(),
  cards: z.array(fileField).max(4096),
  successors: z.array(fileField).max(1024).optional(),
});

/** An invite into what this trust holds now. It is handed over by a way that the joiner can check, not by the network. */
export function buildInvite(trust: Trust): Uint8Array {
  if (!trust.roster) throw refusal("roster", "no-roster", "There is no roster to invite into.");
  const cards = [...trust.cards.values()].flatMap((ofMember) => [...ofMember.values()]);
  const invite = {
    type: typeName,
    federation: trust.federationId,
    rosterVersion: rosterVersion(trust),
    roots: trust.roots.map((held) => fileToJson(held.file)),
    roster: fileToJson(trust.roster.file),
    freshness: trust.freshness && fileToJson(trust.freshness.file),
    cards: cards.map((held) => fileToJson(held.file)),
    ...(trust.successors.length > 0 && { successors: trust.successors.map((held) => fileToJson(held.file)) }),
  };
  return utf8(JSON.stringify(invite));
}

/**
 * The trust that an invite starts. Its freshness file and cards, or the keys that signed cards, may have expired on the way
 * or long before; those are left out, and peers have newer ones. Throws `roster/invalid`, `roster/federation` (the pin does
 * not fit), and whatever its files are refused for.
 */
export function acceptInvite(bytes: Uint8Array, now: number): Trust {
  const invite = readWrapper(schema, bytes);
  const [first, ...roots] = invite.roots;
  if (!first || fileHash(first) !== invite.federation) {
    throw refusal("roster", "federation", "The invite pins another root than it brings.");
  }
  let trust = startTrust(first, now);
  for (const root of roots) trust = acceptRoot(trust, root, now);
  trust = acceptRoster({ ...trust, floor: invite.rosterVersion }, invite.roster, now);
  if (invite.freshness) trust = unlessExpired(trust, invite.freshness, acceptFreshness, now);
  for (const card of invite.cards) trust = unlessExpired(trust, card, acceptCard, now);
  for (const note of invite.successors ?? []) trust = acceptSuccessor(trust, note, now);
  return trust;
}

/**
 * A card also ends with its key, and the cards of a member's earlier keys travel in every invite; a freshness file pins the
 * roster before this one until the next is signed.
 */
const expired = ["roster/expired", "roster/rollback", "card/expired", "card/key-not-valid"];

type Accept = (trust: Trust, file: FederationFile, now: number) => Trust;

function unlessExpired(trust: Trust, file: FederationFile, accept: Accept, now: number): Trust {
  try {
    return accept(trust, file, now);
  } catch (error) {
    if (isWardlineError(error) && expired.includes(error.code)) return trust;
    throw error;
  }
}
