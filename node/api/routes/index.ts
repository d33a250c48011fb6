/** The routes of every node, whatever its desk: sign-in, people, federation, live events, health. */
import type { Accounts, Route } from "../../accounts/index.ts";
import type { Commit } from "../../commit/index.ts";
import type { Federation } from "../../federation/index.ts";
import type { Clock, Health } from "../../telemetry/index.ts";
import { eventRoute, type EventSettings } from "../events.ts";
import { federationRoutes } from "./federation.ts";
import { healthRoutes } from "./health.ts";
import { membershipRoutes } from "./membership.ts";
import { peopleRoutes } from "./people.ts";
import { sessionRoutes } from "./session.ts";

export interface WorkplaceServices {
  readonly accounts: Accounts;
  readonly federation: Federation;
  readonly commit: Commit;
  readonly clock: Clock;
  readonly events: EventSettings;
  readonly health: Health;
}

export function workplaceRoutes(services: WorkplaceServices): Route[] {
  const { accounts, federation, commit, clock, events, health } = services;
  const self = () => {
    const { id, name, country, kind } = federation.self;
    return { id, name, country, kind };
  };
  return [
    ...sessionRoutes({ accounts, self }),
    ...peopleRoutes({ accounts }),
    ...federationRoutes({ federation, clock }),
    ...membershipRoutes({ federation, commit, clock, approvals: accounts.approvals }),
    ...healthRoutes(health),
    eventRoute({ settings: events, commit, accounts, clock }),
  ];
}
