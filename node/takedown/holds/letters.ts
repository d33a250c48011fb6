/** Holds that arrived by letter are ended by people here; those of a member only by that member. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Unit } from "../../commit/index.ts";
import { requireHold } from "./ending.ts";
import type { Hold } from "./records.ts";

/** @throws `takedown/no-such-hold`, `takedown/not-your-hold` */
export async function requireLetter(unit: Unit, id: string): Promise<Hold> {
  const hold = await requireHold(unit, id);
  if (hold.owner.member === undefined) return hold;
  throw new WardlineError("takedown/not-your-hold", "Only its owner extends or ends this hold.", {
    advice: "Ask the police that placed it.",
  });
}
