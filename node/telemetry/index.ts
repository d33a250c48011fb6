/** Telemetry: the clock that is passed in everywhere, and logs without personal data. */
export { systemClock, type Clock } from "./clock.ts";
export { createLog, type Log, type LogLevel } from "./log.ts";
