/**
 * A request that is sent twice under one `Idempotency-Key` has the effect of one, also across a crash.
 *
 * The key is marked as used in the same synced batch as the first thing the request changes: services write through
 * `commit` of this file, which puts the mark into the request's first unit. The answer is kept afterwards. So a repeat
 * finds no mark (nothing happened: do it), the answer (give it again), or a mark alone (it happened, and the node fell
 * before it could answer: say so).
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { createHmac } from "node:crypto";
import { WardlineError } from "@wardline/protocol/encoding";
import type { Commit, Unit } from "../commit/index.ts";
import { blind, defineCollection, type Key } from "../store/index.ts";

export interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface UsedKey {
  /** Of method, path and body, keyed, so that a short secret in a body cannot be guessed from it. */
  readonly request: string;
  readonly at: number;
  readonly answer?: StoredAnswer;
}

const usedKeys = defineCollection<UsedKey>("idempotency", {});

export interface KeyedRequest {
  readonly person: string;
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export interface Idempotency {
  /** What services must write through. Outside a keyed request it is the plain commit. */
  readonly commit: Commit;
  /** @throws `api/idempotency-mismatch`, `api/answer-lost`, `api/invalid-idempotency-key` */
  once(request: KeyedRequest, perform: () => Promise<StoredAnswer>): Promise<StoredAnswer>;
  /** Forgets keys older than the configured time. */
  sweep(): Promise<void>;
}

interface Mark {
  readonly key: Key;
  readonly request: string;
  written: boolean;
}

const keyShape = /^[\x21-\x7e]{8,128}$/;

export function createIdempotency(plain: Commit, secret: Uint8Array, keptFor: number): Idempotency {
  const current = new AsyncLocalStorage<Mark>();
  const running = new Map<string, Promise<unknown>>();

  async function attempt(request: KeyedRequest, work: () => Promise<StoredAnswer>): Promise<StoredAnswer> {
    const mark: Mark = {
      key: [request.person, blind(request.key)],
      request: fingerprint(secret, request),
      written: false,
    };
    const known = await plain.get(usedKeys, ...mark.key);
    if (known) return repeated(known, mark.request);
    const answer = await current.run(mark, work);
    // A refusal that changed nothing is not kept: sent again, the request may go through.
    if (answer.status < 300 || mark.written) await plain.run((unit) => keep(unit, mark, answer));
    return answer;
  }

  /** Requests with one key go one after another, so that the second meets the first one's answer. */
  async function once(request: KeyedRequest, work: () => Promise<StoredAnswer>): Promise<StoredAnswer> {
    checkShape(request.key);
    const name = `${request.person} ${request.key}`;
    const before = running.get(name) ?? Promise.resolve();
    const answer = before.then(
      () => attempt(request, work),
      () => attempt(request, work),
    );
    running.set(name, answer);
    try {
      return await answer;
    } finally {
      if (running.get(name) === answer) running.delete(name);
    }
  }

  return {
    commit: marking(plain, current),
    once,
    async sweep() {
      await plain.run(async (unit) => {
        const old: Key[] = [];
        for await (const { key, value } of unit.list(usedKeys)) {
          if (unit.now - value.at >= keptFor) old.push(key);
        }
        for (const key of old) unit.delete(usedKeys, key);
      });
    },
  };
}

function checkShape(key: string): void {
  if (keyShape.test(key)) return;
  throw new WardlineError("api/invalid-idempotency-key", "The Idempotency-Key has the wrong form.", {
    advice: "Use 8 to 128 visible ASCII characters, e.g. a random UUID.",
  });
}

function repeated({ request, answer }: UsedKey, asked: string): StoredAnswer {
  if (request !== asked) {
    throw new WardlineError(
      "api/idempotency-mismatch",
      "This Idempotency-Key was used for another request.",
      {
        advice: "Use a new key for a new request.",
      },
    );
  }
  if (answer) return answer;
  throw new WardlineError(
    "api/answer-lost",
    "This request took effect, but the node stopped before it could answer.",
    {
      advice: "Reload to see the outcome. Do not send it again under another key.",
    },
  );
}

/** The commit that puts a request's mark into the first unit which that request runs. */
function marking(plain: Commit, current: AsyncLocalStorage<Mark>): Commit {
  return new Proxy(plain, {
    get(target, property) {
      if (property === "run") return run;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? (value as (...all: unknown[]) => unknown).bind(target) : value;
    },
  });

  async function run<T>(work: (unit: Unit) => Promise<T> | T): Promise<T> {
    const mark = current.getStore();
    if (!mark || mark.written) return plain.run(work);
    const result = await plain.run(async (unit) => {
      const done = await work(unit);
      keep(unit, mark);
      return done;
    });
    mark.written = true;
    return result;
  }
}

function keep(unit: Unit, { key, request }: Mark, answer?: StoredAnswer): void {
  unit.put(usedKeys, key, { request, at: unit.now, ...(answer === undefined ? {} : { answer }) });
}

function fingerprint(secret: Uint8Array, { method, path, body }: KeyedRequest): string {
  return createHmac("sha256", secret)
    .update(JSON.stringify([method, path, body ?? null]))
    .digest("hex");
}
