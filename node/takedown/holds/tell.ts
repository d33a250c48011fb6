/** Telling a hold's owner how it goes, with the cost so far. */
import type { Unit } from "../../commit/index.ts";
import type { Context } from "../context.ts";
import { costOf, heldOf } from "./cost.ts";
import type { HoldEvent } from "./events.ts";
import type { Hold } from "./records.ts";

export async function tellOwner(
  context: Context,
  unit: Unit,
  hold: Hold,
  event: HoldEvent["event"],
  urls: string[] = [],
): Promise<void> {
  const cost = costOf(await heldOf(unit, hold.id));
  for (const handler of context.holdEvents) await handler(unit, { hold, event, urls, cost });
  unit.announce({ topic: "hold", id: hold.id });
}
