/** What is known of the frames of a video: each entry once, by its nearest frame. */
import type { Match, MatchIndex, Query } from "@wardline/hashing/index";
import type { FrameHash } from "@wardline/hashing/video";
import { limited } from "./in-order.ts";

export interface FoundMatch extends Match {
  /** Of a video: how many of its frames match this entry, and when the nearest one is shown, in seconds. */
  frames?: { count: number; nearest: number };
}

export type FrameSearch = (frames: readonly FrameHash[], limit: number) => Promise<FoundMatch[]>;

/** Frames that are looked up at once: the index answers them as one batch. */
const together = 1000;

/** Nearest first. One video at a time, so that the index is never asked more than it takes. */
export function createFrameSearch(index: MatchIndex): FrameSearch {
  return limited(1, async (frames: readonly FrameHash[], limit: number) => {
    const nearest = new Map<string, FoundMatch>();
    for (let from = 0; from < frames.length; from += together) {
      const some = frames.slice(from, from + together);
      const answers = await index.matchAll(some.map(queryOf), { limit });
      for (const [at, { matches }] of answers.entries())
        for (const match of matches) {
          const name = `${match.list}\n${match.key}`;
          const before = nearest.get(name);
          const count = (before?.frames?.count ?? 0) + 1;
          const closer = before === undefined || match.distance < before.distance;
          const time = closer ? (some[at]?.timestamp ?? 0) : (before.frames?.nearest ?? 0);
          nearest.set(name, { ...(closer ? match : before), frames: { count, nearest: time } });
        }
    }
    return [...nearest.values()].sort((a, b) => a.distance - b.distance);
  });
}

const queryOf = ({ hash, quality }: FrameHash): Query => ({ pdq: hash, quality });
