/** Taking a member's note of a successor: signed by its identity, by the key that ends and by the one that follows. */
import { equalBytes } from "../encoding/index.ts";
import { keyIdOf, verifyPair } from "../identity/index.ts";
import { twoOfOneVersion } from "./evidence.ts";
import { refusal } from "./fields.ts";
import { signedBytes, type FederationFile } from "./file.ts";
import { keyLine, logKeysOf, type LineKey } from "./key-lines.ts";
import { clockSkew } from "./limits.ts";
import { keysOfRoot } from "./root.ts";
import { keysOfRoster } from "./roster-rules.ts";
import type { RosterEntry } from "./roster.ts";
import { claimKeys } from "./rows.ts";
import { peerIdsOf } from "./card.ts";
import { peerIdOf } from "./peers.ts";
import { checkSuccessor, finalCheckpoint, readSuccessor, saysTheSame, type Successor } from "./successor.ts";
import { inForce } from "./suspensions.ts";
import { checkFederation, currentRoot, type Trust } from "./trust.ts";

/**
 * Takes the next link of a member's line of log or witness keys; one that the line has already changes nothing. Throws
 * `successor/federation`, `/unknown-member`, `/revoked-member`, `/unknown-key`, `/cut-off`, `/key-not-valid`,
 * `/from-the-future`, `/signature`, `/unknown-line` (the old key is none of this line), `/key-in-two-rows`, `/bad-key`,
 * `/rollback` (the log was longer at the handover before), `/two-of-one-version` (one key with two successors: evidence),
 * and what `checkSuccessor` throws.
 */
export function acceptSuccessor(trust: Trust, file: FederationFile, now: number): Trust {
  const note = readSuccessor(file.bytes);
  checkFederation("successor", trust, note.federation);
  const member = memberOf(trust, note);
  checkSignature(trust, note, member, file, now);
  checkSuccessor(note, logKeysOf(trust, member));
  const line = keyLine(trust, member, note.role);
  const at = line.findIndex((key) => equalBytes(key.public, note.old));
  if (at < 0)
    throw refusal("successor", "unknown-line", "The key that ends is none of this member's for this role.");
  if (line[at + 1]) {
    checkSame(trust, note, file, line, at);
    return inForce(trust, now);
  }
  checkRows(trust, note);
  checkLonger(note, member, line[at - 1], trust);
  return inForce({ ...trust, successors: [...trust.successors, { file, value: note }] }, now);
}

function memberOf(trust: Trust, note: Successor): RosterEntry {
  const member = trust.roster?.value.members.find((each) => each.id === note.member);
  if (!member) throw refusal("successor", "unknown-member", "The note's member is not in the roster.");
  if (member.status !== "revoked") return member;
  throw refusal("successor", "revoked-member", "The note's member was revoked.");
}

/** Its identity key may have ended since: what it signed in its time stands until the roster lists it. */
function checkSignature(
  trust: Trust,
  note: Successor,
  member: RosterEntry,
  file: FederationFile,
  now: number,
): void {
  const key = member.identityKeys.find((each) => keyIdOf(each.public) === note.key);
  if (!key) throw refusal("successor", "unknown-key", "The roster does not list the note's identity key.");
  if (key.cutoff) throw refusal("successor", "cut-off", "The note's identity key was cut off.");
  if (note.created > now + clockSkew)
    throw refusal("successor", "from-the-future", "The note was made later than now.");
  if (note.created < key.from || note.created >= key.until)
    throw refusal("successor", "key-not-valid", "The note's identity key was not valid when it was made.");
  const [signature, ...others] = file.signatures;
  const message = signedBytes("successor", file.bytes, trust.federationId);
  const named = signature?.keyId === note.key && others.length === 0;
  if (named && verifyPair(key.public, message, signature)) return;
  throw refusal("successor", "signature", "The note does not carry exactly the signature of its key.");
}

/** One key has one successor. Another one, or the same with another tree, is proof that two hold the old key. */
function checkSame(
  trust: Trust,
  note: Successor,
  file: FederationFile,
  line: readonly LineKey[],
  at: number,
): void {
  const { member, role, old } = note;
  const held = trust.successors.find(
    ({ value }) => value.member === member && value.role === role && equalBytes(value.old, old),
  );
  if (held && !saysTheSame(held.value, note))
    throw twoOfOneVersion({ kind: "successor", version: at + 1, member, first: held.file, second: file });
  if (held || equalBytes(line[at + 1]?.public ?? new Uint8Array(), note.next.public)) return;
  throw refusal("successor", "listed-otherwise", "The roster lists another successor of this key.");
}

/** The new key serves no row yet, that of a transport key included. */
function checkRows(trust: Trust, { next }: Successor): void {
  const roster = trust.roster?.value;
  const noted = trust.successors.map(({ value }) => value.next.public);
  const listed = [...keysOfRoot(currentRoot(trust).value), ...(roster ? keysOfRoster(roster) : []), ...noted];
  const taken = new Set(listed.map((key) => (key instanceof Uint8Array ? key : key.ed25519).toHex()));
  claimKeys("successor", taken, [next.public]);
  const peer = peerIdOf(next.public);
  for (const cards of trust.cards.values())
    for (const { value } of cards.values()) {
      if (!peerIdsOf(value).includes(peer)) continue;
      throw refusal("successor", "key-in-two-rows", "The new key is somebody's transport key.");
    }
}

function checkLonger(note: Successor, member: RosterEntry, before: LineKey | undefined, trust: Trust): void {
  const signers = note.role === "log" ? [note.old] : logKeysOf(trust, member);
  const { origin, size } = finalCheckpoint(note, signers);
  if (before?.final?.origin !== origin || size >= before.final.size) return;
  throw refusal("successor", "rollback", "The log was longer at the handover before this one.");
}
