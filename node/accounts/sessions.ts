/**
 * Sign-ins that last. The cookie holds a random token; the store holds only its hash, so that a copy of the store
 * opens no session. A session ends after a time without use, after a time altogether, with sign-out, with a new
 * password, and when its person is disabled.
 */
import { createHash } from "node:crypto";
import { hex, type Random } from "@wardline/protocol/encoding";
import type { Unit } from "../commit/index.ts";
import { blind, defineCollection, type Blind, type Key, type Reader } from "../store/index.ts";

export interface SessionSettings {
  /** Milliseconds without a request, and altogether. */
  readonly idle: number;
  readonly absolute: number;
}

export interface StoredSession {
  readonly id: string;
  readonly person: string;
  readonly created: number;
  /** Last use, written at intervals: see `touchAfter`. */
  readonly seen: number;
}

export const sessions = defineCollection<StoredSession>("sessions", {
  indexes: { person: ({ person }) => [[person]], id: ({ id }) => [[id]] },
});

/** The secret of a new session: 256 random bits. */
export function newToken(random: Random): string {
  return Buffer.from(random(32)).toString("base64url");
}

/** What the store knows of a token: a hash, and of that on disk only a keyed one. */
export function tokenHash(token: string): Blind {
  return blind(createHash("sha256").update(token).digest("hex"));
}

export function openSession(unit: Unit, random: Random, token: string, person: string): StoredSession {
  const session = { id: hex(random(16)), person, created: unit.now, seen: unit.now };
  unit.put(sessions, [tokenHash(token)], session);
  return session;
}

export function expired(session: StoredSession, now: number, { idle, absolute }: SessionSettings): boolean {
  return now - session.seen >= idle || now - session.created >= absolute;
}

/** How long a use may go unwritten: short against the idle time, long against the requests of one screen. */
export function touchAfter({ idle }: SessionSettings): number {
  return Math.min(60_000, idle / 10);
}

export async function endSessionsOf(unit: Unit, person: string): Promise<void> {
  for (const key of await keysOf(unit, "person", person)) unit.delete(sessions, key);
}

export async function endSession(unit: Unit, id: string): Promise<void> {
  for (const key of await keysOf(unit, "id", id)) unit.delete(sessions, key);
}

/** Removes what has expired; a session that nobody comes back to would stay for ever. */
export async function sweepSessions(unit: Unit, settings: SessionSettings): Promise<void> {
  const over: Key[] = [];
  for await (const { key, value } of unit.list(sessions)) {
    if (expired(value, unit.now, settings)) over.push(key);
  }
  for (const key of over) unit.delete(sessions, key);
}

async function keysOf(reader: Reader, index: "person" | "id", value: string) {
  const keys: Key[] = [];
  for await (const { key } of reader.list(sessions, { index, prefix: [value] })) keys.push(key);
  return keys;
}
