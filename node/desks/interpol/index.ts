/**
 * INTERPOL's desk: contributions folded by SHA-256, requests for material, and its reception into the vault as a durable
 * job. Reports of countries without a hotline arrive here, too, and are kept as offers.
 */
import { handle, type Desk } from "../desk.ts";
import { receiveOffer } from "./contributions.ts";
import { arrived, changed, ended, receiveGrant, receiveRefusal } from "./material.ts";
import { contributedHere } from "./pointers.ts";
import { contributedMatter, files } from "./records.ts";
import { contributionRoutes } from "./routes.ts";

export function interpolDesk(): Desk {
  return {
    register(services) {
      handle(services, "icse.contribution", receiveOffer);
      handle(services, "report.forward", receiveOffer);
      handle(services, "material.grant", (unit, grant, from) => receiveGrant(services, unit, grant, from));
      handle(services, "material.refuse", (unit, refusal, from) =>
        receiveRefusal(services, unit, refusal, from),
      );
      services.casework.provideMatters(contributedMatter);
      services.casework.providePointers(contributedHere);
      services.federation.material.transfers.handle({
        arrived: (unit, id, item) => arrived(services, unit, id, item),
        ended,
        changed,
      });
    },
    routes: (services) => [
      ...contributionRoutes(services),
      ...services.casework.custodyRoutes(),
      ...services.casework.conversationRoutes(),
    ],
    async *vaultNames(reader) {
      for await (const { value } of reader.list(files, {}))
        if (value.material !== undefined) yield value.material;
    },
  };
}
