/** So many at a time; the others wait in line, and leave it when their signal says so. */
export interface Turns {
  /** Waits for a turn, and returns what gives it back. Fails with the signal's reason. */
  take(signal?: AbortSignal): Promise<() => void>;
}

export function createTurns(most: number): Turns {
  const line: (() => void)[] = [];
  let taken = 0;
  const giveBack = () => {
    const next = line.shift();
    if (next === undefined) taken--;
    else next(); // the turn goes from one to the other
  };
  return {
    async take(signal) {
      signal?.throwIfAborted();
      if (taken < most) taken++;
      else
        await new Promise<void>((resolve, reject) => {
          const leave = () => {
            line.splice(line.indexOf(enter), 1);
            reject(signal?.reason as Error);
          };
          const enter = () => {
            signal?.removeEventListener("abort", leave);
            resolve();
          };
          line.push(enter);
          signal?.addEventListener("abort", leave, { once: true });
        });
      return giveBack;
    },
  };
}
