/**
 * A network between nodes on this machine. Every connection of two nodes passes through it, and every way from one to
 * another can be slow, narrow, silent in one direction, cut, or closed.
 *
 *   node a ──► 127.0.2.b, where the network listens ──► flow a→b ──► 127.0.1.b, where node b listens
 *          ◄──                                      flow b→a ◄──
 */
import { once } from "node:events";
import { createServer, connect, type Server, type Socket } from "node:net";
import { homeOf, nodeAt, relayedAddressOf, shownAddressOf } from "./addresses.ts";
import { perfect, type Conditions } from "./conditions.ts";
import { breakOff, createFlow, type Flow } from "./flow.ts";

export interface Network {
  /** Listens for a node, at its shown address. */
  serve(node: number, port: number): Promise<void>;
  /** How the way from one node to another is from now on. */
  set(from: number, to: number, conditions: Conditions): void;
  /** Nothing from one node arrives at the other any more, or again; what was sent meanwhile arrives then. */
  silence(from: number, to: number, silent: boolean): void;
  /** Ends all connections of two nodes at once, as a router that restarts does. */
  cut(one: number, other: number): void;
  /** Whether two nodes can connect at all. */
  close(one: number, other: number, closed: boolean): void;
  /** Everything open, nothing silent, no waiting. Connections stay. */
  heal(): void;
  /** Bytes that have set out from one node to another. */
  bytes(from: number, to: number): number;
  /** For each node, the injected milliseconds on the longest way by which anything has reached it since `beginCount`. */
  travelled(node: number): number;
  beginCount(): void;
  /** Nothing is under way, and nothing has set out for a tenth of a second. */
  isQuiet(): boolean;
  stop(): Promise<void>;
}

interface Connection {
  readonly ends: readonly [Socket, Socket];
  readonly flows: readonly [Flow, Flow];
}

/** @param fraction - from 0 to 1, for jitter */
export function createNetwork(fraction: () => number): Network {
  const servers: Server[] = [];
  const conditions = new Map<string, Conditions>();
  const silent = new Set<string>();
  const closed = new Set<string>();
  const sent = new Map<string, number>();
  const travelled = new Map<number, number>();
  let underWay = 0;
  let lastSent = 0;
  const connections = new Map<string, Set<Connection>>();
  const way = (from: number, to: number) => `${from} ${to}`;
  const pair = (one: number, other: number) => way(Math.min(one, other), Math.max(one, other));

  function flow(ends: readonly [Socket, Socket], from: number, to: number): Flow {
    const name = way(from, to);
    return createFlow(...ends, {
      conditions: () => conditions.get(name) ?? perfect,
      silent: () => silent.has(name),
      fraction,
      onSent(bytes, delay) {
        sent.set(name, (sent.get(name) ?? 0) + bytes);
        const arrival = (travelled.get(from) ?? 0) + delay;
        underWay++;
        lastSent = performance.now();
        return {
          arrived() {
            underWay--;
            travelled.set(to, Math.max(travelled.get(to) ?? 0, arrival));
          },
          lost: () => void underWay--,
        };
      },
    });
  }

  function join(caller: Socket, from: number, to: number, port: number): void {
    const callee = connect({
      port,
      host: homeOf(to),
      localAddress: relayedAddressOf(from),
      allowHalfOpen: true,
    });
    const ends = [caller, callee] as const;
    // A node that is not there, or that goes away: its end is told by `close`.
    for (const end of ends) end.on("error", () => undefined).setNoDelay(true);
    const flows = [flow(ends, from, to), flow([callee, caller], to, from)] as const;
    const connection: Connection = { ends, flows };
    const open = connections.get(pair(from, to)) ?? new Set();
    connections.set(pair(from, to), open.add(connection));
    for (const end of ends) {
      end.once("close", () => {
        if (ends.every(({ destroyed }) => destroyed)) open.delete(connection);
      });
    }
  }

  const look = () => {
    for (const open of connections.values())
      for (const { flows } of open) for (const one of flows) one.look();
  };

  return {
    async serve(node, port) {
      const server = createServer({ allowHalfOpen: true }, (caller) => {
        const from = nodeAt(caller.remoteAddress);
        if (from === undefined || closed.has(pair(from, node))) return breakOff(caller);
        join(caller, from, node, port);
      });
      servers.push(server);
      server.listen(port, shownAddressOf(node));
      await once(server, "listening");
    },
    set: (from, to, now) => void conditions.set(way(from, to), now),
    silence(from, to, now) {
      if (now) silent.add(way(from, to));
      else silent.delete(way(from, to));
      look();
    },
    cut(one, other) {
      for (const { ends } of connections.get(pair(one, other)) ?? []) for (const end of ends) breakOff(end);
    },
    close(one, other, now) {
      if (now) closed.add(pair(one, other));
      else closed.delete(pair(one, other));
    },
    heal() {
      for (const all of [conditions, silent, closed]) all.clear();
      look();
    },
    bytes: (from, to) => sent.get(way(from, to)) ?? 0,
    travelled: (node) => travelled.get(node) ?? 0,
    beginCount: () => travelled.clear(),
    isQuiet: () => underWay === 0 && performance.now() - lastSent > 100,
    async stop() {
      for (const open of connections.values())
        for (const { ends } of open) for (const end of ends) breakOff(end);
      await Promise.all(
        servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
      );
    },
  };
}
