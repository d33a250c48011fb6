/**
 * What members with freshness keys propose to each other, and what each checks against its own view before it signs too.
 * A signature that a node gives by itself never changes who is suspended.
 */
import type { MemberId } from "../identity/index.ts";
import { refusal } from "./fields.ts";
import { fileHash } from "./file.ts";
import {
  buildFreshness,
  buildSuspension,
  checkShortLife,
  readFreshness,
  readSuspension,
} from "./freshness.ts";
import { clockSkew, life } from "./limits.ts";
import { checkKnownMembers, checkPinnedVersion, checkPinnedHash } from "./accept-freshness.ts";
import { currentRoot, checkFederation, isDisputed, type Held, type Trust } from "./trust.ts";
import type { Roster } from "./roster.ts";

/** What a holder has signed last: it never signs a second file of one version, nor goes back. */
export interface LastSigned {
  readonly rosterHash: string;
  readonly version: number;
  /** Of the file. */
  readonly hash: string;
}

/**
 * The next freshness file for the roster held, to be proposed by a node. Its version counts the seconds since the roster
 * was made, so that proposals of several holders differ and none can use the numbers up. Throws `roster/no-roster`.
 */
export function nextFreshness(trust: Trust, now: number): Uint8Array {
  const { value, file } = heldRoster(trust);
  return buildFreshness({
    federation: trust.federationId,
    version: Math.max(versionHeld(trust) + 1, secondsSince(value, now)),
    rosterVersion: value.version,
    rosterHash: fileHash(file),
    created: now,
    expires: now + life.freshness,
    suspended: trust.freshness?.value.suspended ?? [],
  });
}

/**
 * Refuses to sign what the own view does not bear out. Throws `roster/disputed`, `roster/expired`, `roster/federation`,
 * `roster/unknown-roster`, `roster/rollback`, `roster/mix-and-match`, `roster/from-the-future`, `roster/lives-too-long`,
 * `roster/backdated`, `roster/too-far-ahead`, `roster/signed-another`, `roster/other-suspensions`, `roster/not-plain`.
 */
export function checkFreshnessProposal(
  trust: Trust,
  bytes: Uint8Array,
  last: LastSigned | undefined,
  now: number,
): void {
  const freshness = readFreshness(bytes);
  const roster = checkView(trust, "freshness", freshness.federation, now);
  checkPinnedVersion(freshness, roster.value);
  checkPinnedHash(freshness, roster.file);
  checkTimes("freshness", freshness, now);
  const { version } = freshness;
  const details = { version, held: versionHeld(trust) };
  if (version <= details.held || freshness.created < (trust.freshness?.value.created ?? 0)) {
    throw refusal("freshness", "rollback", "A newer freshness file is held already.", details);
  }
  if (version > Math.max(details.held + 1, secondsSince(roster.value, now + clockSkew))) {
    throw refusal("freshness", "too-far-ahead", "The freshness file's version is not credible.", details);
  }
  if (last?.rosterHash === freshness.rosterHash && version <= last.version && last.hash !== hashOf(bytes)) {
    throw refusal(
      "freshness",
      "signed-another",
      "Another freshness file of this version was signed.",
      details,
    );
  }
  if (!sameMembers(freshness.suspended, trust.freshness?.value.suspended ?? [])) {
    throw refusal("freshness", "other-suspensions", "The freshness file suspends others than the last one.");
  }
  const { federation, rosterVersion, rosterHash, created, expires, suspended } = freshness;
  const plain = { federation, version, rosterVersion, rosterHash, created, expires, suspended };
  checkPlain("freshness", bytes, buildFreshness(plain));
}

/**
 * Refuses an emergency suspension, or the lifting of one, that could not be taken. Whether it is right, people decide.
 * Throws `roster/disputed`, `roster/expired`, `roster/federation`, `roster/unknown-member`, `roster/from-the-future`,
 * `roster/lives-too-long`, `roster/lifted`, `roster/not-plain`.
 */
export function checkSuspensionProposal(trust: Trust, bytes: Uint8Array, now: number): void {
  const suspension = readSuspension(bytes);
  checkView(trust, "suspension", suspension.federation, now);
  checkShortLife("suspension", suspension, now);
  checkKnownMembers(trust, suspension, hashOf(bytes));
  const { federation, created, expires, members, lifts, reason } = suspension;
  checkPlain("suspension", bytes, buildSuspension({ federation, created, expires, members, lifts, reason }));
}

function checkView(
  trust: Trust,
  type: "freshness" | "suspension",
  federation: string,
  now: number,
): Held<Roster> {
  checkFederation(type, trust, federation);
  if (isDisputed(trust)) throw refusal(type, "disputed", "Two files of one version stand unresolved.");
  const roster = heldRoster(trust);
  if (now < roster.value.expires && now < currentRoot(trust).value.expires) return roster;
  throw refusal(type, "expired", "Root or roster has expired: nothing can be said about them any more.");
}

function checkTimes(type: "freshness", times: { created: number; expires: number }, now: number): void {
  checkShortLife(type, times, now);
  if (times.created >= now - clockSkew) return;
  throw refusal(type, "backdated", `The ${type} claims to be made earlier than it was proposed.`);
}

/** Nothing may hide in a file that is signed without a person's look. */
function checkPlain(type: "freshness" | "suspension", bytes: Uint8Array, plain: Uint8Array): void {
  if (hashOf(plain) === hashOf(bytes)) return;
  throw refusal(
    type,
    "not-plain",
    `The ${type} says more than this version understands, or is written oddly.`,
  );
}

function heldRoster(trust: Trust): Held<Roster> {
  if (trust.roster) return trust.roster;
  throw refusal("freshness", "no-roster", "No roster is held yet.", {}, "Take the roster first.");
}

/** The counter begins anew with each roster. */
function versionHeld({ roster, freshness }: Trust): number {
  return freshness?.value.rosterVersion === roster?.value.version ? (freshness?.value.version ?? 0) : 0;
}

const secondsSince = ({ created }: Roster, now: number) => Math.max(1, Math.floor((now - created) / 1000));
const hashOf = (bytes: Uint8Array) => fileHash({ bytes, signatures: [] });

function sameMembers(some: readonly MemberId[], others: readonly MemberId[]): boolean {
  return [...new Set(some)].sort().join() === [...new Set(others)].sort().join();
}
