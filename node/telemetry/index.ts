/** Telemetry: the clock that is passed in everywhere, logs without personal data, health. */
export { systemClock, type Clock } from "./clock.ts";
export { createLog, type Log, type LogLevel } from "./log.ts";
export { createHealth, healthParts, healthStates, type Health } from "./health.ts";
