/** One fetch of the hostile web: guarded connections, redirects followed by hand, everything bounded, no cookies, no state. */
import { Client } from "undici";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { CaptureSettings } from "../configuration/settings/capture.ts";
import { systemClock, type Clock } from "../telemetry/index.ts";
import { acceptedEncodings, isText, readBody } from "./body.ts";
import { guardedConnector, type Guard } from "./connector.ts";
import { refuse } from "./errors.ts";
import type { RecordExchange, Recorded, Tap } from "./evidence/index.ts";
import { routeOf } from "./proxies.ts";
import { checkFetched, headersOf, ruleFor } from "./rules.ts";
import { systemResolve, type Resolve } from "./resolve.ts";

const acceptable = {
  page: "text/html,application/xhtml+xml,image/jpeg,image/png,image/webp;q=0.9,*/*;q=0.5",
  // In the formats that the sandbox opens.
  media: "image/jpeg,image/png,image/webp,image/gif;q=0.9,*/*;q=0.1",
  style: "text/css,*/*;q=0.1",
  registry: "application/rdap+json,application/json;q=0.9",
};

export interface FetchOptions {
  settings: CaptureSettings;
  signal: AbortSignal;
  /** What is asked for: a page to read, a picture, or what a registry says (RDAP, RFC 7480). Default: a page. */
  accept?: keyof typeof acceptable;
  /** The page that shows it: many hosts deliver pictures to their own pages only. */
  referrer?: string;
  /** Most bytes, below the limits of the settings. */
  most?: number;
  /** Takes the content as it arrives, and then keeps to the limits of its kind itself; its answer becomes `body`. */
  into?: ((head: AnswerHead, content: AsyncIterable<Uint8Array>) => Promise<Uint8Array>) | undefined;
  /** Told of content as it arrives, decompressed; also of what is refused in the end. */
  onRead?: (bytes: number) => void;
  /** What else goes with a request to this address; asked for each step of a redirect. */
  headers?: ((url: URL) => Record<string, string>) | undefined;
  /** Takes down every request with its response, those that fail too. */
  record?: RecordExchange | undefined;
  resolve?: Resolve;
  clock?: Clock;
}

export interface AnswerHead {
  url: string;
  status: number;
  /** Lower-case names; repeated fields joined by a comma. */
  headers: Record<string, string>;
}

export interface Fetched extends AnswerHead {
  /** Where the content came from, after redirects. */
  url: string;
  body: Uint8Array;
  /** The redirects on the way. */
  chain: { url: string; status: number; address: string }[];
  /** The address the content came from; empty when only a proxy knows it. */
  address: string;
  /** What `record` took down: one for each redirect, then the content's. */
  recorded?: Recorded[];
}

/**
 * Fetches a URL; any HTTP status is a result. Nothing internal is reached but the exact `host:port` entries of `allow`.
 * What `capture.sites` says of a site is done, for each step of a redirect.
 * Errors: `capture/invalid-url`, `/unsupported-scheme`, `/internal-address`, `/not-found`, `/unreachable`, `/timeout`,
 * `/redirects`, `/too-large`, `/unsupported-encoding`, `/broken-encoding`; the signal's reason when it is aborted.
 */
export async function guardedFetch(url: string, options: FetchOptions): Promise<Fetched> {
  const { settings, signal, clock = systemClock } = options;
  const late = new AbortController();
  const deadline = createDeadline(clock, settings.limits.timeout, () => late.abort(refuse("timeout")));
  const either = AbortSignal.any([signal, late.signal]);
  const onRead = (bytes: number) => {
    deadline.received(bytes);
    options.onRead?.(bytes);
  };
  try {
    return await followed(checkedUrl(url), { ...options, onRead }, either);
  } catch (error) {
    either.throwIfAborted(); // an aborted request ends in one of many errors; the reason is the one that matters
    throw isWardlineError(error) ? error : connectionError(error);
  } finally {
    deadline.cancel();
  }
}

/** What has to arrive in the time of a fetch for its time to begin anew: a video takes long, a server that trickles gets no more. */
const PROGRESS = 2 ** 20;

function createDeadline(clock: Clock, time: number, late: () => void) {
  let cancel = clock.after(time, late);
  let sinceThen = 0;
  return {
    received(bytes: number) {
      sinceThen += bytes;
      if (sinceThen < PROGRESS) return;
      sinceThen = 0;
      cancel();
      cancel = clock.after(time, late);
    },
    cancel: () => cancel(),
  };
}

