/**
 * The workplace's door: HTTP with routes as the rooms describe them, live events, OpenAPI, and the interface's files.
 *
 * server.ts (guards, parsing, errors) -> mount.ts (who may, once per key, in shape) -> handlers of all rooms
 */
export { createIdempotency, type Idempotency } from "./idempotency.ts";
export { workplaceRoutes, type WorkplaceServices } from "./routes/index.ts";
export { startServer, type HttpServer } from "./server.ts";
