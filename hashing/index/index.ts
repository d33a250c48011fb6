/**
 * Matching: is this picture or file known, on which list, by whose advert?
 *
 *     const index = await openOrRebuild({ lists, store: { folder, key } }, (index, mark) => feedFrom(index, mark));
 *     const { total, matches, suppressedBy } = await index.match({ sha256, dihedral, quality, audiences: ["XA"] });
 *
 * `createMatchIndex(options)` makes an empty index (also `createMatchIndex({ lists })`, in memory alone),
 * `openMatchIndex(options)` opens what was saved, `openOrRebuild(options, feed)` does whichever is right.
 */
export { HashingError } from "../errors.ts";
export type * from "./types.ts";
export { createMatchIndex, openMatchIndex } from "./match-index.ts";
export { openOrRebuild } from "./rebuild.ts";
