/**
 * The freshness file says, once a day, which roster is the current one and who is suspended. An emergency suspension,
 * signed by the same role, needs no new freshness file and reaches connected members in seconds.
 */
import { z } from "zod";
import type { MemberId } from "../identity/index.ts";
import { hashField, memberIdField, readFile, refusal, timeField, versionField, writeFile } from "./fields.ts";
import { clockSkew, life } from "./limits.ts";

export interface Freshness {
  readonly federation: string;
  /** Counts within (roster version, set of freshness keys), so that a new roster leaves a stolen counter behind. */
  readonly version: number;
  readonly rosterVersion: number;
  readonly rosterHash: string;
  readonly created: number;
  /** At most 24 hours after `created`. */
  readonly expires: number;
  /** Every suspension in force. */
  readonly suspended: readonly MemberId[];
}

export interface Suspension {
  readonly federation: string;
  readonly created: number;
  /** At most 72 hours after `created`; what should last goes into the freshness file or the roster. */
  readonly expires: number;
  readonly members: readonly MemberId[];
  /** Hashes of suspensions that this one ends; then it suspends nobody itself. */
  readonly lifts?: readonly string[] | undefined;
  /** For the operators; no personal data. */
  readonly reason: string;
}

const freshnessSchema: z.ZodType<Freshness> = z.looseObject({
  federation: hashField,
  version: versionField,
  rosterVersion: versionField,
  rosterHash: hashField,
  created: timeField,
  expires: timeField,
  suspended: z.array(memberIdField).max(1024),
});

const suspensionSchema: z.ZodType<Suspension> = z.looseObject({
  federation: hashField,
  created: timeField,
  expires: timeField,
  members: z.array(memberIdField).max(1024),
  lifts: z.array(hashField).min(1).max(1024).optional(),
  reason: z.string().max(1024),
});

/** One file suspends or lifts, never both. */
function checkPurpose({ members, lifts }: Suspension): void {
  if (members.length > 0 !== (lifts !== undefined)) return;
  throw refusal("suspension", "invalid", "A suspension names members, or the suspensions that it lifts.");
}

/** The bytes of a freshness file, to be signed by freshness keys. Throws `roster/invalid`. */
export function buildFreshness(freshness: Freshness): Uint8Array {
  return writeFile("freshness", freshnessSchema, freshness);
}

/** Reads a freshness file; verifies nothing. Throws `roster/invalid`, `roster/too-large`. */
export function readFreshness(bytes: Uint8Array): Freshness {
  return readFile("freshness", freshnessSchema, bytes);
}

/** The bytes of an emergency suspension, to be signed by freshness keys. Throws `roster/invalid`. */
export function buildSuspension(suspension: Suspension): Uint8Array {
  checkPurpose(suspension);
  return writeFile("suspension", suspensionSchema, suspension);
}

/** Reads an emergency suspension; verifies nothing. Throws `roster/invalid`, `roster/too-large`. */
export function readSuspension(bytes: Uint8Array): Suspension {
  const suspension = readFile("suspension", suspensionSchema, bytes);
  checkPurpose(suspension);
  return suspension;
}

/** Throws `roster/from-the-future`, `roster/lives-too-long` or `roster/expired`. */
export function checkShortLife(
  type: "freshness" | "suspension",
  { created, expires }: { created: number; expires: number },
  now: number,
): void {
  if (created > now + clockSkew) {
    const advice = "Compare this node's clock with another's.";
    throw refusal(
      type,
      "from-the-future",
      `The ${type} was made later than now.`,
      { ahead: created - now },
      advice,
    );
  }
  if (expires <= created || expires - created > life[type]) {
    throw refusal(type, "lives-too-long", `The ${type} claims a longer life than it may have.`);
  }
  if (now >= expires) throw refusal(type, "expired", `The ${type} has expired.`, { expires });
}
