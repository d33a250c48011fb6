/** Whole members for tests: federation nodes with casework, takedown and their desk, on one synthetic site and mail server. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemRandom } from "@wardline/protocol/encoding";
import type { MemberKind } from "@wardline/protocol/roster";
import { createAccounts, type Caller, type Role, type Route } from "../../../node/accounts/index.ts";
import {
  createCaptures,
  createRenderer,
  createVideos,
  guardedFetch,
  plainPages,
  renderedPages,
  traceHosting,
} from "../../../node/capture/index.ts";
import { createCasework, type Casework } from "../../../node/casework/index.ts";
import { loadConfiguration } from "../../../node/configuration/index.ts";
import { createDecoder, createVideoDecoder, type Decoder } from "../../../node/decode/index.ts";
import { deskFor, type Desk, type DeskServices } from "../../../node/desks/index.ts";
import { createJurisdictions } from "../../../node/jurisdiction/index.ts";
import {
  createMailer,
  createPoster,
  createTakedown,
  pictureHash,
  type Takedown,
} from "../../../node/takedown/index.ts";
import { systemClock, type Clock } from "../../../node/telemetry/index.ts";
import { startNode, type Place, type TestNode } from "../federation/support.ts";

/** What a view of the API holds, from its schema. */
export type View<S extends { parse(value: unknown): unknown }> = ReturnType<S["parse"]>;

export interface Site {
  origin: string;
  port: number;
  /** What a path answers; a path that is not here is 404. */
  files: Map<string, { type: string; body: Uint8Array }>;
  /** Answers everything with this status, as a site in trouble does. */
  status: number | undefined;
  stop(): Promise<void>;
}

