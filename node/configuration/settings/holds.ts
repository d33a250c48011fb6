/** Holds of police: how long, and how closely what they cost is measured. */
import { z } from "zod";
import { duration } from "./units.ts";

export const holdSettings = z.strictObject({
  usual: duration("14d").describe(
    "How long a hold that arrived by letter runs when it names no end: time for police to act, not to forget it.",
  ),
  longest: duration("90d").describe(
    "No hold runs longer than this from the moment it was last asked for. Longer ones need asking again: a person thinks of it.",
  ),
  remindBefore: duration("2d").describe("Both sides are reminded this long before the end."),
  lookInterval: duration("6h").describe(
    "Between looks at a URL that is held, so that hours online are known and its vanishing is noticed the same day.",
  ),
  most: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe("Most holds of one police member at a time: more than any honest one needs."),
});
