/** What is compared or looked for: a file that was examined, or hashes that were given instead of one. */
import { stat } from "node:fs/promises";
import type { Digests } from "@wardline/hashing/digests";
import { parsePdq } from "@wardline/hashing/pdq";
import type { FrameHash, Tmk } from "@wardline/hashing/video";
import type { Examined } from "./examine.ts";

export interface Subject extends Partial<Digests> {
  /** The file's name, or the hash as it was given. */
  name: string;
  pdq?: string;
  quality?: number;
  dihedral?: readonly string[];
  frames?: readonly FrameHash[];
  tmk?: Tmk;
}

export function subjectOfFile(name: string, { picture, frames, ...digests }: Examined): Subject {
  return { name, ...digests, ...picture, ...(frames && { frames }) };
}

const written = /^(?:(pdq|sha-?256|sha-?1|md5)[:= ])?([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;
const kindsByLength = { 32: ["md5"], 40: ["sha1"], 64: ["pdq", "sha256"] } as const;

/**
 * A hash on the command line: `pdq:f8f8…`, or bare. 64 digits alone are taken for both, PDQ and SHA-256: as the wrong one
 * they match nothing. Undefined when it is no hash, or a bare one that names a file.
 */
export async function subjectOfHash(word: string): Promise<Subject | undefined> {
  const [, kind, value = ""] = written.exec(word) ?? [];
  if (value === "" || (kind === undefined && (await exists(word)))) return undefined;
  const digits = value.toLowerCase();
  const kinds: readonly string[] = kindsByLength[digits.length as 32 | 40 | 64];
  const named = kind?.toLowerCase().replace("-", "");
  if (named !== undefined && !kinds.includes(named)) return undefined;
  const subject: Subject = { name: word };
  for (const one of named === undefined ? kinds : [named]) {
    if (one === "pdq" && named === undefined && isConstant(digits)) continue;
    Object.assign(subject, { [one]: one === "pdq" ? parsePdq(digits) : digits });
  }
  return subject;
}

function isConstant(digits: string): boolean {
  try {
    parsePdq(digits);
    return false;
  } catch {
    return true;
  }
}

const exists = (name: string) =>
  stat(name).then(
    () => true,
    () => false,
  );
