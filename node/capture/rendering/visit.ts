/**
 * One visit of a page: it is opened, left to load, scrolled through, and read. Whatever the page does, the visit ends
 * within its time: what has come by then is kept, scripts are stopped, and the visit says what cut it.
 */
import { z } from "zod";
import type { CaptureSettings } from "../../configuration/settings/capture.ts";
import type { Clock } from "../../telemetry/index.ts";
import type { Browser } from "./browser.ts";
import type { DevTools, Session } from "./devtools.ts";
import { createExchanges, type Exchanges, type Load } from "./exchanges.ts";
import { adaptRequests } from "./requests.ts";
import { inside } from "./sandbox.ts";
import { framesOf, htmlOf, screenshotOf, scrollDown, type Frame } from "./snapshot.ts";
import { attaching, keepOrder, type Order } from "./order.ts";

export interface VisitOptions {
  browser: Browser;
  settings: CaptureSettings;
  referrer?: string | undefined;
  /** Headers for a request to this address. */
  headers?: ((url: URL) => Record<string, string>) | undefined;
  clock: Clock;
  /** Rejects when the network's limits are used up, with the sentence to show. */
  exhausted: Promise<string>;
}

export interface Visit {
  /** Empty when the page could not be read any more. */
  frames: (Frame & { html: string })[];
  loads: readonly Load[];
  /** The page's own documents: the first, then those that scripts led on to. */
  documents: Load[];
  /** Windows that the page opened: addresses, not loaded. */
  popups: string[];
  /** Downloads that it began, refused. */
  downloads: string[];
  screenshot?: Uint8Array;
  /** What cut it short, in a sentence. */
  cut?: string;
  /** Why the browser ended before its time: `capture/rendering-crashed`, `/rendering-memory`. */
  failure?: Error;
}

/** For what is done when the page's time is over: stopping it, reading it, its picture. */
const timeToRead = 15_000;
const beat = 100;

interface Page {
  devtools: DevTools;
  session: Session;
  frame: string;
  exchanges: Exchanges;
  order: Order;
  options: VisitOptions;
}

/** Errors: `capture/rendering-refused`, and why the browser ended when that was before the page was opened. */
export async function visit(url: string, options: VisitOptions): Promise<Visit> {
  const { limits } = options.settings.rendering;
  const page = await openPage(options);
  const { exchanges, order } = page;
  const cuts: string[] = [];
  const cut = (sentence: string) => void cuts.push(sentence);
  const late = after(
    options.clock,
    limits.time,
    `Stopped after ${Math.round(limits.time / 1000)} s: the page was still busy.`,
  );
  let failure: Error | undefined;
  const ended = options.browser.ended.catch((error: Error) => {
    failure = error;
    return `The page was cut short. ${error.message}`;
  });
  const loaded = load(page, url).then(() => undefined);
  const stopped = await Promise.race([loaded, late.over, options.exhausted, order.stopped, ended]);
  late.cancel();
  if (stopped !== undefined) cut(stopped);
  if (exchanges.unnoted > 0) cut(`Only the first ${limits.requests} requests are kept.`);

  const reading = after(options.clock, timeToRead, undefined);
  const inTime = <T>(work: Promise<T>) =>
    Promise.race([work, reading.over, ended.then(() => undefined)]).catch(() => undefined);
  await inTime(freeze(page));
  const frames = (await inTime(readFrames(page, options.settings.limits.pageSize))) ?? [];
  const shot = await inTime(screenshotOf(page.devtools, page.session, limits.screenshotHeight));
  await inTime(exchanges.bodies());
  await inTime(addCertificates(page));
  reading.cancel();
  if (shot?.cut) cut(`The screenshot shows the first ${limits.screenshotHeight} lines.`);
  const { loads } = exchanges;
  return {
    frames,
    loads,
    documents: loads.filter((one) => one.type === "Document" && one.frame === page.frame),
    popups: order.popups,
    downloads: order.downloads,
    ...(shot && { screenshot: shot.picture }),
    ...(cuts.length > 0 && { cut: cuts.join(" ") }),
    ...(failure && { failure }),
  };
}

