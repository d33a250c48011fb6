/**
 * What happens on a connection: membership files first, then the hello. Strangers that stay strangers are closed;
 * whoever stops being a member is closed at once, in the middle of whatever it does.
 */
import type { Connection } from "@libp2p/interface";
import { WardlineError, isWardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Clock, Log } from "../telemetry/index.ts";
import type { Greetings } from "./hello/greeting.ts";
import type { Link, Links } from "./hello/links.ts";
import type { Exchange } from "./membership/exchange.ts";
import { DHT_PROTOCOL, type Host } from "./transport/host.ts";

export interface MeetingServices {
  readonly host: Host;
  readonly exchange: Exchange;
  readonly greetings: Greetings;
  readonly links: Links;
  readonly memberOf: (peer: string) => MemberId | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a peer may be connected without a hello. */
  readonly strangerTime: number;
  /** How often a hello is repeated, and how long silence is borne. */
  readonly helloInterval: number;
  readonly silence: number;
}

export interface Meetings {
  /** Exchanges membership and greets, once at a time per connection. Throws what the other side refuses. */
  meet(connection: Connection): Promise<void>;
  /** Judges every connection again; call after membership changed. */
  judge(): void;
  /** Tells all linked members about files that we have and they may lack. */
  spread(): void;
  /** Closes all connections of a member that has been cut off. */
  cutOff(member: MemberId): void;
  start(): void;
  stop(): void;
}

export function createMeetings(services: MeetingServices): Meetings {
  const { host, links, greetings, exchange, clock, log } = services;
  const meetings = new WeakMap<Connection, Promise<void>>();
  const timers = new Map<object, () => void>();
  let stopped = false;

  const peerOf = (connection: Connection) => connection.remotePeer.toString();
  const isLinked = (connection: Connection) => links.at(peerOf(connection))?.connection === connection;

  function meet(connection: Connection): Promise<void> {
    let meeting = meetings.get(connection);
    if (!meeting) {
      meeting = meetOnce(connection).finally(() => meetings.delete(connection));
      meetings.set(connection, meeting);
    }
    return meeting;
  }

  async function meetOnce(connection: Connection): Promise<void> {
    try {
      await exchange.with(connection);
      const peer = peerOf(connection);
      if (!services.memberOf(peer)) throw new WardlineError("peer/not-a-member", "The peer is no member.");
      // Linked over another connection meanwhile: this one is not needed, and closed when its time is over.
      if (!links.at(peer)) await greetings.greet(connection);
    } catch (error) {
      const code = isWardlineError(error) ? error.code : "internal";
      // Both sides greeted at once and the other one's hello goes on, here or over a connection that it made.
      const crossed = code === "hello/crossed";
      if (!crossed) log.info({ code }, "meeting failed");
      if (!crossed && connection.direction === "outbound") connection.abort(error as Error);
      throw error;
    }
  }

  /** Peers that connect to us greet us; we only watch that they do. */
  function opened(connection: Connection): void {
    if (connection.direction === "outbound") meet(connection).catch(() => undefined);
    later(connection, services.strangerTime, () => {
      if (!isLinked(connection)) connection.abort(new Error("No hello was exchanged in time."));
    });
  }

  function later(owner: object, wait: number, act: () => void): void {
    timers.get(owner)?.();
    timers.set(
      owner,
      clock.after(wait, () => {
        timers.delete(owner);
        if (!stopped) act();
      }),
    );
  }

  function linked(link: Link): void {
    identifyAgain(link.connection).catch(() => undefined);
    keepAlive(link);
  }

  /** While one side was a stranger to the other, identify was refused; routing cannot do without it. */
  async function identifyAgain(connection: Connection): Promise<void> {
    const { protocols } = await host.peerStore.get(connection.remotePeer);
    if (!protocols.includes(DHT_PROTOCOL)) await host.services.identify.identify(connection);
  }

  function keepAlive(link: Link): void {
    later(link, services.helloInterval, () => {
      if (!isLinked(link.connection)) return;
      if (clock.now() - link.heard > services.silence) {
        link.connection.abort(new Error("The peer has been silent for too long."));
        return;
      }
      const repeated = link.side === "opener" ? greetings.repeat(link) : Promise.resolve();
      repeated.catch(() => undefined).finally(() => keepAlive(link));
    });
  }

  function judge(): void {
    for (const connection of host.getConnections()) {
      const peer = peerOf(connection);
      if (services.memberOf(peer) || !isLinked(connection)) continue;
      log.warn({ code: "peer/not-a-member" }, "connection closed: membership has ended");
      connection.abort(new Error("The peer is no longer a member."));
      host.peerStore.delete(connection.remotePeer).catch(() => undefined);
    }
  }

  function spread(): void {
    for (const { connection } of links.all()) exchange.with(connection).catch(() => undefined);
  }

  const onOpen = ({ detail }: CustomEvent<Connection>) => opened(detail);
  const onClose = ({ detail }: CustomEvent<Connection>) => {
    timers.get(detail)?.();
    timers.delete(detail);
  };

  links.onLinked(linked);
  links.onUnlinked((link) => {
    timers.get(link)?.();
    timers.delete(link);
  });

  return {
    meet,
    judge,
    spread,
    cutOff(member) {
      for (const connection of host.getConnections()) {
        if (services.memberOf(peerOf(connection)) !== member) continue;
        connection.abort(new Error("The member is cut off for a while."));
      }
    },
    start() {
      host.addEventListener("connection:open", onOpen);
      host.addEventListener("connection:close", onClose);
    },
    stop() {
      stopped = true;
      host.removeEventListener("connection:open", onOpen);
      host.removeEventListener("connection:close", onClose);
      for (const cancel of timers.values()) cancel();
    },
  };
}
