/** A whole node of any kind in a temporary folder, reached over HTTP as a browser reaches it. */
import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "@wardline/protocol/encoding";
import { generateIdentityKey } from "@wardline/protocol/identity";
import type { MemberKind } from "@wardline/protocol/roster";
import type { Accounts, Role } from "../../../node/accounts/index.ts";
import { loadConfiguration, type Configuration } from "../../../node/configuration/index.ts";
import { createFederationFiles, joinFederation } from "../../../node/federation/index.ts";
import { startNode, type RunningNode } from "../../../node/main.ts";
import { createDataFolder, openAccounts, openDataFolder } from "../../../node/opening.ts";
import { createLog, type Log } from "../../../node/telemetry/index.ts";
import { cheapAccounts, manualClock, password, type ManualClock } from "../accounts/support.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  readonly body?: unknown;
  /** As it is; default: what a browser sends from the node's own page. A header set to undefined is left out. */
  readonly headers?: Record<string, string | undefined>;
  readonly cookie?: string | undefined;
}

export interface TestNode {
  readonly clock: ManualClock;
  readonly log: Log;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly configuration: Configuration;
  node: RunningNode;
  /** `NAME.localhost:PORT` */
  host: string;
  ask(path: string, asking?: Asking): Promise<Answer>;
  /** Makes a person with these roles, signs them in, and gives the cookie. */
  enter(signIn: string, roles: readonly Role[]): Promise<string>;
  signIn(signIn: string, word?: string): Promise<Answer>;
  restart(): Promise<void>;
  /** Works on the accounts of the stopped node, as the command line does. */
  offline<T>(work: (accounts: Accounts) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const name = "hotline-t.localhost";

export async function startTestNode(
  kind: MemberKind = "hotline",
  settings: Record<string, unknown> = {},
): Promise<TestNode> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-api-"));
  const clock = manualClock(Date.now());
  const surroundings = { clock, random: systemRandom, log: createLog("silent") };
  const all = {
    dataFolder: join(folder, "data"),
    keyFile: join(folder, "node.key"),
    log: "silent",
    listen: { p2p: ["/ip4/127.0.0.1/tcp/0"], http: { port: 0, name } },
    accounts: cheapAccounts,
    ...settings,
  };
  const configuration = loadConfiguration(all);
  await createDataFolder(configuration, surroundings);
  await join_(kind);

  async function join_(own: MemberKind): Promise<void> {
    const { keyring, commit, close } = await openDataFolder(configuration, surroundings, () => undefined);
    const founder = (called: string, country: string, is: MemberKind) => ({
      ...{ name: called, country, kind: is },
      identity: generateIdentityKey(systemRandom),
      logSeed: systemRandom(32),
    });
    const self = { ...founder("Member T", "SE", own), identity: keyring.identity, logSeed: keyring.log.seed };
    const members = [self, founder("Member U", "NO", "hotline")];
    const { invite } = createFederationFiles({ members, now: clock.now(), random: systemRandom });
    await joinFederation(commit, invite, clock.now());
    await close();
  }

  const test: TestNode = {
    ...{ clock, log: surroundings.log, settings: all, configuration },
    ...(await open()),
    ask: (path, asking = {}) => ask(test.host, path, asking),
    async enter(signIn, roles) {
      await test.node.services.accounts.createPerson({ name: signIn, signIn, roles, password });
      return cookieOf(await test.signIn(signIn));
    },
    signIn: (signIn, word = password) =>
      test.ask("/api/session", { method: "POST", body: { signIn, password: word } }),
    async restart() {
      await test.node.stop();
      Object.assign(test, await open());
    },
    async offline(work) {
      const opened = await openDataFolder(configuration, surroundings, () => undefined);
      try {
        return await work(openAccounts(configuration, surroundings, opened));
      } finally {
        await opened.close();
      }
    },
    async close() {
      await test.node.stop();
      await rm(folder, { recursive: true });
    },
  };
  return test;

  async function open() {
    const node = await startNode(configuration, surroundings);
    return { node, host: new URL(node.urls.workplace).host };
  }
}

/** The session's cookie as a browser would send it back. */
export function cookieOf(answer: Answer): string {
  const [set = ""] = answer.headers["set-cookie"] ?? [];
  return set.split(";")[0] ?? "";
}

/** node:http rather than fetch: it sends the headers that it is given, also those a browser would not let a page set. */
export function ask(
  host: string,
  path: string,
  { method = "GET", body, headers, cookie }: Asking,
): Promise<Answer> {
  const sent = typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body);
  const all: Record<string, string | undefined> = {
    host,
    "sec-fetch-site": "same-origin",
    origin: method === "GET" ? undefined : `http://${host}`,
    "content-type": sent === undefined ? undefined : "application/json",
    "content-length": sent === undefined ? undefined : String(Buffer.byteLength(sent)),
    cookie,
    ...headers,
  };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const port = Number(host.split(":")[1]);
    const request = httpRequest({
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: given as Record<string, string>,
    });
    request.on("error", reject);
    request.on("response", (response) => {
      if (String(response.headers["content-type"]).includes("event-stream")) {
        response.destroy();
        return resolve({ status: response.statusCode ?? 0, headers: response.headers, text: "", body: {} });
      }
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const json = String(response.headers["content-type"]).includes("json");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: (json ? JSON.parse(text) : {}) as Record<string, unknown>,
        });
      });
    });
    request.end(sent);
  });
}

export interface Listening {
  /** Resolves with the next event; heartbeats are not events. */
  next(): Promise<unknown>;
  /** Resolves when the node has ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Live events as EventSource receives them. Resolves once the stream is open. */
export function listen(host: string, cookie: string): Promise<Listening> {
  const events: unknown[] = [];
  const waiting: ((event: unknown) => void)[] = [];
  const ended = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<Listening>();
  const request = httpRequest({
    host: "127.0.0.1",
    port: Number(host.split(":")[1]),
    path: "/api/events",
    headers: { host, cookie, "sec-fetch-site": "same-origin" },
  });
  request.on("error", () => ended.resolve());
  request.on("response", (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) take(block);
      opened.resolve(listening);
    });
    response.on("close", () => ended.resolve());
  });
  function take(block: string): void {
    if (!block.startsWith("data: ")) return;
    const event: unknown = JSON.parse(block.slice("data: ".length));
    const waiter = waiting.shift();
    if (waiter) waiter(event);
    else events.push(event);
  }
  const listening: Listening = {
    next: () =>
      events.length > 0 ? Promise.resolve(events.shift()) : new Promise((resolve) => waiting.push(resolve)),
    ended: ended.promise,
    close: () => request.destroy(),
  };
  request.end();
  return opened.promise;
}
