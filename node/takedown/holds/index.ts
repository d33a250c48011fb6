/**
 * Holds: police ask that a provider is not told yet. A hold has an owner, a legal reason, an end and a measured cost.
 *
 *   place.ts      comes in, or is said again: in force from the commit on
 *   timer.ts      its job: covering.ts finds what it covers, both sides are reminded, ending.ts lets go
 *   gate.ts       what is asked before a notice leaves
 *   looks.ts      the addresses are looked at all the while: cost.ts counts, tell.ts tells the owner
 */
export type { HoldCost } from "./cost.ts";
export type { HoldEvent, HoldHandler } from "./events.ts";
export { isHeld, takeClassified } from "./covering.ts";
export { endHold } from "./ending.ts";
export { noteLooks, noteMoved } from "./looks.ts";
export { placeHold, type NewHold } from "./place.ts";
export { holdJob, type Hold, type HoldOutcome } from "./records.ts";
export { holdRoutes } from "./routes.ts";
export { holdHandler } from "./timer.ts";
