/** How long a member that a feed is pulled from may be silent before the feed is pulled from another one. */

const PATIENCE = 5000;
/** Answers of up to 512 KiB to so many pulls come within that time over an ordinary line. */
const PULLS_AT_ONCE = 8;

/** Milliseconds, when so many feeds are being pulled: they share the line, and a late answer is not to be fetched twice. */
export const patienceWith = (pulls: number) => PATIENCE * Math.max(1, pulls / PULLS_AT_ONCE);
