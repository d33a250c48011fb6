/** Several items at a time, results in the order of the items. */

/**
 * Runs `work` on the items, at most `most` at a time, and hands out each result as soon as those before it are out. When
 * `signal` aborts, what is finished in order is still handed out, then its reason is thrown.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<Result, void, undefined> {
  let wake = () => undefined as void;
  const watched = <T>(promise: Promise<T>): Watched<T> => {
    const one = { promise, settled: false };
    const settle = () => {
      one.settled = true;
      wake();
    };
    promise.then(settle, settle); // also keeps a failure quiet until somebody asks for it
    return one;
  };
  const line: Watched<Result>[] = [];
  const iterator = items[Symbol.asyncIterator]();
  let next: Watched<IteratorResult<Item>> | undefined;
  let ended = false;
  const abort = () => wake();
  signal.addEventListener("abort", abort);
  try {
    while (!signal.aborted || line[0]?.settled) {
      const first = line[0]?.settled ? line.shift() : undefined;
      if (first !== undefined) yield await first.promise;
      else if (next?.settled) {
        const { done, value } = await next.promise;
        next = undefined;
        if (done) ended = true;
        else line.push(watched(work(value)));
      } else if (ended && line.length === 0) return;
      else {
        if (!ended && line.length < most) next ??= watched(iterator.next());
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

interface Watched<T> {
  promise: Promise<T>;
  settled: boolean;
}

/** The same function, of which at most `most` calls run at a time; the others wait in line. */
export function limited<Arguments extends unknown[], Result>(
  most: number,
  work: (...args: Arguments) => Promise<Result>,
): (...args: Arguments) => Promise<Result> {
  const line: (() => void)[] = [];
  let running = 0;
  return async (...args) => {
    if (running === most) await new Promise<void>((resolve) => line.push(resolve));
    else running++;
    try {
      return await work(...args);
    } finally {
      const next = line.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
