/** Granted material between members: offers here, fetching from there, and transfers that outlive every interruption. */
import type { Random } from "@wardline/protocol/encoding";
import type { Trust } from "@wardline/protocol/roster";
import type { Commit } from "../../commit/index.ts";
import type { MaterialSettings } from "../../configuration/settings/material.ts";
import type { Jobs } from "../../jobs/index.ts";
import type { Clock, Log } from "../../telemetry/index.ts";
import type { Vault } from "../../vault/index.ts";
import type { Links } from "../hello/links.ts";
import type { Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import { createFetch, type Fetch } from "./fetch.ts";
import { createOffers, type Offers } from "./offers.ts";
import { createTransfers, type Transfers } from "./transfers.ts";

export interface MaterialServices {
  readonly protocol: Protocol;
  readonly settings: MaterialSettings;
  readonly trust: () => Trust;
  readonly commit: Commit;
  readonly jobs: Jobs;
  readonly vault: Vault;
  readonly links: Links;
  readonly registrar: () => Registrar;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface Material extends Offers {
  readonly fetch: Fetch;
  readonly transfers: Transfers;
}

export function createMaterial(services: MaterialServices): Material {
  const { settings, log } = services;
  const offers = createOffers(services);
  const fetch = createFetch({ ...services, ahead: settings.ahead, patience: settings.longestWait });
  const onFault = (error: unknown) => log.error({ error }, "a transfer was not told of");
  const transfers = createTransfers({ ...services, fetch, onFault });
  return { ...offers, fetch, transfers };
}
