/** From those who push to one who pulls: a write resolves when it was taken, so nobody runs ahead. */
export interface Pipe<T> extends AsyncIterable<T> {
  write(value: T): Promise<void>;
  /** No more is coming; what was written is still read. */
  end(): void;
  /** The reader gave up: whoever writes now or waits is told why. */
  fail(error: unknown): void;
}

export function createPipe<T>(): Pipe<T> {
  const written: { value: T; taken: () => void; failed: (error: unknown) => void }[] = [];
  let ended = false;
  let failure: { error: unknown } | undefined;
  let wake = () => {};

  return {
    write(value) {
      if (failure) return Promise.reject(failure.error);
      return new Promise((taken, failed) => {
        written.push({ value, taken, failed });
        wake();
      });
    },
    end() {
      ended = true;
      wake();
    },
    fail(error) {
      failure = { error };
      for (const { failed } of written.splice(0)) failed(error);
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = written.shift();
        if (next) {
          next.taken();
          yield next.value;
        } else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
