/** A member behind a usual reverse proxy: TLS ends there, and members talk through it as over TCP. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { createConnection, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, afterAll, expect, test } from "vitest";
import type { Federation } from "../../../node/federation/index.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  newId,
  policeB,
  startNode,
  until,
  type TestNode,
} from "./support.ts";

let folder: string;
const proxies: { close(): void }[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardline-proxy-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=Test CA",
    "-days",
    "2",
  );
  openssl("req", ...key, "-keyout", "proxy.key", "-out", "proxy.csr", "-subj", "/CN=localhost");
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost");
  const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2"];
  openssl("x509", "-req", "-in", "proxy.csr", "-out", "proxy.pem", ...signing);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  await cleanUp();
  for (const proxy of proxies.splice(0)) proxy.close();
});

/** Ends TLS and passes WebSockets on, as nginx and Caddy do. */
async function startProxy(to: number) {
  const counts = { lines: 0, upgrades: 0 };
  const [key, cert] = ["proxy.key", "proxy.pem"].map((name) => readFileSync(join(folder, name)));
  const server = createServer({ key, cert }, (_, response) => response.writeHead(404).end());
  server.on("connection", () => counts.lines++);
  server.on("upgrade", (incoming, line, head) => {
    counts.upgrades++;
    const { url, headers } = incoming;
    const passed = request({ port: to, host: "127.0.0.1", path: url, headers });
    passed.on("error", () => line.destroy());
    passed.on("upgrade", (answer, upstream, first) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      line.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
      for (const [from, into] of [
        [upstream, line],
        [line, upstream],
      ] as const) {
        from.on("error", () => into.destroy()).on("close", () => into.destroy());
        from.pipe(into);
      }
      if (first.length > 0) line.write(first);
      if (head.length > 0) upstream.write(head);
    });
    passed.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxies.push(server);
  return { counts, port: (server.address() as AddressInfo).port };
}

const hear = (heard: string[]) => (federation: Federation) =>
  federation.handle("conversation.message", {
    apply: async (unit, { statement }) =>
      unit.afterCommit(() => heard.push(String(statement.payload["text"]))),
  });

const say = (from: TestNode, to: TestNode, text: string) =>
  from.commit.run((unit) =>
    from.federation.say(unit, {
      type: "conversation.message",
      to: [to.place.memberId],
      payload: { conversation: newId(), pseudonym: "p", text },
      about: newId(),
    }),
  );

test("members reach one behind a proxy by wss, whose authority they must trust; statements go both ways", async () => {
  const { places } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB, placeC] = places as [TestNode["place"], TestNode["place"], TestNode["place"]];
  const { counts, port } = await startProxy(placeA.port);
  const public_ = `/dns4/localhost/tcp/${port}/tls/ws`;
  const peer = placeB.introductions[0]?.split("/p2p/")[1] ?? "";
  const heard: { a: string[]; b: string[] } = { a: [], b: [] };
  const a = await startNode(placeA, {
    prepare: hear(heard.a),
    settings: {
      listen: { p2p: [`/ip4/127.0.0.1/tcp/${placeA.port}/ws`], announce: [public_] },
      federation: {
        introductions: [],
        proxies: ["127.0.0.1"],
        // All members behind the proxy share its address.
        limits: { connectionsPerSecond: 1, strangersPerAddress: 1 },
      },
    },
  });
  const behind = (own: TestNode["place"], authorities: string | undefined) => ({
    prepare: hear(heard.b),
    settings: {
      listen: { p2p: [`/ip4/127.0.0.1/tcp/${own.port}/ws`] },
      federation: { introductions: [`${public_}/p2p/${peer}`], authorities },
    },
  });

  const untrusting = await startNode(placeB, behind(placeB, undefined));
  await until("it has tried", () => counts.lines >= 2);
  expect(counts.upgrades).toBe(0);
  expect(await connected(a, untrusting)).toBe(false);
  await untrusting.stop();

  const authority = join(folder, "ca.pem");
  const b = await startNode(placeB, behind(placeB, authority));
  const c = await startNode(placeC, behind(placeC, authority));
  await until("they have met", async () => (await connected(a, b)) && (await connected(a, c)));
  expect(counts.upgrades).toBeGreaterThanOrEqual(2);
  await say(a, b, "there");
  await say(b, a, "and back");
  await until("both are heard", () => heard.a.length === 1 && heard.b.length === 1);
  expect([heard.a, heard.b]).toEqual([["and back"], ["there"]]);
  expect(a.federation.addresses()).toEqual([`${public_}/p2p/${peer}`]);
});

test("a message without end, or a frame that is none, closes its line and nothing else", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [placeA] = places as [TestNode["place"]];
  await startNode(placeA, { settings: { listen: { p2p: [`/ip4/127.0.0.1/tcp/${placeA.port}/ws`] } } });
  const socket = new WebSocket(`ws://127.0.0.1:${placeA.port}`);
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  socket.send(new Uint8Array(2 * 1024 * 1024));
  expect((await closed).code).toBe(1009); // message too big

  const raw = createConnection(placeA.port, "127.0.0.1");
  const key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13";
  raw.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`);
  await new Promise((resolve) => raw.once("data", resolve));
  const ended = new Promise((resolve) => raw.on("close", resolve));
  raw.on("data", () => undefined).write(Uint8Array.of(0xff, 0xff, 0xff, 0xff)); // reserved bits, a control frame without end
  await ended;
});
