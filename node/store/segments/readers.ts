/** Who reads, so that a file goes only when nobody is left who may look into it. */

export interface Readers {
  /** Somebody reads what the database shows now. Returns how to say that it is over. */
  begin(): () => void;
  /** Calls `then` once everybody who reads now is done. */
  whenDone(then: () => void): void;
}

export function createReaders(): Readers {
  const reading = new Set<number>();
  let waiting: { readonly before: number; readonly then: () => void }[] = [];
  let next = 0;

  function tell(): void {
    const [oldest = next] = reading; // in the order in which they began
    const done = waiting.filter(({ before }) => before <= oldest);
    waiting = waiting.filter(({ before }) => before > oldest);
    for (const { then } of done) then();
  }

  return {
    begin() {
      const reader = next++;
      reading.add(reader);
      return () => {
        if (reading.delete(reader) && waiting.length > 0) tell();
      };
    },
    whenDone(then) {
      waiting.push({ before: next, then });
      tell();
    },
  };
}
