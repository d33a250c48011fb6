/** The secretariat's desk: it sees the federation, which every node shows, and no report; members write to it all the same. */
import { nothing, type Desk } from "../desk.ts";

export const secretariatDesk: Desk = {
  register: () => undefined,
  routes: ({ casework }) => casework.conversationRoutes(),
  vaultNames: nothing,
};
