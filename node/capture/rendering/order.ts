/**
 * Keeps a page in order while it is visited: dialogs are dismissed, windows that it opens are closed before they load,
 * service workers are ended, and a page that leads on and on is stopped.
 */
import { z } from "zod";
import type { CaptureSettings } from "../../configuration/settings/capture.ts";
import type { DevTools, Session } from "./devtools.ts";
import type { Requests } from "./requests.ts";

type Limits = CaptureSettings["rendering"]["limits"];

export interface OrderOptions {
  limits: Limits;
  /** What sites are told about the browser. */
  userAgent: string;
  requests: Pick<Requests, "begin">;
}

export interface Order {
  /** The page that is visited, ready to be led to an address. */
  page: Promise<{ session: Session; frame: string }>;
  /** Addresses of windows that it opened. */
  popups: string[];
  /** Addresses of downloads that it began. */
  downloads: string[];
  /** Resolves with a sentence when the page broke a rule that ends the visit. */
  stopped: Promise<string>;
  /** Whether the document that is shown has been loaded. */
  isLoaded(): boolean;
}

/** Whatever a page starts waits until it is listened to. The browser's own interface is left alone. */
export const attaching = {
  ...{ autoAttach: true, waitForDebuggerOnStart: true, flatten: true },
  filter: ["page", "iframe", "worker", "shared_worker", "service_worker"].map((type) => ({ type })),
};

const target = z.object({
  sessionId: z.string(),
  targetInfo: z.object({ targetId: z.string(), type: z.string() }),
});
const navigated = z.object({ frame: z.object({ id: z.string(), parentId: z.string().optional() }) });
const opened = z.object({ url: z.string() });
const certificate = z.object({ eventId: z.int() });
const dialog = z.object({ type: z.string() });

/** Listens from now on; the first page that appears is the one that is visited. */
export function keepOrder(devtools: DevTools, options: OrderOptions): Order {
  const { limits } = options;
  const { promise: page, resolve: pageIs } = Promise.withResolvers<{ session: Session; frame: string }>();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<string>();
  const popups: string[] = [];
  const downloads: string[] = [];
  let visited: string | undefined;
  let loaded = false;
  let documents = 0;

  const note = (list: string[], url: string) => {
    if (list.length < limits.popups && /^https?:/.test(url) && !list.includes(url)) list.push(url);
  };
  const attached = async ({ sessionId, targetInfo: { type, targetId } }: z.infer<typeof target>) => {
    const isFirst = type === "page" && visited === undefined;
    if (isFirst) visited = sessionId;
    else if (type === "page" || type === "service_worker") return turnAway(devtools, sessionId, targetId);
    await listenTo(devtools, sessionId, type, options);
    if (isFirst) pageIs({ session: sessionId, frame: targetId });
  };
  const on: Record<string, (params: unknown, session: Session) => void> = {
    "Target.attachedToTarget": (params) => void attached(target.parse(params)).catch(() => undefined),
    "Page.windowOpen": (params) => note(popups, opened.parse(params).url),
    "Browser.downloadWillBegin": (params) => note(downloads, opened.parse(params).url),
    "Page.javascriptDialogOpening"(params, session) {
      // A page that asks whether one really wants to leave is left.
      const accept = dialog.parse(params).type === "beforeunload";
      void devtools.send("Page.handleJavaScriptDialog", { accept }, session).catch(() => undefined);
    },
    "Page.frameNavigated"(params, session) {
      if (session !== visited || navigated.parse(params).frame.parentId !== undefined) return;
      loaded = false;
      // The first one is the empty page, the second what was asked for.
      if (++documents > limits.documents + 1)
        stop(`Stopped after ${limits.documents} pages that scripts led on to.`);
    },
    "Page.loadEventFired"(_, session) {
      if (session === visited) loaded = true;
    },
    "Security.certificateError"(params, session) {
      // Left alone, the browser would ask the network of its maker whether it is behind a hotel's sign-in page.
      const answer = { eventId: certificate.parse(params).eventId, action: "cancel" };
      void devtools.send("Security.handleCertificateError", answer, session).catch(() => undefined);
    },
    "Inspector.targetCrashed"(_, session) {
      if (session === visited) stop("The page crashed: it may have used up its memory.");
    },
  };
  devtools.listen(({ method, params, session }) => on[method]?.(params, session));
  return { page, popups, downloads, stopped, isLoaded: () => loaded };
}

/** Closes what a page opened. It shares the page's process, so it may not wait for ever; and it may not load meanwhile. */
async function turnAway(devtools: DevTools, session: string, targetId: string): Promise<void> {
  await Promise.allSettled([
    devtools.send("Fetch.enable", {}, session), // pauses each request, and nobody lets it go on
    devtools.send("Runtime.runIfWaitingForDebugger", {}, session),
    devtools.send("Target.closeTarget", { targetId }),
  ]);
}

/** Sets a target up while it waits, then lets it run. Workers know only some of the commands. */
async function listenTo(
  devtools: DevTools,
  session: string,
  type: string,
  { limits, userAgent, requests }: OrderOptions,
): Promise<void> {
  const send = (method: string, parameters: object = {}) => devtools.send(method, parameters, session);
  const buffers = { maxTotalBufferSize: limits.bytes, maxResourceBufferSize: limits.bytes };
  const commands: [string, object?][] = [
    ["Network.enable", buffers],
    ["Network.setUserAgentOverride", { userAgent, acceptLanguage: "en" }],
    ["Target.setAutoAttach", attaching],
  ];
  if (type === "page" || type === "iframe")
    commands.push(
      ["Page.enable"],
      ["Inspector.enable"],
      ["Security.enable"],
      ["Security.setOverrideCertificateErrors", { override: true }],
      ["Network.setBypassServiceWorker", { bypass: true }],
    );
  if (type === "page" || type === "iframe") await requests.begin(session);
  await Promise.allSettled(commands.map(([method, parameters]) => send(method, parameters)));
  await send("Runtime.runIfWaitingForDebugger");
}
