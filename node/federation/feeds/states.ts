/** How far each feed is, at hand: every hello names all feeds, so they are read once. */
import type { Commit, Unit } from "../../commit/index.ts";
import { feedStates, type FeedState } from "./collections.ts";

export interface FeedStates {
  /** By feed id; as of what is on disk. */
  all(): Promise<ReadonlyMap<string, FeedState>>;
  put(unit: Unit, state: FeedState): void;
  /** The feed is not held any more. */
  drop(unit: Unit, feed: string): void;
}

export function createFeedStates(commit: Commit): FeedStates {
  const states = new Map<string, FeedState>();
  const dropped = new Set<string>();
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    for await (const { key, value } of commit.list(feedStates)) {
      const feed = String(key[0]);
      // What was stored while this list ran is newer.
      if (!states.has(feed) && !dropped.has(feed)) states.set(feed, value);
    }
  }

  return {
    async all() {
      await (reading ??= read());
      return states;
    },
    put(unit, state) {
      const { feed } = state.head;
      unit.put(feedStates, [feed], state);
      unit.afterCommit(() => {
        dropped.delete(feed);
        states.set(feed, state);
      });
    },
    drop(unit, feed) {
      unit.delete(feedStates, [feed]);
      unit.afterCommit(() => {
        dropped.add(feed);
        states.delete(feed);
      });
    },
  };
}
