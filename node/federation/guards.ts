/** Everything that stands between the network and this node: the gater, the meter, and the memory of who was over a limit. */
import type { Connection, ConnectionGater } from "@libp2p/interface";
import type { MemberId } from "@wardline/protocol/identity";
import type { FederationSettings } from "../configuration/settings/federation.ts";
import type { Clock, Log } from "../telemetry/index.ts";
import { createDoorkeeper } from "./transport/doorkeeper.ts";
import { createFairness, type Fairness } from "./transport/fairness.ts";
import { createGater } from "./transport/gater.ts";
import { createMeter, meteredBy, type Meter } from "./transport/meter.ts";

export interface GuardServices {
  readonly settings: Pick<FederationSettings, "limits" | "proxies">;
  readonly clock: Clock;
  readonly log: Log;
  /** The active member on whose card this peer id stands, as of now. */
  readonly memberOf: (peer: string) => MemberId | undefined;
  /** Whether the peer stands on any card of an active member, or is an introduction from the configuration. */
  readonly mayDial: (peer: string) => boolean;
  /** Whether this node relays, and relays for that peer. */
  readonly mayRelay: (peer: string) => boolean;
  /** Whether this node has a place at that peer, which carries others' connections to it. */
  readonly carries: (peer: string) => boolean;
  /** All that are open now. */
  readonly connections: () => Connection[];
}

export interface Guards {
  readonly fairness: Fairness;
  readonly meter: Meter;
  readonly gater: ConnectionGater;
}

export function createGuards(services: GuardServices): Guards {
  const { settings, clock, memberOf } = services;
  const { limits, proxies } = settings;
  const fairness = createFairness(limits, clock, services.log);
  const isCut = (peer: string) => {
    const member = memberOf(peer);
    return member !== undefined && fairness.isCut(member);
  };
  const { connections } = services;
  return {
    fairness,
    meter: createMeter({ clock, fairness, memberOf, carries: services.carries, ...meteredBy(limits) }),
    gater: createGater({
      isMember: (peer) => memberOf(peer) !== undefined,
      mayDial: (peer) => services.mayDial(peer) && !isCut(peer),
      mayRelay: (peer) => services.mayRelay(peer) && !isCut(peer),
      ...createDoorkeeper({ limits, proxies, fairness, memberOf, connections, clock }),
    }),
  };
}
