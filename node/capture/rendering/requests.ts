/**
 * What is done differently with single requests of a browser: headers that a reporter gave or a site's rule adds go to the
 * addresses that they are meant for, and what a rule says is never fetched is not, by its whole address. (What goes for a
 * host as a whole, the proxy does as well: it sees no addresses within encrypted connections.)
 */
import { z } from "zod";
import type { CaptureSettings } from "../../configuration/settings/capture.ts";
import { checkFetched, headersOf, ruleFor } from "../rules.ts";
import type { DevTools, DevToolsEvent } from "./devtools.ts";

export interface RequestsOptions {
  devtools: DevTools;
  settings: CaptureSettings;
  /** Headers for a request to this address. */
  headers?: ((url: URL) => Record<string, string>) | undefined;
}

export interface Requests {
  /** From now on the requests of this page or frame are looked at, if there is anything to look for. */
  begin(session: string): Promise<void>;
  take(event: DevToolsEvent): void;
}

const paused = z.object({
  requestId: z.string(),
  request: z.object({ url: z.string(), headers: z.record(z.string(), z.string()) }),
});

export function adaptRequests({ devtools, settings, headers }: RequestsOptions): Requests {
  const isWanted =
    headers !== undefined ||
    settings.sites.some(({ never, headersFile }) => never !== undefined || headersFile !== undefined);
  const sessions = new Set<string>();

  const goOn = async ({ requestId, request }: z.infer<typeof paused>, session: string) => {
    const url = new URL(request.url);
    const rule = ruleFor(url, settings);
    checkFetched(rule);
    const added = { ...headers?.(url), ...(await headersOf(rule)) };
    const names = Object.keys(added);
    const own = Object.entries(request.headers).filter(([name]) => !names.includes(name.toLowerCase()));
    const all = [...own, ...Object.entries(added)].map(([name, value]) => ({ name, value }));
    await devtools.send(
      "Fetch.continueRequest",
      { requestId, ...(names.length > 0 && { headers: all }) },
      session,
    );
  };
  return {
    async begin(session) {
      if (!isWanted) return;
      sessions.add(session);
      await devtools.send("Fetch.enable", { patterns: [{ urlPattern: "http*" }] }, session);
    },
    take({ method, params, session }) {
      if (method !== "Fetch.requestPaused" || session === undefined || !sessions.has(session)) return;
      const request = paused.parse(params);
      const refuse = { requestId: request.requestId, errorReason: "BlockedByClient" };
      goOn(request, session)
        .catch(() => devtools.send("Fetch.failRequest", refuse, session))
        .catch(() => undefined); // the page is gone
    },
  };
}
