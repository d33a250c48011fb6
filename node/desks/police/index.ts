/** The police desk: an inbox of escalations, answers to the hotlines concerned, and holds asked of them. */
import { handle, nothing, type Desk } from "../desk.ts";
import { escalatedItems, escalatedMatter, receiveEscalation } from "./escalations.ts";
import { registerHolds } from "./holds.ts";
import { placedHoldRoutes } from "./hold-routes.ts";
import { escalationRoutes } from "./routes.ts";

export const policeDesk: Desk = {
  register(services) {
    handle(services, "lea.escalation", receiveEscalation);
    services.casework.provideMatters(escalatedMatter);
    services.casework.providePointers(escalatedItems);
    registerHolds(services);
  },
  routes: (services) => [
    ...escalationRoutes(services),
    ...placedHoldRoutes(services),
    ...services.casework.custodyRoutes(),
    ...services.casework.conversationRoutes(),
  ],
  vaultNames: nothing,
};
