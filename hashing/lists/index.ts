/**
 * Hash lists: reading and writing them as streams, in the formats in which hotlines, police and platforms pass them on.
 *
 * bytes -> detect.ts (which format) -> plain.ts | csv.ts | xml.ts | json.ts (candidates) -> check.ts -> entries
 * entries -> write.ts, write-xml.ts -> text
 *
 * A list may be larger than memory, cut off, or made by an enemy: decoders hold one entry at a time, limits bound it, bad
 * entries are named and the others go on.
 */
export { hashKinds, shown, type Entries, type HashKind, type ListEntry } from "./entry.ts";
export { listFormats, type ListFormat } from "./detect.ts";
export { entryName, latestOf } from "./latest.ts";
export { readList, type Batch, type Found, type ListProblem, type ReadOptions } from "./read.ts";
export { writeList } from "./write.ts";
