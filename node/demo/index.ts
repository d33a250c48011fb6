/**
 * Demo: a federation on this machine in one call (`startFederation`), and the demonstration that plays the story of one
 * report on it. Tests, benchmarks and simulations start from the same.
 */
export { runDemo, startDemo, type Demo, type DemoOptions } from "./demo.ts";
export {
  foundFederation,
  startFederation,
  type DevFederation,
  type DevNode,
  type FederationOptions,
} from "./federation.ts";
export { demoMembers, type DemoMember } from "./members.ts";
export { ApiRefusal, type ApiClient } from "./client.ts";
export type { Outcome } from "./story.ts";
export { drawPicture } from "./pictures.ts";
