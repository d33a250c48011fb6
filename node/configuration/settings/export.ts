/** Exports for courts. */
import { z } from "zod";
import { duration } from "./units.ts";

export const exportSettings = z.strictObject({
  lifetime: duration("7d").describe(
    "How long a package can be taken once two people agreed to it: what was agreed long ago is agreed anew.",
  ),
});
export type ExportSettings = z.output<typeof exportSettings>;
