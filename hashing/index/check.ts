/** Entries, queries and lists as they come from outside: what is refused, by name, and hashes as words and bytes. */
import { HashingError } from "../errors.ts";
import { MOST_HASH_DISTANCE } from "./search.ts";
import { MOST_KEY } from "./facts.ts";
import { bitCount, parsePdq } from "../pdq/index.ts";
import { digestKinds, digestLengths } from "./messages.ts";
import type { Digests, Entry, EntryKey, ListSettings, Query, Removal } from "./types.ts";

const DIGITS = 64;
const MOST_QUALITY = 100;
const TURNS = 8;

/**
 * Puts a hash into eight words, most significant first; a loop, since a list has millions. Whether it is one that may
 * come in at all is said by `parsePdq`, asked only where it could say no.
 * Errors: `hashing/pdq-format`, and with `isEntry` `hashing/pdq-constant`.
 */
export function readHash(hash: string, target: Uint32Array, at: number, isEntry: boolean): void {
  let wrong = hash.length === DIGITS ? 0 : -1;
  let weight = 0;
  for (let word = 0; word < 8; word++) {
    let value = 0;
    for (let digit = word * 8; digit < word * 8 + 8; digit++) {
      const nibble = nibbles[hash.charCodeAt(digit)] ?? -1;
      wrong |= nibble;
      value = (value << 4) | nibble;
    }
    target[at + word] = value;
    weight += bitCount(value);
  }
  if (wrong < 0 || (isEntry && Math.abs(weight - 128) > 64)) parsePdq(hash);
}

/** Values of lower-case hexadecimal digits by character code; -1 for others. */
const nibbles = Int8Array.from({ length: 128 }, (_, code) =>
  "0123456789abcdef".indexOf(String.fromCharCode(code)),
);

/** Errors: `hashing/bad-entry`, `hashing/pdq-format`, `hashing/pdq-constant`. */
export function checkEntry(entry: Entry): void {
  checkKey(entry);
  const { quality = MOST_QUALITY, source, verdict } = entry;
  if (!isBetween(quality, 0, MOST_QUALITY)) throw badEntry(entry, "its quality is not between 0 and 100");
  if (typeof source !== "string" || typeof verdict !== "string")
    throw badEntry(entry, "it has no source or no verdict");
  if (entry.pdq === undefined && digestKinds.every((kind) => entry[kind] === undefined))
    throw badEntry(entry, "it has no hash");
  checkDigests(entry, (what) => badEntry(entry, what));
  if (entry.pdq !== undefined) readHash(entry.pdq, scratch, 0, true);
}
const scratch = new Uint32Array(8);

export function checkRemoval(removal: Removal): void {
  checkKey(removal);
  checkDigests(removal, (what) => badEntry(removal, what));
}

/** Errors: `hashing/bad-query`, `hashing/pdq-format`. */
export function checkAsked({ quality = MOST_QUALITY, pdq, dihedral, ...digests }: Query): void {
  if (!isBetween(quality, 0, MOST_QUALITY)) throw badQuery("Its quality is not between 0 and 100.");
  if (dihedral && dihedral.length !== TURNS)
    throw badQuery(`It has ${dihedral.length} dihedral hashes; there are ${TURNS}.`);
  checkDigests(digests, (what) => badQuery(`In the query, ${what}.`));
  for (const hash of dihedral ?? []) readHash(hash, scratch, 0, false);
  if (pdq !== undefined) readHash(pdq, scratch, 0, false);
}

export function checkLimit(limit: number): void {
  if (!isBetween(limit, 0, MOST_LIMIT))
    throw badQuery(`The limit is ${limit}; it can be 0 to ${MOST_LIMIT}.`);
}
/** More in one answer is a dump, not an answer. */
const MOST_LIMIT = 65_536;

export function checkList({ id, distance = 0, quality = 0 }: ListSettings): void {
  const wrong =
    typeof id !== "string" || id === ""
      ? "it has no id"
      : !isBetween(distance, 0, MOST_HASH_DISTANCE)
        ? `its distance is ${distance}, and can be 0 to ${MOST_HASH_DISTANCE}`
        : !isBetween(quality, 0, MOST_QUALITY)
          ? `its quality is ${quality}, and can be 0 to ${MOST_QUALITY}`
          : undefined;
  if (wrong)
    throw new HashingError(
      "hashing/bad-list",
      `The list "${id}" cannot be matched: ${wrong}.`,
      "Correct its settings.",
    );
}

function checkKey(entry: EntryKey): void {
  if (typeof entry.list !== "string" || entry.list === "") throw badEntry(entry, "it names no list");
  if (!isBetween(entry.key, 0, MOST_KEY)) throw badEntry(entry, "its key is no integer from 0 to 2^48 - 1");
}

function checkDigests(digests: Digests, error: (what: string) => HashingError): void {
  digestKinds.forEach((kind, number) => {
    const digest = digests[kind];
    if (digest === undefined) return;
    const digits = (digestLengths[number] as number) * 2;
    if (digest.length !== digits || !/^[0-9a-f]*$/.test(digest))
      throw error(`its ${kind} has not ${digits} lower-case hexadecimal digits`);
  });
}

const isBetween = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;

const badEntry = ({ list, key }: EntryKey, what: string) =>
  new HashingError(
    "hashing/bad-entry",
    `Entry ${key} of the list "${list}" is refused: ${what}.`,
    "Leave the entry out, or correct it where it comes from.",
  );

const badQuery = (message: string) => new HashingError("hashing/bad-query", message, "Correct the query.");
