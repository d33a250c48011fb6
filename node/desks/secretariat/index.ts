/** The secretariat's desk: it gathers signatures under drafts of the membership files, and sees no report. */
import { nothing, type Desk } from "../desk.ts";
import { draftRoutes } from "./routes.ts";

export const secretariatDesk: Desk = {
  register: () => undefined,
  routes: (services) => [...draftRoutes(services), ...services.casework.conversationRoutes()],
  vaultNames: nothing,
};
