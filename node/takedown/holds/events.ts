/** What is told of a hold, to whoever asked for it. */
import type { PayloadOf } from "@wardline/protocol/statements";
import type { Unit } from "../../commit/index.ts";
import type { HoldCost } from "./cost.ts";
import type { Hold } from "./records.ts";

export interface HoldEvent {
  hold: Hold;
  event: PayloadOf<"lea.hold-status">["event"];
  /** The addresses that it is about. */
  urls: string[];
  cost: HoldCost;
}

/** Told inside the unit in which it happened. */
export type HoldHandler = (unit: Unit, event: HoldEvent) => Promise<void>;
