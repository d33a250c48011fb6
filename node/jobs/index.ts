/** Jobs: durable timers and work. They survive a restart, are tried again with back-off, and take effect once. */
export { createJobs } from "./jobs.ts";
export type { LaneParts as JobsParts } from "./lane.ts";
export type { JobFault } from "./run.ts";
export type { Completion, JobHandler, JobOptions, JobRun, JobView, Jobs, NewJob } from "./types.ts";
