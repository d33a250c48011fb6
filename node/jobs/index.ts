/** Jobs: durable timers and work. They survive a restart, are tried again with back-off, and take effect once. */
export type { Completion, JobHandler, JobOptions, JobRun, JobView, Jobs, NewJob } from "./types.ts";
