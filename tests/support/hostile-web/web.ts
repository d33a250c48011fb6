/**
 * A hostile web on loopback: one site that does whatever sites do to those who capture them, with well-formed pictures in
 * between; and a canary that stands for everything internal and must never hear a word.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { internalPage, internalUrls } from "./internal.ts";
import { malformedMedia, polyglots, tinyPicture } from "./media.ts";
import { heavyPages, traps } from "./traps.ts";

export interface HostileWeb {
  /** Its first page. */
  url: string;
  /** A page of so many pictures. */
  gallery(pictures: number): string;
  /** What must be allowed for it to be reached at all. */
  allow: string[];
  /** Paths of well-formed pictures that a capture of `url` finds. */
  wellFormed: string[];
  /** How often each path was asked for. */
  asked: Map<string, number>;
  /** Cookies that came back. */
  cookies: string[];
  /** Connections that the canary saw. */
  canary(): number;
  stop(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function startHostileWeb(): Promise<HostileWeb> {
  let touched = 0;
  const canary = createServer((_, response) => void response.end("internal"));
  canary.on("connection", () => (touched += 1));
  const stopCanary = await listen(canary, "::"); // both families
  const { port: canaryPort } = canary.address() as AddressInfo;

  const answers = await answersOf(internalUrls(canaryPort));
  const asked: HostileWeb["asked"] = new Map();
  const cookies: string[] = [];
  const site = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://site.example");
    asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
    if (request.headers.cookie) cookies.push(request.headers.cookie);
    response.on("error", () => undefined);
    const answer = answers.get(pathname) ?? generated(pathname, searchParams);
    if (answer) return answer(request, response);
    response.writeHead(404, { "content-type": "text/html" }).end("<p>not here");
  });
  const stopSite = await listen(site, "127.0.0.1");
  const { port } = site.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: `${origin}/`,
    gallery: (pictures) => `${origin}/gallery?pictures=${pictures}`,
    allow: [`127.0.0.1:${port}`, `rebind.example:${port}`],
    wellFormed: [...answers.keys()].filter((path) => path.startsWith("/good/")),
    ...{ asked, cookies, canary: () => touched },
    stop: async () => void (await Promise.all([stopSite(), stopCanary()])),
  };
}

/** Each path with what it does; the first page leads to all of them. */
async function answersOf(internal: readonly string[]): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  let goods = 0;
  const good = (name: string, type = "image/png") => {
    const path = `/good/${name}`;
    answers.set(path, sending(tinyPicture(900_000 + goods++), type));
    return path;
  };
  const page = (html: string) =>
    sending(html, "text/html", { "set-cookie": "seen=1; Path=/; Max-Age=99999" });

  const broken = { ...(await malformedMedia()) };
  for (const [name, bytes] of Object.entries(broken))
    answers.set(`/broken/${name}`, sending(bytes, "image/jpeg"));
  for (const [name, bytes] of Object.entries(await polyglots()))
    answers.set(`/good/${name}`, sending(bytes, "text/html"));
  const wrongTypes = [
    "text/html",
    "text/plain",
    "application/json",
    "video/mp4",
    "x/y; charset=",
    "image/svg+xml",
  ];
  for (const [at, type] of wrongTypes.entries()) good(`wrong-type-${at}.png`, type);
  answers.set("/broken/page-as-picture.jpg", sending("<p>no picture</p>", "image/jpeg"));

  const trapped = Object.entries(traps(internal));
  for (const [path, answer] of trapped) answers.set(path, answer);
  for (const [path, html] of Object.entries(heavyPages(good))) answers.set(path, page(html));
  answers.set("/internal", page(internalPage(internal, good("beside-internal"))));
  answers.set("/framed", page(`<iframe src="/framed-again"></iframe><img src="${good("framed")}">`));
  answers.set("/framed-again", page(`<iframe src="/framed"></iframe><img src="${good("framed-again")}">`));
  answers.set(
    "/style.css",
    sending(`@import "/style.css"; a { background: url(${good("background")}) }`, "text/css"),
  );

  const pictures = [...answers.keys()].filter((path) => /^\/(?:good|broken)\//.test(path));
  const links = ["/internal", "/deep", "/attributes", "/unclosed", "/styles"];
  answers.set(
    "/",
    page(
      [
        `<link rel="stylesheet" href="/style.css"><iframe src="/framed"></iframe>`,
        ...trapped.map(([path], at) =>
          at % 2 === 0 ? `<img src="${path}">` : `<iframe src="${path}"></iframe>`,
        ),
        ...pictures.map((path) => `<img src="${path}">`),
        ...links.map((path) => `<a href="${path}">more</a>`),
      ].join("\n"),
    ),
  );
  return answers;
}

const sending =
  (body: string | Uint8Array, type: string, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(200, { "content-type": type, ...headers }).end(body);

/** Galleries of any size, and their pictures. */
function generated(path: string, query: URLSearchParams): Answer | undefined {
  if (path === "/gallery") {
    const count = Number(query.get("pictures"));
    return sending(
      Array.from({ length: count }, (_, at) => `<img src="/n/${at}.png">`).join(""),
      "text/html",
    );
  }
  const number = /^\/n\/(\d{1,6})\.png$/.exec(path)?.[1];
  return number === undefined ? undefined : sending(tinyPicture(Number(number)), "image/png");
}

async function listen(server: Server, host: string): Promise<() => Promise<void>> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => undefined).on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
}

/** What the hostile web's names resolve to. */
export async function hostileResolve(name: string): Promise<string[]> {
  const known: Record<string, string[]> = {
    "internal.example": ["127.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "mixed.example": ["93.184.216.34", "127.0.0.1"],
    "rebind.example": ["127.0.0.1"],
  };
  const found = known[name];
  if (found) return found;
  throw Object.assign(new Error("There is no such name."), { code: "ENOTFOUND" });
}
