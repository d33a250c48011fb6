/** What the desks of each kind of member do by themselves. */
import { z } from "zod";
import { duration } from "./units.ts";

const hotlineSettings = z.strictObject({
  escalate: z
    .enum(["automatic", "off"])
    .default("automatic")
    .describe(
      "Whether baseline items hosted in this country are escalated to its police at once. Most countries' law asks for that.",
    ),
  contribute: z
    .enum(["automatic", "off"])
    .default("automatic")
    .describe(
      "Whether baseline and national items that are held here are offered to INTERPOL at once. Only hashes and verdicts are told.",
    ),
  grantLifetime: duration("7d").describe(
    "How long granted material can be fetched: long enough for a receiver that is away over a weekend.",
  ),
});

export const desksSettings = z.strictObject({
  hotline: hotlineSettings.prefault({}),
});
export type DesksSettings = z.output<typeof desksSettings>;
