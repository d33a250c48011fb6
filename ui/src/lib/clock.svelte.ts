/** The time of day for texts such as “2 minutes ago”, which would otherwise grow old on the screen. */
const step = 10_000;
let current = $state(Date.now());

/** Milliseconds; reading it in a component follows it. */
export function clock(): number {
  return current;
}

/** Starts the clock; returns how to stop it. */
export function startClock(): () => void {
  const timer = setInterval(() => (current = Date.now()), step);
  return () => clearInterval(timer);
}
