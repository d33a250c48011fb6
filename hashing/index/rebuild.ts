/** What is saved is a copy: when it cannot be used, the owner's own store makes it again. */
import { HashingError } from "../errors.ts";
import { createMatchIndex, openMatchIndex } from "./match-index.ts";
import type { MatchIndex, MatchIndexOptions } from "./types.ts";

const unusable = ["hashing/no-index", "hashing/index-damaged", "hashing/index-version"];

/**
 * Opens what was saved or, where that is missing, damaged, or of a later version, starts anew; then has the owner `feed`
 * what came after `mark`: everything, when there is none. `onUnusable` hears why it was not simply opened.
 * A look-up can still meet damage among the digests, which are not all read at opening: then call `createMatchIndex`.
 */
export async function openOrRebuild(
  options: MatchIndexOptions,
  feed: (index: MatchIndex, mark: string | undefined) => Promise<void>,
  onUnusable: (error: HashingError) => void = () => {},
): Promise<MatchIndex> {
  const index = await openMatchIndex(options).catch((error: unknown) => {
    if (!(error instanceof HashingError) || !unusable.includes(error.code)) throw error;
    onUnusable(error);
    return createMatchIndex(options);
  });
  try {
    await feed(index, index.mark);
    return index;
  } catch (error) {
    await index.close();
    throw error;
  }
}
