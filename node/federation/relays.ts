/**
 * For a member behind a firewall: keeps a place at up to two members that relay, so that others reach it through them.
 * Another one is taken when one is lost; the card follows, since it says what the host's addresses are.
 */
import type { MemberId } from "@wardline/protocol/identity";
import { WardlineError, isWardlineError, type Random } from "@wardline/protocol/encoding";
import type { Clock, Log } from "../telemetry/index.ts";
import type { Link, Links } from "./hello/links.ts";
import { backOff } from "./transport/backoff.ts";
import type { Host } from "./transport/host.ts";
import { placeAt, placesOf, relayOf } from "./transport/relaying.ts";

export interface RelayServices {
  readonly host: Host;
  readonly links: Links;
  readonly isRelay: (member: MemberId) => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** Waits between attempts to get a place, milliseconds. */
  readonly dialFirst: number;
  readonly dialMost: number;
}

export interface Relays {
  /** Looks whether places are missing; call whenever connections or membership change. */
  look(): void;
  stop(): void;
}

/** One may go away at any time; more than two only cost the relays. */
const PLACES = 2;
/** Milliseconds for a relay to answer; longer than the library gives it. */
const ANSWER_TIME = 30_000;

export function createRelays(services: RelayServices): Relays {
  const { host, links, clock, log } = services;
  const refused = new Map<string, { attempts: number; until: number }>();
  /** One at a time: asked for two at once, the library leaves the second without an answer. */
  let asking = false;
  let cancel: (() => void) | undefined;
  let stopped = false;

  function look(): void {
    if (stopped) return;
    const held = placesOf(host);
    const next = links.all().find((link) => isCandidate(link, held));
    if (next && held.size < PLACES && !asking) void askFor(next.peer);
    const waits = [...refused.values()].map(({ until }) => until - clock.now()).filter((wait) => wait > 0);
    cancel?.();
    cancel = waits.length > 0 ? clock.after(Math.min(...waits), look) : undefined;
  }

  /** Directly connected, and not one that has just refused. */
  function isCandidate({ member, peer, connection }: Link, held: ReadonlySet<string>): boolean {
    if (!services.isRelay(member) || held.has(peer)) return false;
    if (relayOf(connection.remoteAddr) !== undefined) return false;
    return (refused.get(peer)?.until ?? 0) <= clock.now();
  }

  async function askFor(peer: string): Promise<void> {
    asking = true;
    try {
      await inTime(host.services.listening.listen(placeAt(peer)));
      refused.delete(peer);
      log.info({ peer }, "place at a relay");
    } catch (error) {
      const attempts = (refused.get(peer)?.attempts ?? 0) + 1;
      const wait = backOff(attempts, services.dialFirst, services.dialMost, services.random);
      refused.set(peer, { attempts, until: clock.now() + wait });
      log.info({ peer, code: isWardlineError(error) ? error.code : "peer/no-place" }, "no place at a relay");
    } finally {
      asking = false;
    }
    look();
  }

  async function inTime(asked: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const stopClock = clock.after(ANSWER_TIME, () =>
      late.reject(new WardlineError("peer/timeout", "The relay did not answer in time.")),
    );
    await Promise.race([asked, late.promise]).finally(stopClock);
  }

  return {
    look,
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
