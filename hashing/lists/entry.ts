/** What one entry of a hash list says, whatever file it came from. */

/** The kinds of hash that can be matched, in the order in which they are written. */
export const hashKinds = ["pdq", "sha256", "sha1", "md5"] as const;
export type HashKind = (typeof hashKinds)[number];

/** One entry of a hash list: one picture or video, by one or more of its hashes. */
export interface ListEntry {
  /** Lower-case hexadecimal. At least one of the four or of `other` is there, except when `deleted` and named by `id`. */
  pdq?: string;
  sha256?: string;
  sha1?: string;
  md5?: string;
  /** Quality of the PDQ hash, 0 to 100. */
  quality?: number;
  /** The list's own name for it, unique for its source. */
  id?: string;
  /** Whose entry it is: the organisation's name, and its number or name in the list's exchange. */
  source?: string;
  sourceId?: string;
  /** The category in the list's own words. */
  verdict?: string;
  media?: "image" | "video";
  /** Seconds since 1970 of the last change. */
  updated?: number;
  /** Somebody who looked at it does not agree. */
  disputed?: true;
  /** The list takes this entry back. */
  deleted?: true;
  /** The eight turns of the PDQ hash, in the order of `dihedralNames`: in lines of `wardline hash --dihedral`. */
  dihedral?: string[];
  /** Hashes of kinds that are not matched here, carried along as they came: kind to value. */
  other?: Record<string, string>;
}

/** Opens the entries from the beginning, as often as a format has to go through them (XML: up to three times). */
export type Entries = () => AsyncIterable<readonly ListEntry[]>;

/** What a decoder found in one place of the file, not yet checked. */
export interface Candidate extends Partial<
  Record<"quality" | "id" | "source" | "sourceId" | "verdict" | "updated" | "dihedral", unknown>
> {
  /** Kind (a word of the file, or undefined when only the length tells) and value. */
  hashes: [kind: string | undefined, value: unknown][];
  media?: ListEntry["media"] | undefined;
  disputed?: boolean | undefined;
  deleted?: boolean | undefined;
}

/** A word for a kind of hash: `SHA-256`, `sha256_hex`, `ImagePDQ`, `video_md5` and the like. Undefined for other kinds. */
export function kindOf(word: string): HashKind | undefined {
  const plain = word.toLowerCase().replace(/[^a-z0-9]/g, "");
  return hashKinds.find(
    (kind) => plain.replace(/^(?:image|photo|video|file)/, "").replace(/(?:hash|digest|hex)+$/, "") === kind,
  );
}

/** A value of the file in a message: short, and nothing in it that a terminal would obey. */
export function shown(value: unknown): string {
  const text = (typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing")).slice(0, 80);
  return `"${text.replace(/[^\x20-\x7e\u00a1-\u02af\u0370-\u058f]/g, "?")}"`;
}
