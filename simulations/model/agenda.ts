/** What is to happen, the earliest first: simulated time goes from one entry to the next. */
export interface Agenda<T> {
  add(time: number, what: T): void;
  /** The earliest, taken off; undefined when nothing is left. */
  next(): { readonly time: number; readonly what: T } | undefined;
}

/** A binary heap. Entries of one time come in any order, always the same one. */
export function createAgenda<T>(): Agenda<T> {
  const times: number[] = [];
  const entries: T[] = [];

  function swap(a: number, b: number): void {
    [times[a], times[b]] = [times[b] as number, times[a] as number];
    [entries[a], entries[b]] = [entries[b] as T, entries[a] as T];
  }
  const at = (index: number) => times[index] as number;

  return {
    add(time, what) {
      let index = times.push(time) - 1;
      entries.push(what);
      while (index > 0 && at((index - 1) >> 1) > at(index)) {
        swap(index, (index - 1) >> 1);
        index = (index - 1) >> 1;
      }
    },
    next() {
      if (times.length === 0) return undefined;
      swap(0, times.length - 1);
      const first = { time: times.pop() as number, what: entries.pop() as T };
      for (let index = 0; ;) {
        let least = index;
        for (const child of [2 * index + 1, 2 * index + 2])
          if (child < times.length && at(child) < at(least)) least = child;
        if (least === index) return first;
        swap(index, least);
        index = least;
      }
    },
  };
}
