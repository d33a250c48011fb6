/** Federations of real nodes in one process, on a network that injects latency and cuts. */
export { spread, type Spread } from "./spread.ts";
