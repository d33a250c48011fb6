/** Durable work: how much at a time, and when it is tried again. */
import { z } from "zod";
import { duration } from "./units.ts";

const count = (standard: number) => z.int().min(1).default(standard);

export const jobsSettings = z.strictObject({
  perKind: count(4).describe(
    "Jobs of one kind at a time, so that a long queue of one kind does not hold up the others.",
  ),
  attempts: count(20).describe(
    "Attempts before a job is given up and shown to a person: with the waits below, after about half a day.",
  ),
  retryFirst: duration("2s").describe("Wait before the second attempt; each further wait is twice as long."),
  retryMost: duration("1h").describe("Longest wait between attempts."),
  jitter: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe(
      "Part of each wait that is drawn at random, so that what failed together does not come back together.",
    ),
});
export type JobsSettings = z.output<typeof jobsSettings>;
