/**
 * Asking registries by RDAP (RFC 7480, 9082) through the guarded fetch: who runs a network, who registered a domain.
 * Answers are kept, sealed, until they expire; so are failures until they may be tried again. What a server does never
 * makes a trace fail: each part says how it went.
 */
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Commit } from "../../../commit/index.ts";
import type { HostingSettings } from "../../../configuration/settings/hosting.ts";
import { blind, defineCollection } from "../../../store/index.ts";
import type { Clock } from "../../../telemetry/index.ts";
import type { Fetched, FetchOptions } from "../../fetch.ts";
import { failed, found, none, type Part } from "../outcome.ts";
import type { DomainRegistration, NetworkRegistration } from "../record.ts";
import { readDomain, readNetwork } from "./answers.ts";
import { readBootstrap } from "./bootstrap.ts";
import { createTurns, type Turns } from "./turns.ts";

export interface Registry {
  /** The network of an address. */
  network(address: string): Promise<Part<NetworkRegistration>>;
  /** A registrable domain, in ASCII. */
  domain(domain: string): Promise<Part<DomainRegistration>>;
  /** Drops what has expired. */
  sweep(): Promise<void>;
}

export interface RegistryServices {
  settings: HostingSettings["rdap"];
  /** The guarded fetch, bound to its settings. */
  fetch: (
    url: string,
    options: Pick<FetchOptions, "signal" | "accept" | "most">,
  ) => Promise<Pick<Fetched, "status" | "headers" | "body">>;
  commit: Commit;
  clock: Clock;
}

type Registration = NetworkRegistration | DomainRegistration;
/** An answer that is used again until it expires. */
const answers = defineCollection<{ part: Part<Registration>; until: number }>("hosting.registry", {
  indexes: { until: ({ until }) => [[until]] },
});

interface Query<T extends Registration> {
  path: string;
  server: string | undefined;
  read: (answer: unknown, asked: { source: string; at: number }) => T | undefined;
}

/** @throws `hosting/invalid-file` for bootstrap files that cannot be read */
export function createRegistry(services: RegistryServices): Registry {
  const { settings, commit, clock } = services;
  const bootstrap = readBootstrap(settings.bootstrap);
  const turns = createTurns(settings, clock);
  const asking = new Map<string, Promise<Part<Registration>>>();

  async function look<T extends Registration>(query: Query<T>): Promise<Part<T>> {
    const { path } = query;
    if (!settings.enabled) return failed("switched-off");
    const kept = await commit.get(answers, blind(path));
    if (kept && kept.until > clock.now()) return kept.part as Part<T>;
    const asked = asking.get(path) ?? ask(services, turns, query).finally(() => asking.delete(path));
    asking.set(path, asked);
    return (await asked) as Part<T>;
  }

  return {
    network: (address) =>
      look({ path: `ip/${address}`, server: bootstrap.forAddress(address), read: readNetwork }),
    domain: (domain) =>
      look({
        path: `domain/${domain}`,
        server: bootstrap.forDomain(domain),
        read: (answer, asked) => readDomain(answer, domain, asked),
      }),
    sweep: () =>
      commit.run(async (unit) => {
        for await (const { key, value } of unit.list(answers, { index: "until", limit: 1000 })) {
          if (value.until > clock.now()) break;
          unit.delete(answers, [...key]);
        }
      }),
  };
}

async function ask<T extends Registration>(
  services: RegistryServices,
  turns: Turns,
  query: Query<T>,
): Promise<Part<T>> {
  const { path, server } = query;
  if (server === undefined) return failed("no-server");
  const wait = await turns.wait(server);
  if (wait) return wait;
  const part = await answerOf(services, server, query);
  if (part.result === "failed" && part.why === "rate-limited" && part.retryAfter !== undefined)
    turns.rest(server, part.retryAfter);
  const until = expiryOf(services, part);
  await services.commit.run(async (unit) => unit.put(answers, [blind(path)], { part, until }));
  return part;
}

function expiryOf({ settings, clock }: RegistryServices, part: Part<Registration>): number {
  const now = clock.now();
  if (part.result === "found") return now + settings.keep;
  return part.result === "none" ? now + settings.keepNone : (part.retryAfter ?? now + settings.retry);
}

async function answerOf<T extends Registration>(
  { settings, fetch, clock }: RegistryServices,
  server: string,
  { path, read }: Query<T>,
): Promise<Part<T>> {
  const late = new AbortController();
  const cancel = clock.after(settings.timeout, () => late.abort());
  const retryAfter = clock.now() + settings.retry;
  try {
    const options = { signal: late.signal, accept: "registry", most: settings.answerSize } as const;
    const { status, headers, body } = await fetch(server + path, options);
    if (status === 404) return none;
    if (status === 429)
      return failed("rate-limited", restUntil(headers["retry-after"], clock.now(), settings.retry));
    if (status !== 200) return failed(`status-${status}`, retryAfter);
    const value = read(parsed(body), { source: new URL(server).host, at: clock.now() });
    return value === undefined ? failed("not-rdap", retryAfter) : found(value);
  } catch (error) {
    if (late.signal.aborted) return failed("timeout", retryAfter);
    return failed(isWardlineError(error) ? error.code.replace(/^capture\//, "") : "no-answer", retryAfter);
  } finally {
    cancel();
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

const day = 86_400_000;

/** Until when a server wants to be left alone (RFC 9110, 10.2.3): seconds or a date, within reason. */
function restUntil(header: string | undefined, now: number, least: number): number {
  const wanted = /^\d+$/.test(header ?? "") ? now + Number(header) * 1000 : Date.parse(header ?? "");
  return Number.isFinite(wanted) ? Math.min(Math.max(wanted, now + 1000), now + day) : now + least;
}
