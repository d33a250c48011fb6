/** Granted material on its way between members. */
import { z } from "zod";
import { duration, size } from "./units.ts";

const count = (standard: number) => z.int().min(1).default(standard);

export const materialSettings = z.strictObject({
  together: count(4).describe(
    "Items that are fetched at a time; those of one member share its line equally.",
  ),
  ahead: z
    .int()
    .min(1)
    .max(4)
    .default(4)
    .describe(
      "Ranges of one item that are asked for before the first has come: the window, of up to 1 MiB each. It keeps the line busy, and is the most that is sent twice after an interruption. Holders answer at most four at a time.",
    ),
  bandwidth: size("0B").describe(
    "Bytes per second that this node gives of granted material, to all members together; 0 for as many as the line takes.",
  ),
  longestWait: duration("20s").describe(
    "A member that would wait longer for its turn is asked to come back; well under the minute after which it gives up by itself.",
  ),
  retryFirst: duration("1s").describe(
    "Wait before an interrupted transfer goes on; each further wait without progress is twice as long.",
  ),
  retryMost: duration("1m").describe(
    "Longest wait before an interrupted transfer is tried again: so soon it goes on when there is room on the disk again.",
  ),
  wrongAnswers: count(5).describe(
    "Answers in a row that are not the granted item before a transfer is given up: a damaged line is repaired by asking again, a holder that gives something else is not.",
  ),
  offerKept: duration("1d").describe(
    "How long a grant that ended is remembered, so that a member which asks for it late is told why it gets nothing.",
  ),
  progressInterval: duration("1s").describe("Screens hear of a running transfer no more often than this."),
});
export type MaterialSettings = z.output<typeof materialSettings>;
