/** What traces learned of a report's host: one record for each different state of it, with the time in which it was seen. */
import type { HostingTrace } from "../../capture/index.ts";
import { defineCollection } from "../../store/index.ts";
import type { Hosting } from "../records.ts";

export interface KeptTrace {
  hosting: Hosting;
  trace: HostingTrace;
  /** When it was seen first and last, milliseconds since 1970. */
  first: number;
  last: number;
}

/** By report and `first`. */
export const traces = defineCollection<KeptTrace>("casework.traces", {});

/** Looks again where a report is hosted whose look-up failed. */
export const retraceJob = "casework.retrace";
