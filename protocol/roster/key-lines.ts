/**
 * A member's log and witness keys one after another: those that the roster lists, then those that its notes add until the
 * next roster. A checkpoint counts if it is by the key in charge at its length.
 */
import { equalBytes, WardlineError } from "../encoding/index.ts";
import { keyIdOf, type MemberId } from "../identity/index.ts";
import { openCheckpoint, type Checkpoint, type SignedCheckpoint } from "../log/index.ts";
import { lineOf, type LineRole } from "./handover.ts";
import type { Roster, RosterEntry } from "./roster.ts";
import { finalCheckpoint, type Successor } from "./successor.ts";
import type { Held, Trust } from "./trust.ts";

/** One key of a line. */
export interface LineKey {
  /** Ed25519, 32 bytes. */
  readonly public: Uint8Array;
  /** The checkpoint with which a former key ended; undefined for the present key, and for one that was lost. */
  readonly final?: Checkpoint | undefined;
}

/** A member's keys for one role, oldest first, the present one last. */
export function keyLine(trust: Trust, member: RosterEntry, role: LineRole): readonly LineKey[] {
  const line = lineOf(member, role).map((key) => ({
    public: key.public,
    final:
      "handover" in key && "checkpoint" in key.handover ? readFinal(member, key.handover, trust) : undefined,
  }));
  for (const { value } of notesOf(trust.successors, member.id, role)) {
    const last = line.at(-1);
    if (!last || !equalBytes(last.public, value.old)) continue;
    const signers = role === "log" ? [value.old] : logKeysOf(trust, member);
    line.splice(-1, 1, { public: last.public, final: finalCheckpoint(value, signers) });
    line.push({ public: value.next.public, final: undefined });
  }
  return line;
}

/** The notes that still say something new under a roster: each continues the line, none was signed by a cut-off key. */
export function standingSuccessors(trust: Trust, roster: Roster): Trust["successors"] {
  return roster.members.flatMap((member) => {
    const isCut = (key: string) => cutKeys(member).has(key);
    if (member.status === "revoked") return [];
    return (["log", "witness"] as const).flatMap((role) => {
      let last = lineOf(member, role).at(-1)?.public;
      return notesOf(trust.successors, member.id, role).filter(({ value }) => {
        if (!last || isCut(value.key) || !equalBytes(last, value.old)) return false;
        last = value.next.public;
        return true;
      });
    });
  });
}

/**
 * A member's checkpoint, held against its line of log keys. Throws `checkpoint/unknown-log` (not this member's, or by no key
 * of it), `checkpoint/after-handover` and `checkpoint/before-handover` (a key signed for lengths that were not its own),
 * `checkpoint/another-head` (at the handover's length, another tree).
 */
export function verifyCheckpoint(trust: Trust, id: MemberId, text: string): SignedCheckpoint {
  const member = trust.roster?.value.members.find((each) => each.id === id);
  const origin = text.slice(0, Math.max(0, text.indexOf("\n")));
  const line =
    member && origin.startsWith(`wardline/${trust.federationId}/${id}/`) ? keyLine(trust, member, "log") : [];
  const checkpoint = openedBy(text, origin, line);
  const at = line.findLastIndex((key) =>
    checkpoint.signers.some((signer) => equalBytes(signer.public, key.public)),
  );
  compare(checkpoint, line[at]?.final, "after-handover", (size, final) => size > final);
  compare(checkpoint, line[at - 1]?.final, "before-handover", (size, final) => size < final);
  return checkpoint;
}

function compare(
  checkpoint: Checkpoint,
  final: Checkpoint | undefined,
  code: string,
  isBeyond: (size: number, final: number) => boolean,
): void {
  // Another epoch's log begins anew; what ties it to this one is not the key.
  if (final?.origin !== checkpoint.origin) return;
  if (isBeyond(checkpoint.size, final.size))
    throw refused(code, "A log key signed for a length that was not its own.");
  if (checkpoint.size === final.size && !equalBytes(checkpoint.root, final.root))
    throw refused("another-head", "The log had another tree when its key was handed over.");
}

function openedBy(text: string, name: string, line: readonly LineKey[]) {
  try {
    return openCheckpoint(
      text,
      line.map((key) => ({ name, public: key.public })),
    );
  } catch (cause) {
    throw refused("unknown-log", "The checkpoint is not signed by the member's log key.", cause);
  }
}

/** What a roster lists was read and agreed on by people; a checkpoint in an unknown form limits nothing. */
function readFinal(
  member: RosterEntry,
  handover: Successor["handover"],
  { federationId: federation }: Trust,
): Checkpoint | undefined {
  const keys = lineOf(member, "log").map((key) => key.public);
  try {
    return finalCheckpoint({ federation, member: member.id, handover }, keys);
  } catch {
    return undefined;
  }
}

/** Every log key of a member. */
export function logKeysOf(trust: Trust, member: RosterEntry): Uint8Array[] {
  const noted = notesOf(trust.successors, member.id, "log").map(({ value }) => value.next.public);
  return [...lineOf(member, "log").map((key) => key.public), ...noted];
}

function notesOf(notes: Trust["successors"], id: MemberId, role: LineRole): readonly Held<Successor>[] {
  return notes.filter(({ value }) => value.member === id && value.role === role);
}

function cutKeys({ identityKeys }: RosterEntry): Set<string> {
  return new Set(identityKeys.filter(({ cutoff }) => cutoff).map((key) => keyIdOf(key.public)));
}

const refused = (code: string, message: string, cause?: unknown) =>
  new WardlineError(`checkpoint/${code}`, message, {
    advice: "Keep it: with the member's other checkpoints it may prove that its log has two histories.",
    cause,
  });