/** A page of its own context, whose network is the proxy; empty, with everything set up and listening. */
async function openPage(options: VisitOptions): Promise<Page> {
  const { browser, settings } = options;
  const { devtools } = browser;
  const { limits } = settings.rendering;
  const exchanges = createExchanges({
    devtools,
    clock: options.clock,
    mostRequests: limits.requests,
    mostBody: settings.limits.itemSize,
    mostBodies: limits.bytes,
  });
  const { browserContextId } = await devtools.ask(
    z.object({ browserContextId: z.string() }),
    "Target.createBrowserContext",
    {
      disposeOnDetach: true,
      proxyServer: `http://127.0.0.1:${inside.proxyPort}`,
      proxyBypassList: "<-loopback>", // this machine's own names go to the guard too
    },
  );
  await devtools.send("Browser.setDownloadBehavior", {
    behavior: "deny",
    browserContextId,
    eventsEnabled: true,
  });
  const requests = adaptRequests({ devtools, settings, headers: options.headers });
  const version = await devtools.ask(z.object({ userAgent: z.string() }), "Browser.getVersion");
  // That of an ordinary visitor's Chrome: sites show others other pages.
  const order = keepOrder(devtools, {
    limits,
    userAgent: version.userAgent.replace("Headless", ""),
    requests,
  });
  devtools.listen((event) => {
    exchanges.take(event);
    requests.take(event);
  });
  await devtools.send("Target.setAutoAttach", attaching);
  const where = { url: "about:blank", browserContextId, width: 1280, height: 1024 };
  await devtools.send("Target.createTarget", where);
  const { session, frame } = await order.page;
  return { devtools, session, frame, exchanges, order, options };
}

/** Opens the address and waits until the page has nothing more to fetch, on every screen of it. */
async function load(page: Page, url: string): Promise<void> {
  const { devtools, session, frame, options } = page;
  const { limits } = options.settings.rendering;
  const answer = z.object({ errorText: z.string().optional() });
  const asked = { url, ...(options.referrer && { referrer: options.referrer }) };
  const { errorText } = await devtools.ask(answer, "Page.navigate", asked, session);
  if (errorText !== undefined) return;
  await quiet(page);
  for (let screen = 0; screen < limits.scrolls; screen++) {
    // A page that moves on meanwhile takes its world along; the next one is tried like the first.
    if (!(await scrollDown(devtools, session, frame).catch(() => true))) return;
    await quiet(page);
  }
}

/** Waits until nothing has been fetched for as long as a page counts as quiet. */
async function quiet({ exchanges, order, options }: Page): Promise<void> {
  const { clock, settings } = options;
  const { limits } = settings.rendering;
  let since = clock.now();
  let { count } = exchanges;
  while (clock.now() - since < limits.quiet) {
    await new Promise<void>((resolve) => clock.after(beat, resolve));
    const busy =
      exchanges.isBusy(clock.now() - limits.patience) || !order.isLoaded() || exchanges.count > count;
    count = exchanges.count;
    if (busy) since = clock.now();
  }
}

/** Ends all scripts, also one that runs without end: these two commands reach a page that listens to no other. */
async function freeze({ devtools, session }: Page): Promise<void> {
  await Promise.all([
    devtools.send("Emulation.setScriptExecutionDisabled", { value: true }, session),
    devtools.send("Runtime.terminateExecution", {}, session),
  ]);
  await devtools.send("Page.stopLoading", {}, session);
}

async function readFrames({ devtools, session }: Page, most: number): Promise<Visit["frames"]> {
  const read: Visit["frames"] = [];
  let left = most;
  for (const frame of await framesOf(devtools, session)) {
    const html = await htmlOf(devtools, session, frame.id, left).catch(() => undefined); // the frame is gone
    if (html === undefined) continue;
    left -= html.length;
    read.push({ ...frame, html });
  }
  return read;
}

/** The chains of certificates that the sites showed, asked for once each. */
async function addCertificates({ devtools, session, exchanges }: Page): Promise<void> {
  const answer = z.object({ tableNames: z.array(z.string()) });
  const chains = new Map<string, Uint8Array[]>();
  for (const hop of exchanges.loads.flatMap(({ hops }) => hops)) {
    if (!hop.tls) continue;
    const { origin } = new URL(hop.url);
    const known = chains.get(origin);
    const asked = async () =>
      (await devtools.ask(answer, "Network.getCertificate", { origin }, session)).tableNames;
    const chain = known ?? (await asked()).map((der) => Buffer.from(der, "base64"));
    chains.set(origin, chain);
    hop.tls.certificates = chain;
  }
}

/** Resolves with `value` after a time, unless it is cancelled. */
function after<T>(clock: Clock, time: number, value: T): { over: Promise<T>; cancel: () => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { over: promise, cancel: clock.after(time, () => resolve(value)) };
}
