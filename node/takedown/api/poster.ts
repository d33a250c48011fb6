/**
 * One request to a provider's HTTP interface, and what became of it. TLS and the exact address are the configuration's;
 * internal addresses are refused unless they stand in `takedown.apiAllow`; redirects are never followed.
 */
import { readFile } from "node:fs/promises";
import { Client } from "undici";
import { WardlineError } from "@wardline/protocol/encoding";
import { guardedConnector, systemResolve } from "../../capture/index.ts";
import type { ProviderApi } from "../../configuration/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import type { PostedRequest } from "./requests.ts";

export interface PosterSettings {
  apiAllow: readonly string[];
  apiTimeout: number;
}

export interface Poster {
  /**
   * Resolves when the provider has taken it (2xx), with its own number if the settings say where that stands.
   * @throws `takedown/api-refused` for good (other 4xx, a redirect); `takedown/api-deferred` for now (408, 425, 429, 5xx,
   * no answer), with `retryAfter` in milliseconds if the provider gave one
   */
  post(request: PostedRequest, signal: AbortSignal): Promise<{ id?: string }>;
}

/** Most of an answer that is read: only a number is looked for in it. */
const mostOfAnswer = 64 * 1024;

export function createPoster(settings: PosterSettings, clock: Clock): Poster {
  return {
    async post(request, signal) {
      const late = new AbortController();
      const cancel = clock.after(settings.apiTimeout, () => late.abort());
      const { status, headers, text } = await answerOf(
        settings,
        request,
        AbortSignal.any([signal, late.signal]),
      )
        .catch((cause: unknown) => {
          signal.throwIfAborted();
          throw deferred(undefined, undefined, cause);
        })
        .finally(cancel);
      if (status >= 200 && status < 300) return idIn(text, request.api);
      if (status >= 500 || [408, 425, 429].includes(status))
        throw deferred(status, retryAfter(headers["retry-after"], clock.now()));
      throw refused(status);
    },
  };
}

async function answerOf(
  { apiAllow, apiTimeout }: PosterSettings,
  request: PostedRequest,
  signal: AbortSignal,
) {
  const { api, key, body } = request;
  const url = new URL(api.url);
  const client = new Client(url.origin, {
    connect: guardedConnector({
      allow: apiAllow,
      connectTimeout: apiTimeout,
      resolve: systemResolve,
      onConnect: () => undefined,
    }),
    pipelining: 0,
    headersTimeout: apiTimeout,
    bodyTimeout: apiTimeout,
  });
  try {
    const {
      statusCode,
      headers,
      body: answer,
    } = await client.request({
      method: api.method,
      path: url.pathname + url.search,
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        "idempotency-key": key,
        ...api.headers,
        ...(await secretHeader(api)),
      },
      body: JSON.stringify(body),
      signal,
    });
    return { status: statusCode, headers, text: await beginningOf(answer) };
  } finally {
    await client.destroy();
  }
}

async function secretHeader({ secret }: ProviderApi): Promise<Record<string, string>> {
  if (!secret) return {};
  return { [secret.header]: secret.prefix + (await readFile(secret.file, "utf8")).trim() };
}

async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= mostOfAnswer) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The provider's number, where the settings say that it stands; an answer without it is an answer all the same. */
function idIn(text: string, { answerId }: ProviderApi): { id?: string } {
  if (answerId === undefined) return {};
  try {
    let found: unknown = JSON.parse(text);
    for (const name of answerId.split("."))
      found =
        typeof found === "object" && found !== null ? (found as Record<string, unknown>)[name] : undefined;
    const isWord = typeof found === "string" || typeof found === "number";
    return isWord ? { id: String(found).slice(0, 200) } : {};
  } catch {
    return {};
  }
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const text = [header].flat()[0]?.trim();
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/u.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const refused = (status: number) =>
  new WardlineError("takedown/api-refused", `The provider's interface refused the notice (${status}).`, {
    advice: "Check its settings in takedown.contacts, or approve another contact.",
    details: { status },
  });

const deferred = (status?: number, after?: number, cause?: unknown) =>
  new WardlineError(
    "takedown/api-deferred",
    "The provider's interface did not take the notice; it will be tried again.",
    {
      advice: "If this goes on, check takedown.contacts in the configuration, or ask the provider.",
      details: { ...(status !== undefined && { status }), ...(after !== undefined && { retryAfter: after }) },
      cause,
    },
  );
