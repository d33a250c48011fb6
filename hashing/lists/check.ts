/** The checks that every value of a list passes before it counts. */
import { HashingError } from "../errors.ts";
import { parsePdq } from "../pdq/index.ts";
import { hashKinds, kindOf, shown, type Candidate, type HashKind, type ListEntry } from "./entry.ts";

/** Says what was left out and why. */
export type Refuse = (code: string, message: string) => void;

export interface CheckOptions {
  /** What 64 digits are when nothing says whether they are PDQ or SHA-256; without it they are refused. */
  bare?: "pdq" | "sha256" | undefined;
}

/** Longest name, category or foreign hash kept; longer ones are no names. A TMK vector never stands in a list itself. */
const longestText = 4096;

const lengths: Record<HashKind, number> = { pdq: 64, sha256: 64, sha1: 40, md5: 32 };

/** Digests of no bytes: they stand in many lists by accident, and match every empty file. */
const ofNothing = new Set([
  "d41d8cd98f00b204e9800998ecf8427e",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
]);

/**
 * Checks a candidate. What is wrong is refused by name, the rest goes on: a bad hash does not cost the entry its others.
 * Undefined when nothing is left of it.
 */
export function checkEntry(
  candidate: Candidate,
  refuse: Refuse,
  { bare }: CheckOptions,
): ListEntry | undefined {
  const entry: ListEntry = {};
  let given = 0;
  for (const [word, value] of candidate.hashes) {
    if (value === undefined || value === null || value === "") continue;
    given++;
    addHash(entry, word, value, refuse, bare);
  }
  addFields(entry, candidate, refuse);
  const found = hashKinds.some((kind) => entry[kind] !== undefined) || entry.other !== undefined;
  if (found || (entry.deleted === true && entry.id !== undefined)) return entry;
  if (given === 0) refuse("list/no-hash", "There is no hash in this entry.");
  return undefined;
}

function addHash(
  entry: ListEntry,
  word: string | undefined,
  value: unknown,
  refuse: Refuse,
  bare: CheckOptions["bare"],
): void {
  if (typeof value !== "string") return refuse("list/hash-format", "A hash is not a text here.");
  const text = value.trim().toLowerCase();
  const kind = word === undefined ? kindByLength(text, bare) : kindOf(word);
  if (kind === "ambiguous")
    return refuse(
      "list/ambiguous",
      "64 digits can be a PDQ hash or a SHA-256: write the kind in front of it, or say what bare hashes are (--bare).",
    );
  if (kind === undefined && word === undefined)
    return refuse(
      "list/hash-format",
      `This is no hash: ${shown(value)}. Hashes have 32 (MD5), 40 (SHA-1) or 64 (SHA-256, PDQ) hexadecimal digits.`,
    );
  if (kind === undefined) return addOther(entry, word ?? "", value.trim(), refuse);
  const problem = kind === "pdq" ? pdqProblem(text) : digestProblem(kind, text);
  if (problem) return refuse(...problem);
  if (entry[kind] !== undefined && entry[kind] !== text)
    return refuse(
      "list/two-values",
      `There are two different ${kind} hashes in this entry; the first counts.`,
    );
  entry[kind] = text;
}

function kindByLength(text: string, bare: CheckOptions["bare"]): HashKind | "ambiguous" | undefined {
  if (!/^[0-9a-f]+$/.test(text)) return undefined;
  if (text.length === 64) return bare ?? "ambiguous";
  return hashKinds.find((kind) => lengths[kind] === text.length);
}

function pdqProblem(text: string): [code: string, message: string] | undefined {
  try {
    parsePdq(text);
  } catch (error) {
    if (error instanceof HashingError) return [error.code, error.message];
    throw error;
  }
  return undefined;
}

function digestProblem(kind: HashKind, text: string): [code: string, message: string] | undefined {
  const digits = lengths[kind];
  if (text.length !== digits || !/^[0-9a-f]+$/.test(text))
    return ["list/hash-format", `A ${kind} hash has ${digits} hexadecimal digits; this is ${shown(text)}.`];
  if (ofNothing.has(text))
    return ["list/empty-file", `This is the ${kind} of an empty file and would match every empty file.`];
  return undefined;
}

function addOther(entry: ListEntry, word: string, value: string, refuse: Refuse): void {
  if (!/^[A-Za-z_][\w.-]{0,63}$/.test(word))
    return refuse("list/unknown-kind", `This is no kind of hash: ${shown(word)}.`);
  if (value.length > longestText) return refuse("list/too-long", `The ${word} hash is longer than any.`);
  entry.other = { ...entry.other, [word]: value };
}

function addFields(entry: ListEntry, candidate: Candidate, refuse: Refuse): void {
  const { quality, updated, media, disputed, deleted, dihedral } = candidate;
  if (isGiven(quality)) {
    const number = Number(quality);
    if (Number.isInteger(number) && number >= 0 && number <= 100) entry.quality = number;
    else refuse("list/quality", `A quality is a whole number from 0 to 100; this is ${shown(quality)}.`);
  }
  for (const name of ["id", "source", "sourceId", "verdict"] as const) {
    const value = candidate[name];
    if (!isGiven(value)) continue;
    if (typeof value !== "string" && typeof value !== "number")
      refuse("list/field", `The ${name} is neither a text nor a number.`);
    else if (String(value).length > longestText)
      refuse("list/too-long", `The ${name} is longer than any name.`);
    else if (String(value).trim() !== "") entry[name] = String(value).trim();
  }
  if (isGiven(updated)) {
    const seconds = secondsOf(updated);
    if (seconds === undefined) refuse("list/field", `This is no point in time: ${shown(updated)}.`);
    else entry.updated = seconds;
  }
  if (media) entry.media = media;
  if (disputed === true) entry.disputed = true;
  if (deleted === true) entry.deleted = true;
  if (entry.pdq !== undefined && isGiven(dihedral)) addDihedral(entry, dihedral, refuse);
}

function addDihedral(entry: ListEntry, dihedral: unknown, refuse: Refuse): void {
  const all = Array.isArray(dihedral) ? (dihedral as unknown[]) : [];
  const fits = all.length === 8 && all.every((one) => typeof one === "string" && /^[0-9a-f]{64}$/.test(one));
  if (fits && all[0] === entry.pdq) entry.dihedral = all as string[];
  else refuse("list/field", "The turns are not eight PDQ hashes of which the first is the entry's own.");
}

const isGiven = (value: unknown) => value !== undefined && value !== null && value !== "";

/** Seconds since 1970 from such seconds or from an ISO date. */
function secondsOf(value: unknown): number | undefined {
  const text = String(value).trim();
  const seconds = /^\d+(?:\.\d+)?$/.test(text)
    ? Math.floor(Number(text))
    : Math.floor(Date.parse(text) / 1000);
  // The last second that a Date can hold.
  return Number.isFinite(seconds) && seconds >= 0 && seconds <= 8_640_000_000_000 ? seconds : undefined;
}
