/** One browser for one visit: started in its sandbox, watched, and killed with everything that it started. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import type { WardlineError } from "@wardline/protocol/encoding";
import type { CaptureSettings } from "../../configuration/settings/capture.ts";
import { killGroup, noSandbox } from "../../decode/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import { createDevTools, type DevTools } from "./devtools.ts";
import { refuseRendering } from "./errors.ts";
import { memoryBelow } from "./memory.ts";
import { browserSandbox, inside } from "./sandbox.ts";

export interface BrowserOptions {
  settings: CaptureSettings;
  /** The program that builds the sandbox. */
  bubblewrap: string;
  proxySocket: string;
  clock: Clock;
  /** Aborting kills it. */
  signal: AbortSignal;
}

export interface Browser {
  devtools: DevTools;
  /** Rejects when the browser has ended, with the reason: `capture/rendering-crashed`, `/rendering-memory`. */
  ended: Promise<never>;
  /** Kills it. Safe to call again. */
  kill(): void;
}

/** How often memory is looked at: a page that fills it as fast as it can takes about a gigabyte in that time. */
const lookInterval = 250;

/**
 * Starts a browser with a fresh profile and no window.
 * Errors: `capture/no-browser`, `capture/browser-not-started`, `decode/no-sandbox`.
 */
export async function startBrowser({
  settings,
  bubblewrap,
  proxySocket,
  clock,
  signal,
}: BrowserOptions): Promise<Browser> {
  const { browser: program, limits, ownSandbox } = settings.rendering;
  if (!existsSync(program)) throw refuseRendering("no-browser");
  const started = [
    inside.node,
    ...forwarderFlags,
    inside.forwarder,
    `${inside.proxyPort}`,
    program,
    ...flags,
    ...(ownSandbox ? [] : ["--no-sandbox"]),
  ];
  const sandbox = browserSandbox({ proxySocket, browser: program, memory: limits.memory }, started);
  const child = spawn(bubblewrap, sandbox, {
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
    detached: true, // a process group of its own, so that all of it can be killed
  });
  const [, , errors, commands, answers] = child.stdio as [null, null, Readable, Writable, Readable];
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => undefined); // told to whoever waits for an answer
  let said = "";
  let alive = true;

  const end = (error: WardlineError) => {
    if (!alive) return;
    alive = false;
    cancelLook();
    signal.removeEventListener("abort", kill);
    killGroup(child.pid);
    for (const pipe of [errors, commands, answers]) pipe.destroy();
    reject(error);
  };
  const kill = () => end(refuseRendering("rendering-closed"));
  const look = () => {
    if (child.pid !== undefined && memoryBelow(child.pid) > limits.memory)
      end(refuseRendering("rendering-memory"));
    else cancelLook = clock.after(lookInterval, look);
  };
  let cancelLook = clock.after(lookInterval, look);

  signal.addEventListener("abort", kill);
  errors.on("data", (bytes: Buffer) => (said = (said + bytes.toString("latin1")).slice(-4000)));
  child.on("error", (cause) => end(noSandbox(cause.message, cause)));
  child.on("exit", () => end(refuseRendering("rendering-crashed", { details: { said } })));
  const devtools = createDevTools(
    {
      ...{ commands, answers },
      most: 2 * settings.limits.itemSize + 2 ** 20, // a picture in base64, or a page's text with escapes
      onNonsense: (cause) => end(refuseRendering("rendering-crashed", { cause })),
    },
    ended,
  );
  const cancelStart = clock.after(limits.startTime, () =>
    end(refuseRendering("browser-not-started", { details: { said } })),
  );
  try {
    await devtools.send("Browser.getVersion");
  } catch (cause) {
    throw said.startsWith("bwrap:")
      ? noSandbox(said, cause)
      : refuseRendering("browser-not-started", { details: { said }, cause });
  } finally {
    cancelStart();
  }
  return { devtools, ended, kill };
}

/** WebAssembly, which strips the forwarder's types, would reserve more addresses than it needs. */
const forwarderFlags = ["--max-old-space-size=64", "--disable-wasm-trap-handler"];

const flags = [
  "--headless=new",
  "--remote-debugging-pipe",
  `--user-data-dir=${inside.profile}`,
  "--no-startup-window",
  "--no-first-run",
  "--window-size=1280,1024",
  // The browser itself has no proxy, and so no network at all; only the context of the visit has one.
  "--no-proxy-server",
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
  "--disable-quic",
  "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
  // What the browser would do of its own would fail; it is not even tried.
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-component-extensions-with-background-pages",
  "--disable-default-apps",
  "--disable-domain-reliability",
  "--disable-extensions",
  "--disable-sync",
  "--metrics-recording-only",
  "--no-pings",
  "--no-service-autorun",
  "--disable-breakpad",
  "--disable-crash-reporter",
  "--disable-client-side-phishing-detection",
  "--disable-search-engine-choice-screen",
  "--disable-field-trial-config",
  // One process for all frames of a page: the profile holds nothing that one site could take from another.
  "--disable-site-isolation-trials",
  "--disable-features=IsolateOrigins,site-per-process,Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,InterestFeedContentSuggestions,AutofillServerCommunication,CertificateTransparencyComponentUpdater,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
  "--disable-gpu",
  "--hide-scrollbars",
  "--mute-audio",
  "--password-store=basic",
  "--use-mock-keychain",
  // A page that fills its heap loses itself, not the browser.
  "--js-flags=--max-old-space-size=512",
];
