/** How many may come in: from one address, of one member, and strangers. What the gater asks, counted on the host. */
import type { Connection, MultiaddrConnection } from "@libp2p/interface";
import type { MemberId } from "@wardline/protocol/identity";
import type { FederationLimits } from "../../configuration/settings/federation.ts";
import type { Clock } from "../../telemetry/index.ts";
import { createBuckets } from "./bucket.ts";
import type { Fairness } from "./fairness.ts";
import { addressOf, type GaterRules } from "./gater.ts";

export interface DoorkeeperServices {
  readonly limits: FederationLimits;
  /** Own proxies: everybody behind one has its address. */
  readonly proxies: readonly string[];
  readonly fairness: Fairness;
  readonly memberOf: (peer: string) => MemberId | undefined;
  readonly connections: () => Connection[];
  readonly clock: Clock;
}

export type Doorkeeper = Pick<GaterRules, "hasRoomForMember" | "hasRoomForStranger" | "mayKnock" | "cameIn">;

export function createDoorkeeper(services: DoorkeeperServices): Doorkeeper {
  const { limits, fairness, memberOf, connections } = services;
  const perSecond = limits.connectionsPerSecond;
  const knocks = createBuckets({ perSecond, burst: perSecond }, services.clock, 4096);
  /** Who has not proved an identity yet: at most half of them from one address, so that one leaves room for others. */
  const knocking = new Map<MultiaddrConnection, string>();
  const proxies = new Set(services.proxies);
  const isShared = (address: string | undefined) => address === undefined || proxies.has(address);

  return {
    mayKnock(line) {
      const address = addressOf(line);
      if (address === undefined || isShared(address)) return true;
      const waiting = [...knocking.values()].filter((one) => one === address).length;
      if (waiting >= limits.pendingConnections / 2 || knocks(address).take(1) > 0) return false;
      knocking.set(line, address);
      line.addEventListener("close", () => knocking.delete(line));
      return true;
    },
    cameIn: (line) => void knocking.delete(line),
    hasRoomForStranger(address) {
      const strangers = connections().filter(({ remotePeer }) => !memberOf(remotePeer.toString()));
      if (strangers.length >= limits.strangers) return false;
      const neighbours = strangers.filter((one) => addressOf(one) === address);
      return isShared(address) || neighbours.length < limits.strangersPerAddress;
    },
    hasRoomForMember(peer) {
      const member = memberOf(peer);
      if (!member) return true;
      if (fairness.isCut(member)) return false;
      const own = connections().filter(({ remotePeer }) => memberOf(remotePeer.toString()) === member);
      if (own.length < limits.connectionsPerMember) return true;
      fairness.broke(member, "connections");
      return false;
    },
  };
}
