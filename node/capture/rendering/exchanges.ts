/**
 * What a browser asked for and got, put together from the events of the protocol's Network domain: every request with its
 * redirects, and the bodies of answers while the browser still has them.
 */
import { z } from "zod";
import type { RenderedExchange } from "../evidence/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import type { DevTools, DevToolsEvent, Session } from "./devtools.ts";

/** One address that was asked for, with the redirects it led through; the last exchange has the content. */
export interface Load {
  hops: RenderedExchange[];
  /** The frame that asked. */
  frame?: string | undefined;
  /** What for, in the protocol's word: `Document`, `Image`, `Fetch` … */
  type: string;
  done: boolean;
}

export interface ExchangesOptions {
  devtools: DevTools;
  clock: Clock;
  /** Requests that are noted. */
  mostRequests: number;
  /** Bytes of bodies that are kept: of one, and of all. */
  mostBody: number;
  mostBodies: number;
}

export interface Exchanges {
  take(event: DevToolsEvent): void;
  /** Every load, in the order in which they were asked for. */
  readonly loads: readonly Load[];
  /** How many were asked for. */
  readonly count: number;
  /** Whether one that was asked for after `since` (milliseconds) still waits for its end. */
  isBusy(since: number): boolean;
  /** How many were not noted since there were too many. */
  readonly unnoted: number;
  /** Resolves when the bodies that were asked of the browser have come. */
  bodies(): Promise<void>;
}

const headers = z.record(z.string(), z.string());
const response = z.object({
  status: z.number(),
  statusText: z.string(),
  headers,
  mimeType: z.string(),
  securityDetails: z.object({ protocol: z.string(), cipher: z.string() }).optional(),
});
const events = {
  "Network.requestWillBeSent": z.object({
    requestId: z.string(),
    request: z.object({ url: z.string(), method: z.string(), headers }),
    wallTime: z.number(),
    type: z.string().optional(),
    frameId: z.string().optional(),
    redirectResponse: response.optional(),
  }),
  "Network.requestWillBeSentExtraInfo": z.object({ requestId: z.string(), headers }),
  "Network.responseReceived": z.object({ requestId: z.string(), response }),
  "Network.responseReceivedExtraInfo": z.object({ requestId: z.string(), headers }),
  "Network.loadingFinished": z.object({ requestId: z.string(), encodedDataLength: z.number() }),
  "Network.loadingFailed": z.object({ requestId: z.string(), errorText: z.string() }),
};
type Events = { [Name in keyof typeof events]: z.infer<(typeof events)[Name]> };

interface Noted extends Load {
  session: Session;
  id: string;
  /** When, by this machine's clock. */
  asked: number;
}

/** Headers as they went over the wire, one set for each hop. They are told before or after the hop itself. */
interface Wire {
  sent: [string, string][][];
  received: [string, string][][];
}

