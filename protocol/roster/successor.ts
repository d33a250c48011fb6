/**
 * A member's note that its log or witness key has a successor, between two rosters. It carries the handover that the next
 * roster will list: the last checkpoint, signed by the old and the new key. The member's identity signs the note.
 */
import { z } from "zod";
import { equalBytes, sha256, unhex, utf8, WardlineError } from "../encoding/index.ts";
import { verifyEd25519, type KeyId, type MemberId } from "../identity/index.ts";
import { openCheckpoint, type SignedCheckpoint } from "../log/index.ts";
import { bytesField, hashField, memberIdField, readFile, refusal, timeField, writeFile } from "./fields.ts";
import { handoverMessage, type LineRole } from "./handover.ts";
import { hasProvenSingle } from "./possession.ts";
import type { Handover, ListedSingleKey } from "./roster.ts";

export interface Successor {
  readonly federation: string;
  readonly member: MemberId;
  /** The identity key that signs this note. */
  readonly key: KeyId;
  readonly created: number;
  readonly role: LineRole;
  /** The key that ends, 32 bytes. */
  readonly old: Uint8Array;
  readonly next: ListedSingleKey;
  /** The member's log as it was then: a signed note. */
  readonly handover: Exclude<Handover, { lost: true }>;
}

const signature = bytesField({ exactly: 64 });
const schema: z.ZodType<Successor> = z.looseObject({
  federation: hashField,
  member: memberIdField,
  key: hashField,
  created: timeField,
  role: z.enum(["log", "witness"]),
  old: bytesField({ exactly: 32 }),
  next: z.looseObject({ public: bytesField({ exactly: 32 }), proof: signature }),
  handover: z.looseObject({ checkpoint: bytesField({ most: 1 << 14 }), old: signature, new: signature }),
});

/** The bytes of a note, to be signed by the member's identity key. Throws `successor/invalid`. */
export function buildSuccessor(note: Successor): Uint8Array {
  return writeFile("successor", schema, note);
}

/** Reads a note; verifies nothing. Throws `successor/invalid`, `successor/too-large`. */
export function readSuccessor(bytes: Uint8Array): Successor {
  return readFile("successor", schema, bytes);
}

/**
 * The rules that a note must keep by itself. `logKeys` are the member's log keys known so far: the checkpoint is by one of
 * them, and by the old one when it is the log's key that ends. Throws `successor/handover`, `successor/possession`,
 * `successor/checkpoint`.
 */
export function checkSuccessor(note: Successor, logKeys: readonly Uint8Array[]): void {
  const { federation, member, role, old, next, handover } = note;
  const message = handoverMessage(federation, member, role, handover.checkpoint);
  const signed =
    verifyEd25519(old, message, handover.old) && verifyEd25519(next.public, message, handover.new);
  if (!signed)
    throw refusal("successor", "handover", "The old and the new key have not both signed the handover.");
  if (!hasProvenSingle(next.public, next.proof, federation, member, role))
    throw refusal("successor", "possession", "The new key has not signed for its member and role.");
  finalCheckpoint(note, role === "log" ? [old] : logKeys);
}

/** The checkpoint of a handover, if one of these keys signed it as the member's. Throws `successor/checkpoint`. */
export function finalCheckpoint(
  { federation, member, handover }: Pick<Successor, "federation" | "member" | "handover">,
  keys: readonly Uint8Array[],
): SignedCheckpoint {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(handover.checkpoint);
    const name = text.slice(0, text.indexOf("\n"));
    const checkpoint = openCheckpoint(
      text,
      keys.map((key) => ({ name, public: key })),
    );
    if (new RegExp(`^wardline/${federation}/${member}/\\d{1,10}$`).test(checkpoint.origin)) return checkpoint;
  } catch (error) {
    if (!(error instanceof WardlineError) && !(error instanceof TypeError)) throw error;
  }
  throw refusal(
    "successor",
    "checkpoint",
    "The handover's checkpoint is not one of the member's log, by its key.",
  );
}

/** What two notes have to agree on to say the same: not who signed them when. 32 bytes. */
export function nameOfSuccessor({ member, role, old, next, handover }: Successor): Uint8Array {
  return sha256(unhex(member, 16), utf8(role), old, next.public, sha256(handover.checkpoint));
}

export function saysTheSame(one: Successor, other: Successor): boolean {
  return equalBytes(nameOfSuccessor(one), nameOfSuccessor(other));
}
