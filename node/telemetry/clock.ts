/** Time, passed in wherever it matters, so that a test can stop it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `act` once after `milliseconds`; the returned function cancels it. Longer waits than setTimeout's 24 days are kept. */
  after(milliseconds: number, act: () => void): () => void;
}

/** setTimeout holds 31 bits of milliseconds; a longer wait would fire at once. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, act) {
    let timer: NodeJS.Timeout;
    const wait = (left: number) => {
      const part = Math.min(left, LONGEST);
      timer = setTimeout(() => (left > part ? wait(left - part) : act()), Math.max(0, part));
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};
