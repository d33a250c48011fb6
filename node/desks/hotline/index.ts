/**
 * The hotline's desk: reports go to the competent member and come from others, baseline items to national police,
 * contributions to INTERPOL, outcomes back to the finder; material leaves only by a grant of two custodians.
 */
import { nothing, type Desk } from "../desk.ts";
import { registerGrants } from "./grants.ts";
import { registerHolds } from "./holds.ts";
import { registerIncoming } from "./incoming.ts";
import { requestedHere } from "./pointers.ts";
import { passOn, shareVerdicts, tellOrigin, tellOutcome } from "./outgoing.ts";
import { materialRoutes } from "./routes.ts";

export const hotlineDesk: Desk = {
  register(services) {
    const { casework, takedown } = services;
    casework.on("classified", (unit, report, items, decision) =>
      passOn(services, unit, report, items, decision),
    );
    casework.on("reassessed", (unit, report, given) => shareVerdicts(services, unit, report, given));
    casework.on("closed", (unit, report, reason) =>
      tellOrigin(services, unit, report, { event: "closed", detail: reason }),
    );
    takedown.onOutcome((unit, outcome) => tellOutcome(services, unit, outcome));
    takedown.onMoved(async (unit, { report, sentence }) =>
      tellOrigin(services, unit, await casework.report(unit, report), { event: "moved", detail: sentence }),
    );
    registerHolds(services);
    registerIncoming(services);
    registerGrants(services);
    casework.providePointers(requestedHere(casework));
  },
  routes(services) {
    const { casework, takedown } = services;
    return [
      ...casework.reportRoutes(),
      ...casework.itemRoutes(),
      ...casework.custodyRoutes(),
      ...casework.conversationRoutes(),
      ...takedown.routes(),
      ...materialRoutes(services),
    ];
  },
  vaultNames: nothing,
};
