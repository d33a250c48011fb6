/**
 * Which heads of feeds a hello names. The first hello on a connection names all; a repeated one only those that have changed
 * since, so that the sign of life of two hundred members costs next to nothing while nothing is new. What does not fit into
 * one hello goes with the next.
 */
import type { Connection } from "@libp2p/interface";
import { hex } from "@wardline/protocol/encoding";
import { MOST_HEADS, type Head } from "./wire.ts";

/** Heads remembered of one member: all feeds of several thousand members. What it names beyond them is not kept. */
const MOST_KNOWN = 16 * MOST_HEADS;

export interface Naming {
  /** Those of the heads that this connection's other side was not told, as many as a hello holds; from now on it was. */
  next(connection: Connection, heads: readonly Head[]): Head[];
  /** The next hello on this connection names all heads: it is the first one, or one got lost. */
  startOver(connection: Connection): void;
  /** Whether the next hello names all heads. */
  startsOver(connection: Connection): boolean;
}

export function createNaming(): Naming {
  const told = new WeakMap<Connection, Map<string, string>>();

  return {
    next(connection, heads) {
      const known = told.get(connection) ?? new Map<string, string>();
      told.set(connection, known);
      const news = heads.filter(({ feed, head }) => known.get(hex(feed)) !== hex(head)).slice(0, MOST_HEADS);
      for (const { feed, head } of news) known.set(hex(feed), hex(head));
      return news;
    },
    startOver: (connection) => void told.delete(connection),
    startsOver: (connection) => !told.has(connection),
  };
}

/** All that a member has named: what it named before, and in its place what it names now. */
export function knownHeads(before: readonly Head[], now: readonly Head[]): Head[] {
  if (now.length === 0) return [...before];
  const heads = new Map([...before, ...now].map((head) => [hex(head.feed), head]));
  return [...heads.values()].slice(0, MOST_KNOWN);
}
