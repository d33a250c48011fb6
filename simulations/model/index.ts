/** A model of a federation in simulated time: thousands of members, the rules of the nodes, sizes from their encoders. */
export { catchUp } from "./catching-up.ts";
export { report, type Report } from "./report.ts";
export { blockBytes, pushBytes, sampleRecord } from "./sizes.ts";
export { spreadBlock } from "./spreading.ts";
export { createWorld } from "./world.ts";
