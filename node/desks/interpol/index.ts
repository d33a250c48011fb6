/**
 * INTERPOL's desk: contributions folded by SHA-256, requests for material, and its reception into the vault as a durable
 * job. Reports of countries without a hotline arrive here, too, and are kept as offers.
 */
import { handle, type Desk } from "../desk.ts";
import { receiveOffer } from "./contributions.ts";
import { gaveUp, receiveGrant, receiveRefusal, transfer, transferJob, type Transfers } from "./material.ts";
import { contributedMatter, files } from "./records.ts";
import { contributionRoutes } from "./routes.ts";

export function interpolDesk(): Desk {
  const transfers: Transfers = new Map();
  return {
    register(services) {
      handle(services, "icse.contribution", receiveOffer);
      handle(services, "report.forward", receiveOffer);
      handle(services, "material.grant", (unit, grant, from) => receiveGrant(services, unit, grant, from));
      handle(services, "material.refuse", receiveRefusal);
      services.casework.provideMatters(contributedMatter);
      services.jobs.register<{ request: string }>(
        transferJob,
        ({ request }, run) => transfer(services, transfers, request, run),
        {
          attempts: services.settings.interpol.fetchAttempts,
          gaveUp: (unit, { request }) => gaveUp(unit, request),
        },
      );
    },
    routes: (services) => [
      ...contributionRoutes(services, transfers),
      ...services.casework.custodyRoutes(),
      ...services.casework.conversationRoutes(),
    ],
    async *vaultNames(reader) {
      for await (const { value } of reader.list(files, {}))
        if (value.material !== undefined) yield value.material;
    },
  };
}