async function followed(start: URL, options: FetchOptions, signal: AbortSignal): Promise<Fetched> {
  const chain: Fetched["chain"] = [];
  const recorded: Recorded[] = [];
  for (let url = start; ;) {
    const answer = await requested(url, options, signal, recorded);
    if ("body" in answer)
      return { ...answer, url: url.href, chain, ...(recorded.length > 0 && { recorded }) };
    chain.push({ url: url.href, status: answer.status, address: answer.address });
    if (chain.length > options.settings.limits.redirects)
      throw refuse("redirects", { details: { followed: chain.length - 1 } });
    url = checkedUrl(answer.location, url);
  }
}

type Answer =
  | { status: number; address: string; headers: Fetched["headers"]; body: Uint8Array }
  | { status: number; address: string; location: string };

/** One request, taken down if that is asked for, however it ends. */
async function requested(
  url: URL,
  options: FetchOptions,
  signal: AbortSignal,
  recorded: Recorded[],
): Promise<Answer> {
  signal.throwIfAborted();
  const tap = options.record?.(url.href);
  if (tap === undefined) return answered(url, options, signal);
  const outcome = await answered(url, options, signal, tap).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  if ("answer" in outcome) {
    recorded.push(await tap.ended());
    return outcome.answer;
  }
  await tap.ended(outcome.error);
  throw outcome.error;
}

/** On a connection of its own, which ends with it. */
async function answered(url: URL, options: FetchOptions, signal: AbortSignal, tap?: Tap): Promise<Answer> {
  const rule = ruleFor(url, options.settings);
  checkFetched(rule);
  const requestHeaders = { ...headersFor(url, options), ...(await headersOf(rule)) };
  const { settings, into, resolve = systemResolve } = options;
  const { limits, allow } = settings;
  let address = "";
  const onConnect: Guard["onConnect"] = (connected, socket) => {
    address = connected;
    tap?.connected(connected, socket);
  };
  const client = new Client(url.origin, {
    connect: guardedConnector({
      ...{ allow, connectTimeout: limits.connectTimeout, resolve, onConnect },
      ...{ address: rule?.address, route: routeOf(rule) },
    }),
    pipelining: 0,
    headersTimeout: limits.timeout,
    bodyTimeout: limits.timeout,
  });
  try {
    const path = url.pathname + url.search;
    const sent = await client.request({ method: "GET", path, headers: requestHeaders, signal });
    const headers = plainHeaders(sent.headers);
    const { statusCode: status } = sent;
    const location = headers["location"];
    if (isRedirect(status) && location !== undefined) return { status, address, location };
    const body = await readBody(tap?.payload(sent.body) ?? sent.body, {
      encoding: headers["content-encoding"],
      most: mostBytes(headers, options),
      onRead: options.onRead,
      into: into && ((content) => into({ url: url.href, status, headers }, content)),
    });
    return { status, address, headers, body };
  } finally {
    await client.destroy(); // also what is left of a body
  }
}

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status);

/** Parsed, so that every spelling of an address has one form; without fragment. */
export function checkedUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw refuse("invalid-url");
  const url = new URL(text, base?.href);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refuse("unsupported-scheme");
  if (url.username !== "" || url.password !== "") throw refuse("invalid-url");
  url.hash = "";
  return url;
}

function headersFor(
  url: URL,
  { settings, accept = "page", referrer, headers }: FetchOptions,
): Record<string, string> {
  return {
    "user-agent": settings.userAgent,
    accept: acceptable[accept],
    "accept-language": "en;q=0.5",
    "accept-encoding": acceptedEncodings,
    ...(referrer !== undefined && { referer: referrer }),
    ...headers?.(url),
  };
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const present = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name.toLowerCase(), [value].flat().join(", ")]));
}

function mostBytes(
  headers: Record<string, string>,
  { settings, most = Infinity, into }: FetchOptions,
): number {
  if (into !== undefined) return most;
  const { pageSize, itemSize } = settings.limits;
  return Math.min(most, isText(headers) ? pageSize : itemSize);
}

function connectionError(cause: unknown): Error {
  const { code = "" } = cause as { code?: string };
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return refuse("timeout", { details: { code }, cause });
  if (code === "UND_ERR_INVALID_ARG") return refuse("invalid-url", { cause });
  return refuse("unreachable", { details: { code }, cause });
}
