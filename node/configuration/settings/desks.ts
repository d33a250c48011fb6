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

const policeSettings = z.strictObject({
  holdFor: duration("14d").describe(
    "How long a hold is asked for when no end is given: time to act, not to forget it. The hotline may let it run shorter.",
  ),
  remindBefore: duration("2d").describe("Officers are reminded this long before a hold ends."),
});

export const desksSettings = z.strictObject({
  hotline: hotlineSettings.prefault({}),
  police: policeSettings.prefault({}),
});
export type DesksSettings = z.output<typeof desksSettings>;