export function createExchanges({
  devtools,
  clock,
  mostRequests,
  mostBody,
  mostBodies,
}: ExchangesOptions): Exchanges {
  const byId = new Map<string, Noted>();
  const wires = new Map<string, Wire>();
  const loads: Noted[] = [];
  const waiting = new Set<Noted>();
  const coming = new Set<Promise<void>>();
  let kept = 0;
  let unnoted = 0;

  const wireOf = (session: Session, requestId: string): Wire | undefined => {
    const name = key(session, requestId);
    const wire = wires.get(name) ?? (wires.size < mostRequests ? { sent: [], received: [] } : undefined);
    if (wire) wires.set(name, wire);
    return wire;
  };
  const end = (load: Noted) => {
    waiting.delete(load);
    load.done = true;
  };
  const keepBody = async (load: Noted) => {
    const last = load.hops.at(-1);
    const answer = await devtools
      .ask(body, "Network.getResponseBody", { requestId: load.id }, load.session)
      .catch(() => undefined); // an empty one, or one that the browser did not keep
    if (last === undefined || answer === undefined) return;
    const bytes = Buffer.from(answer.body, answer.base64Encoded ? "base64" : "utf8");
    if (bytes.length === 0) return; // also what a script took as a stream
    if (bytes.length > mostBody || kept + bytes.length > mostBodies) return;
    kept += bytes.length;
    last.body = bytes;
  };
  const on: { [Name in keyof Events]: (event: Events[Name], session: Session) => void } = {
    "Network.requestWillBeSent"({ requestId, request, wallTime, type, frameId, redirectResponse }, session) {
      if (!/^(?:https?|blob):/.test(request.url)) return; // data: stands in the page itself
      const { url, method } = request;
      const hop: RenderedExchange = {
        ...{ method, url, at: wallTime * 1000 },
        ...{ requestHeaders: pairs(request.headers), status: 0, statusText: "", responseHeaders: [] },
      };
      const before = byId.get(key(session, requestId));
      if (before && redirectResponse) {
        answered(before, redirectResponse);
        before.hops.push(hop);
        return;
      }
      if (loads.length >= mostRequests) return void unnoted++;
      const load = { hops: [hop], frame: frameId, type: type ?? "Other", done: false };
      const noted = { ...load, session, id: requestId, asked: clock.now() };
      byId.set(key(session, requestId), noted);
      loads.push(noted);
      waiting.add(noted);
    },
    "Network.requestWillBeSentExtraInfo": ({ requestId, headers }, session) =>
      void wireOf(session, requestId)?.sent.push(pairs(headers)),
    "Network.responseReceived"({ requestId, response }, session) {
      const load = byId.get(key(session, requestId));
      if (load) answered(load, response);
    },
    "Network.responseReceivedExtraInfo": ({ requestId, headers }, session) =>
      void wireOf(session, requestId)?.received.push(pairs(headers)),
    "Network.loadingFinished"({ requestId, encodedDataLength }, session) {
      const load = byId.get(key(session, requestId));
      if (!load) return;
      end(load);
      if (encodedDataLength > mostBody || kept >= mostBodies) return;
      const body = keepBody(load).finally(() => coming.delete(body));
      coming.add(body);
    },
    "Network.loadingFailed"({ requestId, errorText }, session) {
      const load = byId.get(key(session, requestId));
      const last = load?.hops.at(-1);
      if (!load || !last) return;
      last.error = errorText;
      end(load);
    },
  };
  return {
    take({ method, params, session }) {
      if (method in events) takeEvent(method as keyof Events, params, session);
    },
    get loads() {
      for (const { session, id, hops } of loads) useWireHeaders(hops, wires.get(key(session, id)));
      return loads;
    },
    get count() {
      return loads.length + unnoted;
    },
    isBusy: (since) => waiting.values().some(({ asked }) => asked > since),
    get unnoted() {
      return unnoted;
    },
    bodies: async () => void (await Promise.all(coming)),
  };

  function takeEvent<Name extends keyof Events>(name: Name, params: unknown, session: Session): void {
    on[name](events[name].parse(params) as Events[Name], session);
  }
}

const body = z.object({ body: z.string(), base64Encoded: z.boolean() });
const key = (session: Session, requestId: string) => `${session ?? ""} ${requestId}`;

/** A header that came several times is told with its values on lines of their own. */
const pairs = (headers: Record<string, string>): [string, string][] =>
  Object.entries(headers).flatMap(([name, values]) =>
    values.split("\n").map((value): [string, string] => [name, value]),
  );

function answered(
  { hops }: Noted,
  { status, statusText, headers, securityDetails }: z.infer<typeof response>,
): void {
  const hop = hops.at(-1);
  if (!hop) return;
  Object.assign(hop, { status, statusText, responseHeaders: pairs(headers) });
  if (securityDetails) hop.tls = { ...securityDetails, certificates: [] };
}

/** What the browser says it sent lacks cookies and more; what went over the wire is told apart, hop by hop. */
function useWireHeaders(hops: RenderedExchange[], wire: Wire | undefined): void {
  for (const [at, hop] of hops.entries()) {
    hop.requestHeaders = wire?.sent[at] ?? hop.requestHeaders;
    hop.responseHeaders = wire?.received[at] ?? hop.responseHeaders;
  }
}
