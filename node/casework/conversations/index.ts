/** Conversations: signed messages between members about a matter, shown on every desk, read by each person for themselves. */
export type { Matter, MatterSource } from "./matters.ts";
export { registerConversations } from "./receive.ts";
export { conversationRoutes } from "./routes.ts";
