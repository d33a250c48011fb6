/** The line of queries: those that wait are asked together, a bounded number waits, and two batches are under way at once. */
import { HashingError } from "../errors.ts";
import { closed } from "./thread.ts";
import type { Answer, Query } from "./types.ts";

/** Enough that messages cost nothing; few enough that others get their turn. */
const MOST_AT_ONCE = 256;
/** One is searched while the answers of the other are read. */
const UNDER_WAY = 2;

export interface Line {
  /** One answer for each query. Errors: `hashing/index-busy`, `hashing/index-closed`, and those of the search. */
  ask(queries: readonly Query[], limit: number): Promise<Answer[]>;
  /** Refuses what waits. */
  close(): void;
}

interface Waiting {
  query: Query;
  limit: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

export function createLine(
  most: number,
  search: (queries: readonly Query[], limit: number) => Promise<Answer[]>,
): Line {
  let waiting: Waiting[] = [];
  let underWay = 0;

  const next = () => {
    if (underWay === UNDER_WAY || waiting.length === 0) return;
    const { limit } = waiting[0] as Waiting;
    const others = waiting.findIndex((one) => one.limit !== limit);
    const batch = waiting.splice(0, Math.min(MOST_AT_ONCE, others < 0 ? waiting.length : others));
    underWay++;
    void answer(batch, limit).finally(() => {
      underWay--;
      next();
    });
    next();
  };
  const answer = async (batch: readonly Waiting[], limit: number) => {
    try {
      const answers = await search(
        batch.map(({ query }) => query),
        limit,
      );
      batch.forEach(({ resolve }, at) => resolve(answers[at] as Answer));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  return {
    ask(queries, limit) {
      if (waiting.length + queries.length > most) return Promise.reject(busy(most));
      const answers = queries.map(
        (query) => new Promise<Answer>((resolve, reject) => waiting.push({ query, limit, resolve, reject })),
      );
      // Later in this turn of the event loop, so that calls made together are asked together.
      queueMicrotask(next);
      return Promise.all(answers);
    },
    close() {
      for (const { reject } of waiting) reject(closed());
      waiting = [];
    },
  };
}

const busy = (most: number) =>
  new HashingError(
    "hashing/index-busy",
    `More than ${most} queries would wait for the match index.`,
    "Wait for answers before asking more, or ask fewer at once.",
  );
