/** Conversations: signed messages between members about a matter, shown on every desk, read by each person for themselves. */
export type { MessageReference } from "./collections.ts";
export { registerConversations } from "./receive.ts";
export { conversationRoutes } from "./routes.ts";
