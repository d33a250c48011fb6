/** Fault schedules: a federation of processes under everything that a network and machines do, replayable by a seed. */
export { startFaultFederation, type FaultFederation } from "./federation.ts";
export { scheduleOf } from "./schedule.ts";
