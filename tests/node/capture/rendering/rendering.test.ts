/** Pages that need scripts, seen by the real Chromium in its real sandbox; and what a page may try against it. */
import { createHash } from "node:crypto";
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import sharp from "sharp";
import { plainPages } from "@wardline/node/capture";
import { createRenderer, renderedPages } from "../../../../node/capture/rendering/index.ts";
import { newFolder } from "../../commit/support.ts";
import { descendantsOf, isAlive } from "../../../support/processes.ts";
import { fetchWith, redirectTo, serve, type Answer, type TestSite } from "../support.ts";
import { asking, cannotRender, renderingSettings, rendererFor, startCanary } from "./support.ts";

const as =
  (type: string, body: string | Uint8Array, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(200, { "content-type": type, ...headers }).end(body);

const picture = (hue: number) =>
  sharp({ create: { width: 64, height: 64, channels: 3, background: `hsl(${hue}, 70%, 50%)` } })
    .jpeg()
    .toBuffer();

/** As the crawl asks for pages. */
function pagesOf(renderer: ReturnType<typeof rendererFor>, settings = renderingSettings([])) {
  const plain = plainPages((url, options) => fetchWith(settings, options)(url));
  const source = renderedPages(renderer, plain);
  return (url: string) =>
    source(url, { signal: new AbortController().signal, most: 2 ** 30, onRead: () => undefined });
}

const reports = async (requests: IncomingMessage[], path: string) =>
  requests.filter(({ url }) => url?.startsWith(path)).map(({ url }) => url);

describe.skipIf(cannotRender !== "")(`a rendered page ${cannotRender}`, () => {
  test("is taken in as its scripts made it: pictures by one-time addresses and by script, frames, shadow trees, what scrolling shows", async () => {
    const [one, two, three, four, five] = await Promise.all([0, 60, 120, 180, 240].map(picture));
    const given = new Set<string>();
    const once =
      (bytes: Uint8Array | undefined): Answer =>
      (request, response) => {
        if (bytes === undefined || given.has(request.url ?? "")) return void response.writeHead(403).end();
        given.add(request.url ?? "");
        response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes);
      };
    const site: TestSite = await serve({
      "/entry": redirectTo("/gallery"),
      "/gallery": `<title>g</title><form><input name=shadowRoot></form><img name=documentElement alt="">
        <div id=end style="margin-top:4000px"></div><x-card></x-card><iframe src="/frame"></iframe>
        <script>
          fetch("/list").then((answer) => answer.json()).then((list) => {
            for (const url of list) document.body.append(Object.assign(new Image(), { src: url }));
          });
          fetch("/secret").then((answer) => answer.arrayBuffer()).then((bytes) => {
            const open = new Uint8Array(bytes).map((byte) => byte ^ 0x55);
            document.body.append(Object.assign(new Image(), { src: URL.createObjectURL(new Blob([open], { type: "image/jpeg" })) }));
          });
          customElements.define("x-card", class extends HTMLElement {
            constructor() { super(); this.attachShadow({ mode: "open" }).innerHTML = "<a href='/linked'>more</a>"; }
          });
          new IntersectionObserver(([seen]) => {
            if (seen.isIntersecting) document.body.append(Object.assign(new Image(), { src: "/late?token=3" }));
          }).observe(document.getElementById("end"));
          alert("hello"); confirm("really?"); open("/popup");
        </script>`,
      "/list": as("application/json", JSON.stringify(["/once?token=1", "/once?token=2"])),
      "/once?token=1": once(one),
      "/once?token=2": once(two),
      "/late?token=3": once(three),
      "/framed": once(four),
      "/secret": as(
        "application/octet-stream",
        Uint8Array.from(five ?? [], (byte) => byte ^ 0x55),
      ),
      "/frame": "<script>document.write('<img src=\"/framed\">')</script>",
    });
    const renderer = rendererFor(renderingSettings([site.host]));
    const page = await pagesOf(renderer)(`${site.origin}/entry`);
    const { fetched, references, files, screenshot, exchanges = [] } = page;
    expect(fetched).toMatchObject({ url: `${site.origin}/gallery`, status: 200, address: "127.0.0.1" });
    expect(fetched.chain).toEqual([{ url: `${site.origin}/entry`, status: 302, address: "127.0.0.1" }]);
    expect(new TextDecoder().decode(fetched.body)).toContain("/once?token=2");
    const digest = (bytes: Uint8Array | undefined) =>
      createHash("sha256")
        .update(bytes ?? "")
        .digest("hex");
    const expected = { "/once?token=1": one, "/once?token=2": two, "/late?token=3": three, "/framed": four };
    for (const [path, bytes] of Object.entries(expected)) {
      const url = `${site.origin}${path}`;
      expect(references?.media).toContain(url);
      expect([path, digest(files?.get(url)?.body)]).toEqual([path, digest(bytes)]);
    }
    const made = references?.media.find((url) => url.startsWith("data:"));
    expect(made).toBe(`data:image/jpeg;base64,${five?.toString("base64")}`);
    expect(references?.links).toEqual(
      expect.arrayContaining([`${site.origin}/popup`, `${site.origin}/linked`]),
    );
    expect(page.cut).toBeUndefined();
    const seen = await sharp(screenshot).metadata();
    expect(seen.width).toBe(1280);
    expect(seen.height).toBeGreaterThan(4000);
    expect(exchanges.find(({ url }) => url.endsWith("/list"))).toMatchObject({
      ...{ method: "GET", status: 200, address: "127.0.0.1", statusText: "OK" },
      requestHeaders: expect.arrayContaining([["Host", site.host]]) as unknown,
      responseHeaders: expect.arrayContaining([["content-type", "application/json"]]) as unknown,
      body: expect.any(Uint8Array) as unknown,
    });
    expect(site.requests.some(({ url }) => url === "/popup")).toBe(false);
    const agent = site.requests[0]?.headers["user-agent"];
    expect(agent).toMatch(/ Chrome\//);
    expect(agent).not.toContain("Headless");
    expect(renderer.asked).toEqual([]); // the browser asked for nothing of its own
  });

  test("reaches nothing internal, whatever it tries and however it spells it", async () => {
    const canary = await startCanary();
    const hosts = [
      "127.0.0.1",
      "localhost",
      "0.0.0.0",
      "[::1]",
      "2130706433",
      "0x7f.1",
      "[::ffff:127.0.0.1]",
    ];
    const internal = [...hosts, "rebound.example"].map((host) => `${host}:${canary.port}`);
    const site = await serve({
      "/": `<link rel=preconnect href="http://127.0.0.1:${canary.port}"><link rel=dns-prefetch href="http://rebound.example">
        <iframe src="file:///etc/passwd"></iframe><iframe src="chrome://version"></iframe><iframe src="/meta"></iframe>
        <iframe src="view-source:file:///etc/fonts/fonts.conf"></iframe><form id=form method=post target=into></form><iframe name=into></iframe>
        <script>
          const tried = [];
          const attempt = (name, work) => { tried.push(name); try { Promise.resolve(work()).then(
            (value) => { if (value !== undefined) fetch("/reached?" + name); }, () => {}); } catch {} };
          for (const host of ${JSON.stringify(internal)}) {
            attempt("fetch", () => fetch("http://" + host + "/", { mode: "no-cors" }));
            attempt("https", () => fetch("https://" + host + "/", { mode: "no-cors" }));
            attempt("picture", () => { new Image().src = "http://" + host + "/x.png"; });
            attempt("frame", () => { document.body.append(Object.assign(document.createElement("iframe"), { src: "http://" + host })); });
            attempt("socket", () => { new WebSocket("ws://" + host).onopen = () => fetch("/reached?socket"); });
            attempt("events", () => { new EventSource("http://" + host); });
            attempt("beacon", () => { navigator.sendBeacon("http://" + host, "x"); });
            attempt("transport", () => new WebTransport("https://" + host).ready.then(() => 1));
            attempt("peers", async () => {
              const peer = new RTCPeerConnection({ iceServers: [
                { urls: "stun:" + host }, { urls: "turn:" + host + "?transport=tcp", username: "a", credential: "b" } ] });
              peer.createDataChannel("x");
              peer.onicecandidate = ({ candidate }) => { if (candidate?.candidate) fetch("/candidate?" + encodeURIComponent(candidate.candidate)); };
              await peer.setLocalDescription();
            });
          }
          attempt("forwarder", () => fetch("http://127.0.0.1:3128/", { mode: "no-cors" }));
          attempt("file", () => fetch("file:///etc/passwd"));
          attempt("redirect", () => fetch("/inside", { mode: "no-cors" }));
          attempt("window", () => { open("file:///etc/passwd"); open("chrome://settings"); open("http://127.0.0.1:${canary.port}/popup"); });
          attempt("worker", () => { new Worker(URL.createObjectURL(new Blob(["fetch('http://127.0.0.1:${canary.port}/')"]))); });
          attempt("service", () => navigator.serviceWorker.register("/service.js").then(() => undefined));
          attempt("form", () => { form.action = "http://127.0.0.1:${canary.port}/"; form.submit(); });
          attempt("script", () => { document.body.append(Object.assign(document.createElement("script"), { src: "http://127.0.0.1:${canary.port}/x.js" })); });
          fetch("/tried?" + tried.length);
        </script>`,
      "/meta": `<meta http-equiv=refresh content="0;url=http://127.0.0.1:${canary.port}/">`,
      "/inside": redirectTo(`http://127.0.0.1:${canary.port}/`),
      "/service.js": as(
        "text/javascript",
        `fetch("http://127.0.0.1:${canary.port}/"); onfetch = (event) => event.respondWith(new Response("mine"))`,
      ),
    });
    const settings = renderingSettings([site.host]);
    const renderer = rendererFor(settings, () => ["127.0.0.1"]);
    const { references, fetched } = await pagesOf(renderer)(`${site.origin}/`);
    expect(canary.heard).toEqual([]);
    expect(await reports(site.requests, "/tried")).toEqual([`/tried?${9 * internal.length + 8}`]);
    expect(await reports(site.requests, "/reached")).toEqual([]);
    expect(await reports(site.requests, "/candidate")).toEqual([]);
    expect(references?.links).toContain(`http://127.0.0.1:${canary.port}/popup`);
    expect(new TextDecoder().decode(fetched.body)).not.toContain("root:");
  });

  test("is not opened when its address, or where it redirects to, is internal, of another scheme or not there", async () => {
    const canary = await startCanary();
    const { host, origin } = await serve({
      "/inside": redirectTo(`http://127.0.0.1:${canary.port}/`),
      "/loop": redirectTo("/loop"),
      "/file": redirectTo("file:///etc/passwd"),
    });
    const renderer = rendererFor(renderingSettings([host]));
    const open = pagesOf(renderer);
    const code = (of: string) => expect.objectContaining({ code: `capture/${of}` }) as Error;
    await expect(open("file:///etc/passwd")).rejects.toThrow(code("unsupported-scheme"));
    await expect(open("chrome://version")).rejects.toThrow(code("unsupported-scheme"));
    await expect(open(`${origin}/inside`)).rejects.toThrow(code("internal-address"));
    await expect(open(`${origin}/loop`)).rejects.toThrow(code("redirects"));
    await expect(open(`${origin}/file`)).rejects.toThrow(code("unreachable"));
    await expect(open("http://nowhere.example/")).rejects.toThrow(code("not-found"));
    expect(new Set(renderer.asked)).toEqual(new Set(["nowhere.example"]));
    expect(canary.heard).toEqual([]);
  });

  test("is not opened when its server cannot prove who it is, and the browser asks nobody else about it", async () => {
    const folder = await newFolder();
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const made = [
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-subj",
      "/CN=127.0.0.1",
    ];
    execFileSync("openssl", ["req", ...made, "-keyout", key, "-out", certificate], { stdio: "ignore" });
    let asked = 0;
    const files = { key: readFileSync(key), cert: readFileSync(certificate) };
    const server = createSecureServer(files, (_, response) => void response.end(`${asked++}`));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const renderer = rendererFor(renderingSettings([host]));
    await expect(pagesOf(renderer)(`https://${host}/`)).rejects.toMatchObject({
      code: "capture/unreachable",
    });
    expect([renderer.asked, asked]).toEqual([[], 0]);
  });
});

describe.skipIf(cannotRender !== "")(`a page that never ends ${cannotRender}`, () => {
  test("is cut at its time: a script that loops keeps what was shown before it", async () => {
    const shown = await picture(30);
    const { origin, host } = await serve({
      "/": `<h1>before</h1><img src="/shown"><script>onload = () => { document.body.append("after"); for (;;); }</script>`,
      "/shown": as("image/jpeg", shown),
    });
    const open = pagesOf(rendererFor(renderingSettings([host], { time: "5s" })));
    const { fetched, files, screenshot, cut } = await open(`${origin}/`);
    expect(cut).toContain("Stopped after 5 s");
    expect(new TextDecoder().decode(fetched.body)).toContain("before");
    expect(shown.equals(files?.get(`${origin}/shown`)?.body ?? Buffer.of())).toBe(true);
    expect(screenshot?.length).toBeGreaterThan(0);
  });

  test("is cut when scripts lead on and on, or dialogs, windows and requests storm", async () => {
    const { origin, host, requests } = await serve({
      "/storm": `<p>storm<script>
          setInterval(() => { alert(1); prompt(2); open("/window?" + Math.random()); }, 1);
          setInterval(() => fetch("/hit?" + Math.random()), 1);
          onbeforeunload = () => "stay";
          history.pushState(0, "", "/storm");
        </script>`,
      ...Object.fromEntries(
        Array.from({ length: 9 }, (_, at) => [
          `/on/${at}`,
          `<p>on<script>location = "/on/${at + 1}"</script>`,
        ]),
      ),
    });
    const limits = { time: "5s", popups: 3, documents: 3, requests: 20 };
    const open = pagesOf(rendererFor(renderingSettings([host], limits)));
    const storm = await open(`${origin}/storm`);
    expect(storm.cut).toContain("Only the first 20 requests are kept.");
    expect(storm.exchanges?.length).toBeLessThanOrEqual(20);
    expect(storm.references?.links.filter((url) => url.includes("/window")).length).toBeLessThanOrEqual(3);
    expect(requests.some(({ url }) => url?.startsWith("/window"))).toBe(false);
    const on = await open(`${origin}/on/0`);
    expect(on.cut).toContain("Stopped after 3 pages that scripts led on to.");
    expect(on.fetched.chain.map(({ url }) => url)).toEqual(
      expect.arrayContaining([0, 1, 2].map((at) => `${origin}/on/${at}`)),
    );
  });

  test("has bounded pictures, bytes and memory", async () => {
    const endless: Answer = (request, response) => {
      response.writeHead(200, { "content-type": "application/octet-stream" });
      const piece = Buffer.alloc(256 * 1024);
      const go = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on("drain", go);
      request.on("close", () => response.destroy());
      go();
    };
    const { origin, host } = await serve({
      "/tall": `<div style="height:500000px;width:90000px;background:linear-gradient(red,blue)">tall</div>`,
      "/endless": `<p>endless<script>fetch("/bytes").then((answer) => answer.blob())</script>`,
      "/bytes": endless,
      "/hog": `<p>hog<script>
          const held = []; for (;;) try { held.push(new Uint8Array(64 << 20).fill(1)); } catch {}</script>`,
    });
    const limits = { bytes: "8MiB", screenshotHeight: 2000, memory: "768MiB" };
    const renderer = rendererFor(renderingSettings([host], limits));
    const open = pagesOf(renderer);
    const tall = await open(`${origin}/tall`);
    expect(tall.cut).toContain("The screenshot shows the first 2000 lines.");
    expect((await sharp(tall.screenshot).metadata()).height).toBe(2000);
    expect((await open(`${origin}/endless`)).cut).toContain("Stopped after 8 MiB");
    await expect(open(`${origin}/hog`)).rejects.toMatchObject({ code: "capture/rendering-memory" });
    await expect.poll(() => descendantsOf(process.pid).filter(isAlive)).toEqual([]);
  });
});

describe.skipIf(cannotRender !== "")(`the browser ${cannotRender}`, () => {
  test("keeps its own sandbox, and ends with everything that it started when it is no longer wanted", async () => {
    const { url, host, opened } = await silentSite();
    const renderer = rendererFor(renderingSettings([host]));
    const stop = new AbortController();
    const visit = renderer.render(url, asking({ signal: stop.signal }));
    await Promise.race([opened, visit]);
    const pages = descendantsOf(process.pid).filter((pid) => isPage(pid));
    expect(pages.length).toBeGreaterThan(0);
    for (const pid of pages) {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      expect(status).toMatch(/^Seccomp:\s+2$/m); // system calls are filtered
      expect(status).toMatch(/^NSpid:(?:\s+\d+){3,}$/m); // in a namespace within the sandbox's
    }
    stop.abort(new Error("no longer wanted"));
    await expect(visit).rejects.toThrow("no longer wanted");
    await expect.poll(() => descendantsOf(process.pid).filter(isAlive)).toEqual([]);
  });

  test("ends with the node, however that ends", async () => {
    const { url, host, opened } = await silentSite();
    const program = fileURLToPath(new URL("children/visit.ts", import.meta.url));
    const node = spawn(process.execPath, [program, url, host], { stdio: ["ignore", "ignore", "inherit"] });
    await opened;
    const started = descendantsOf(node.pid ?? 0);
    expect(started.filter((pid) => isPage(pid)).length).toBeGreaterThan(0);
    node.kill("SIGKILL");
    await expect.poll(() => started.filter(isAlive), { timeout: 30_000 }).toEqual([]);
  });

  test("works without its own sandbox where a setting says so, and the log says it", async () => {
    const { origin, host } = await serve({ "/": "<script>document.write('made')</script>" });
    const warnings: string[] = [];
    const log = { warn: (_: object, message: string) => void warnings.push(message) };
    const settings = renderingSettings([host]);
    settings.rendering.ownSandbox = false;
    const renderer = createRenderer({ settings, bubblewrap: "bwrap", log });
    expect(warnings).toEqual([expect.stringContaining("capture.rendering.ownSandbox")]);
    const { frames } = await renderer.render(`${origin}/`, asking());
    expect(frames[0]?.html).toContain("made");
  });

  test("that is not there, or is switched off, is told by a code", async () => {
    const where = { limits: {} };
    const without = rendererFor(
      renderingSettings([], {}, { rendering: { ...where, browser: "/nowhere/chromium" } }),
    );
    const never = rendererFor(renderingSettings([], {}, { rendering: { mode: "never" } }));
    const url = "http://site.example/";
    await expect(without.render(url, asking())).rejects.toMatchObject({ code: "capture/no-browser" });
    await expect(never.render(url, asking())).rejects.toMatchObject({ code: "capture/rendering-off" });
  });
});

/** A site that takes connections and never answers. */
async function silentSite() {
  const server = createServer((socket) => void socket.on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const opened = new Promise((resolve) => server.on("connection", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}/`, host, opened };
}

/** Whether a process is one in which Chromium opens pages. */
function isPage(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
  } catch {
    return false; // it has ended meanwhile
  }
}
