/** A report's host over time: every trace is kept, and one that shows a move routes the report anew. */
export { keepTrace, takeTrace } from "./keep.ts";
export { registerRetrace } from "./retrace.ts";
export { hostingRoutes } from "./routes.ts";
