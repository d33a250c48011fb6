/** Conversations: signed messages between members about a matter, shown on every desk, read by each person for themselves. */
export { registerConversations } from "./receive.ts";
export { conversationRoutes } from "./routes.ts";
