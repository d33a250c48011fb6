/** Removal clocks: named definitions, what they show for a report, and figures over many. */
export { clockRoutes } from "./routes.ts";
