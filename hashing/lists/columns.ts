/** What the columns of a CSV list, and the members of a JSON entry, are commonly called; and an entry from them. */
import { kindOf, type Candidate, type ListEntry } from "./entry.ts";

type Field = Exclude<keyof Candidate, "hashes"> | "value" | "kind";

const names: Record<Field, readonly string[]> = {
  value: ["hash", "hashvalue", "hashdigest", "value", "digest", "signal"],
  kind: ["kind", "type", "hashtype", "algorithm", "hashalgorithm", "signaltype"],
  quality: ["quality", "pdqquality", "hashquality"],
  id: ["id", "entryid", "contentid", "bankcontentid", "identifier", "file", "filename"],
  source: ["source", "owner", "member", "membername", "provider", "organisation", "organization", "bank"],
  sourceId: ["sourceid", "memberid", "ownerid"],
  verdict: ["verdict", "classification", "category", "label", "ideology"],
  media: ["media", "mediatype", "filetype", "contenttype"],
  updated: ["updated", "updatedon", "timestamp", "lastmodtimestamp", "modified"],
  disputed: ["disputed"],
  deleted: ["deleted"],
  dihedral: ["dihedral"],
};

const fieldOfName = new Map(
  Object.entries(names).flatMap(([field, known]) => known.map((name) => [name, field as Field] as const)),
);

/** What a column holds: a hash of one kind, a field, or undefined when it is none of ours. */
export type Column = { hash: string } | { field: Field };

export function columnOf(name: string): Column | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const field = fieldOfName.get(plain);
  if (field) return { field };
  return kindOf(plain) ? { hash: plain } : undefined;
}

export const isHashColumn = (column: Column | undefined) =>
  column !== undefined && ("hash" in column || column.field === "value");

/** An entry from its members by name; members with other names are left out. */
export function columnsToCandidate(members: Iterable<readonly [name: string, value: unknown]>): Candidate {
  const pairs: [Column | undefined, unknown][] = [];
  for (const [name, value] of members) pairs.push([columnOf(name), value]);
  return candidateFrom(pairs);
}

/** The same where the names were looked up before. */
export function candidateFrom(pairs: Iterable<readonly [Column | undefined, unknown]>): Candidate {
  const candidate: Candidate = { hashes: [] };
  let kind: unknown;
  let single: unknown;
  for (const [column, value] of pairs) {
    if (column === undefined || value === "" || value === null || value === undefined) continue;
    if ("hash" in column) candidate.hashes.push([column.hash, value]);
    else if (column.field === "kind") kind = value;
    else if (column.field === "value") single = value;
    else if (column.field === "media") candidate.media = mediaOf(value);
    else if (column.field === "disputed" || column.field === "deleted")
      candidate[column.field] = isTrue(value);
    else candidate[column.field] ??= value;
  }
  if (single !== undefined) candidate.hashes.push([kindWord(kind, candidate), single]);
  return candidate;
}

/** The word for the kind; a `type` that says image or video says nothing of the hash. */
function kindWord(word: unknown, candidate: Candidate): string | undefined {
  if (typeof word !== "string") return undefined;
  if (kindOf(word) !== undefined || mediaOf(word) === undefined) return word.trim();
  candidate.media ??= mediaOf(word);
  return undefined;
}

/** Image or video from a word of a list: one of these, a MIME type, or a file name's ending. */
function mediaOf(word: unknown): ListEntry["media"] {
  if (typeof word !== "string") return undefined;
  if (/^(?:image|photo|picture)|^\.?(?:jpe?g|png|gif|webp|bmp|tiff?|heic|avif)$/i.test(word)) return "image";
  if (/^video|^\.?(?:mp4|m4v|mov|avi|mkv|webm|wmv|flv|mpe?g|3gp)$/i.test(word)) return "video";
  return undefined;
}

/** Yes as lists write it. */
const isTrue = (word: unknown) =>
  word === true || (typeof word === "string" && /^(?:true|yes|1)$/i.test(word.trim()));