export async function startSite(): Promise<Site> {
  const files: Site["files"] = new Map();
  const state: Pick<Site, "status"> = { status: undefined };
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? "/");
    if (state.status !== undefined) return response.writeHead(state.status).end();
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": file.type }).end(file.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    files,
    get status() {
      return state.status;
    },
    set status(value) {
      state.status = value;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A page that shows these pictures, and the pictures. */
export function putPage(site: Site, path: string, pictures: Record<string, Uint8Array>): string {
  const images = Object.keys(pictures).map((name) => `<img src="${name}">`);
  site.files.set(path, {
    type: "text/html",
    body: Buffer.from(`<!doctype html><body>${images.join("")}</body>`),
  });
  for (const [name, body] of Object.entries(pictures)) site.files.set(name, { type: "image/jpeg", body });
  return site.origin + path;
}

export interface TestMember extends TestNode {
  casework: Casework;
  takedown: Takedown;
  decoder: Decoder;
  services: DeskServices;
  desk: Desk;
  /** A signed-in person with these roles. */
  person(name: string, ...roles: Role[]): Promise<Caller>;
  /** Calls a route of the desk as the API would: the parsed answer, or the error thrown. */
  call(caller: Caller, method: Route["method"], path: string, body?: unknown): Promise<unknown>;
}

export interface MemberOptions {
  kind: MemberKind;
  site: Site;
  /** Country in which the site is hosted. */
  hostedIn?: string;
  /** The registrar's desk for abuse, as look-ups of the site give it. */
  registrar?: string;
  smtpPort?: number;
  /** Over the fast profile and what tests need. */
  settings?: Record<string, Record<string, unknown>>;
  /** Of store, jobs and federation. */
  clock?: Clock;
}

const cheapPasswords = { password: { cost: { memory: 19_456, passes: 1 } } };

/** Starts a member at its place; again after `stop`, or after the process was gone, with the same folder. */
export async function startMember(place: Place, options: MemberOptions): Promise<TestMember> {
  const { site, kind, hostedIn = "XB", smtpPort = 9, settings = {}, clock = systemClock } = options;
  const hosting = {
    host: "127.0.0.1",
    port: site.port,
    country: hostedIn,
    provider: "Example Hosting",
    abuse: "abuse@provider.example",
  };
  const configuration = loadConfiguration({
    dataFolder: place.folder,
    profile: "fast",
    decode: { children: 1 },
    accounts: cheapPasswords,
    capture: { allow: [`127.0.0.1:${site.port}`], limits: { delay: "0s" }, ...settings["capture"] },
    jurisdiction: { hostingOverrides: [hosting] },
    desks: settings["desks"] ?? {},
    casework: settings["casework"] ?? {},
    takedown: {
      smtp: { port: smtpPort },
      sender: { contact: "notices@hotline-b.example" },
      groupingWindow: "100ms",
      recheckInterval: "100ms",
      missInterval: "50ms",
      rechecks: { hostInterval: "0s" },
      ...settings["takedown"],
    },
  });
  let member: Omit<TestMember, keyof TestNode> | undefined;
  const { federation: network } = settings;
  const node = await startNode(place, {
    clock,
    ...(network && { settings: { federation: network } }),
    prepare: (federation, parts) => {
      member = furnish({ ...parts, federation }, configuration, { ...options, kind, clock });
    },
  });
  if (!member) throw new Error("The member was not furnished.");
  await member.casework.start();
  await member.takedown.start();
  const { decoder, casework, takedown } = member;
  const stop = async () => {
    await takedown.stop();
    await node.stop();
    await Promise.all([decoder.close(), casework.stop()]);
  };
  return { ...node, ...member, stop };
}

function furnish(
  node: Omit<TestNode, "stop">,
  configuration: ReturnType<typeof loadConfiguration>,
  { kind, clock, registrar }: MemberOptions & { clock: Clock },
): Omit<TestMember, keyof TestNode> {
  const { commit, jobs, vault, ledger, federation } = node;
  const shared = { commit, jobs, vault, ledger, federation, clock, random: systemRandom };
  const decoder = createDecoder(configuration.decode, systemClock);
  const { bubblewrap } = configuration.decode;
  const videos = createVideos({
    ...{ decoder: createVideoDecoder(configuration.decode, systemClock), vault, clock: systemClock },
    ...{ largest: configuration.decode.video.largestBytes, time: configuration.capture.limits.videoTime },
  });
  const jurisdictions = createJurisdictions();
  const overrides = configuration.jurisdiction.hostingOverrides;
  const fetch = (url: string, how: Omit<Parameters<typeof guardedFetch>[1], "settings">) =>
    guardedFetch(url, { settings: configuration.capture, ...how });
  const trace = async (url: string, address?: string) => {
    const traced = await traceHosting(url, { overrides, ...(address && { address }) });
    return registrar === undefined ? traced : { ...traced, contacts: { ...traced.contacts, registrar } };
  };
  const casework = createCasework({
    ...shared,
    trace,
    decoder,
    videos,
    jurisdictions,
    settings: configuration.casework,
    captures: createCaptures({
      ...{ ...shared, fetch, trace, decoder, videos },
      rendered: renderedPages(
        createRenderer({ settings: configuration.capture, bubblewrap }),
        plainPages(fetch),
      ),
      previewSide: configuration.decode.previewSide,
      settings: configuration.capture,
    }),
  });
  const mailer = createMailer(configuration.takedown.smtp);
  const takedown = createTakedown({
    ...shared,
    casework,
    jurisdictions,
    settings: configuration.takedown,
    overrides,
    mailer,
    poster: createPoster(configuration.takedown, systemClock),
    fetch,
    trace,
    hashPicture: pictureHash(decoder),
  });
  const accounts = createAccounts({
    settings: configuration.accounts,
    commit,
    clock: systemClock,
    random: systemRandom,
    secret: new Uint8Array(32).fill(7),
  });
  const services: DeskServices = {
    ...shared,
    casework,
    takedown,
    approvals: accounts.approvals,
    settings: configuration.desks,
  };
  const desk = deskFor(kind);
  desk.register(services);
  const routes = [...desk.routes(services), ...casework.advertRoutes()];
  return {
    casework,
    takedown,
    decoder,
    services,
    desk,
    async person(name, ...roles) {
      const signIn = name.toLowerCase().replaceAll(" ", ".");
      const password = "pale lanterns count the tides";
      const known = (await accounts.people()).some((one) => one.name === name);
      if (!known) await accounts.createPerson({ name, signIn, roles, password });
      return (await accounts.signIn({ signIn, password })).caller;
    },
    call: (caller, method, path, body) => callRoute(routes, caller, method, path, body),
  };
}

/** Parses by the route's schemas on the way in and out, like the API. */
export async function callRoute(
  routes: readonly Route[],
  caller: Caller,
  method: string,
  path: string,
  body: unknown,
): Promise<unknown> {
  const [pathname = "", search = ""] = path.split("?");
  for (const route of routes) {
    const params = matchPath(route.path, pathname);
    if (route.method !== method || !params) continue;
    const answer = await route.handler({
      caller,
      params: route.params?.parse(params) as undefined,
      query: route.query?.parse(Object.fromEntries(new URLSearchParams(search))) as undefined,
      body: route.body?.parse(body ?? {}) as undefined,
      signal: AbortSignal.timeout(20_000),
      cookie: { token: undefined, set: () => undefined, clear: () => undefined },
      address: "127.0.0.1",
    });
    return "parse" in route.response ? route.response.parse(answer) : answer;
  }
  throw new Error(`No route for ${method} ${pathname}.`);
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const names = [...pattern.matchAll(/:(\w+)/gu)].map(([, name]) => name ?? "");
  const match = new RegExp(`^${pattern.replaceAll(/:\w+/gu, "([^/]+)")}$`, "u").exec(path);
  return match ? Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? ""])) : undefined;
}
