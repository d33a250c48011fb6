/**
 * The lens on hash adverts: who said what of a file, since when, from a look of their own or not, and who disagrees;
 * taking back what this organisation said, and disputing what another one did.
 */
export { disputedRecords } from "./disputes.ts";
export { registerDisputes } from "./effects.ts";
export { advertRoutes } from "./routes.ts";
