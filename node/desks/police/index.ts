/** The police desk: an inbox of escalations, and answers to the hotlines concerned. */
import { handle, nothing, type Desk } from "../desk.ts";
import { escalatedMatter, receiveEscalation } from "./escalations.ts";
import { escalationRoutes } from "./routes.ts";

export const policeDesk: Desk = {
  register(services) {
    handle(services, "lea.escalation", receiveEscalation);
    services.casework.provideMatters(escalatedMatter);
  },
  routes: (services) => [
    ...escalationRoutes(services),
    ...services.casework.custodyRoutes(),
    ...services.casework.conversationRoutes(),
  ],
  vaultNames: nothing,
};
