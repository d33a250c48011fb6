/** The police desk: an inbox of escalations, and answers to the hotlines concerned. */
import { handle, nothing, type Desk } from "../desk.ts";
import { receiveEscalation } from "./escalations.ts";
import { escalationRoutes } from "./routes.ts";

export const policeDesk: Desk = {
  register: (services) => handle(services, "lea.escalation", receiveEscalation),
  routes: (services) => [...escalationRoutes(services), ...services.casework.custodyRoutes()],
  vaultNames: nothing,
};
