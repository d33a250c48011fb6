/** The browser's one way out: nothing internal is reached through it, however it is spelt; the rest passes as it is. */
import { mkdtemp, rm } from "node:fs/promises";
import { request as send } from "node:http";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openProxy } from "../../../../node/capture/rendering/proxy.ts";
import { serve } from "../support.ts";
import { renderingSettings, startCanary } from "./support.ts";

async function proxyFor(
  allow: string[] = [],
  limits: Record<string, number | string> = {},
  resolve: (host: string) => string[] = () => [],
) {
  const folder = await mkdtemp(join(tmpdir(), "proxy-"));
  const path = join(folder, "socket");
  let bytes = 0;
  const proxy = await openProxy(path, {
    settings: renderingSettings(allow, limits, { limits: { connectTimeout: "2s" } }),
    resolve: async (host) => resolve(host),
    onBytes: (more) => (bytes += more),
  });
  onTestFinished(async () => {
    await proxy.close();
    await rm(folder, { recursive: true });
  });
  return { ...proxy, path, bytes: () => bytes };
}

/** Sends raw text and collects what comes until the end. */
function speak(path: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(path, () => socket.write(text));
    socket.on("data", (bytes: Buffer) => (said += bytes.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(said));
  });
}

const tunnelTo = (path: string, authority: string) =>
  speak(path, `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`);
const askFor = (path: string, url: string, headers = "") =>
  speak(path, `GET ${url} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`);

describe("an internal address", () => {
  const spellings = [
    ...["127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "0177.0.0.1", "2130706433", "%31%32%37.0.0.1"],
    ...["127.0.0.1.", "0.0.0.0", "0", "10.0.0.1", "100.64.0.1", "169.254.169.254", "168.63.129.16"],
    ...["172.16.0.1", "192.168.1.1", "224.0.0.1", "255.255.255.255", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]"],
    ...["[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::1]"],
    ...["[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fc00::1]", "[ff02::1]", "[100::1]"],
    ...["localhost", "localhost.", "LOCALHOST", "anything.localhost", "name.example"],
  ];
  test.each(spellings)("%s is refused, tunnelled or asked plainly", async (host) => {
    const canary = await startCanary();
    const { path, failureOf } = await proxyFor([], {}, () => ["127.0.0.1"]);
    expect(await tunnelTo(path, `${host}:${canary.port}`)).toMatch(/^HTTP\/1\.1 502 /);
    expect(await askFor(path, `http://${host}:${canary.port}/`)).toBe("");
    const { hostname } = new URL(`http://${host}`);
    expect(failureOf(`${hostname}:${canary.port}`)?.code).toBe("capture/internal-address");
    expect(canary.heard).toEqual([]);
  });

  test("is refused when a name leads there the second time only", async () => {
    const canary = await startCanary();
    const answers = [["192.88.98.1"], ["127.0.0.1"]];
    const { path, failureOf } = await proxyFor([], {}, () => answers.shift() ?? []);
    const authority = `name.example:${canary.port}`;
    await tunnelTo(path, authority);
    expect(await tunnelTo(path, authority)).toMatch(/^HTTP\/1\.1 502 /);
    expect(failureOf(authority)?.code).toBe("capture/internal-address");
    expect(canary.heard).toEqual([]);
  });
});

describe("what is no request that a browser makes", () => {
  test.each([
    ["CONNECT user:secret@127.0.0.1:1 HTTP/1.1\r\nhost: x\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["CONNECT 127.0.0.1:1/path HTTP/1.1\r\nhost: x\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["CONNECT 127.0.0.1:99999 HTTP/1.1\r\nhost: x\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["GET file:///etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["GET http://a:b@127.0.0.1/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["nonsense\r\n\r\n", /^HTTP\/1\.1 400 /],
  ])("%j is refused", async (text, expected) => {
    const { path } = await proxyFor(["127.0.0.1:1"]);
    expect(await speak(path, text)).toMatch(expected);
  });
});

describe("what is allowed", () => {
  test("is sent on as it came, without the headers that concern the proxy", async () => {
    const { origin, host, port, requests } = await serve({
      "/a?b": (_, response) =>
        void response.writeHead(201, "Made", { "X-Odd": "1", "set-cookie": ["a=1", "b=2"] }).end("body"),
    });
    const { path, addressOf, bytes } = await proxyFor([host]);
    const headers = "Proxy-Connection: keep-alive\r\nProxy-Authorization: x\r\nX-MiXed: Yes\r\n";
    const answer = await askFor(path, `${origin}/a?b`, headers);
    expect(answer).toMatch(/^HTTP\/1\.1 201 Made\r\n/);
    expect(answer).toContain("X-Odd: 1\r\n");
    expect(answer).toContain("set-cookie: a=1\r\nset-cookie: b=2\r\n");
    expect(answer).toContain("body");
    const sent = requests[0]?.rawHeaders ?? [];
    expect(sent).toEqual(expect.arrayContaining(["X-MiXed", "Yes"]));
    expect(sent.join(" ").toLowerCase()).not.toContain("proxy");
    expect(addressOf(`127.0.0.1:${port}`)).toBe("127.0.0.1");
    expect(bytes()).toBeGreaterThan(3);
  });

  test("passes a tunnel byte for byte, both ways", async () => {
    const echo = createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void echo.close());
    const { port } = echo.address() as AddressInfo;
    const { path, bytes } = await proxyFor([`127.0.0.1:${port}`]);
    const socket = await tunnelled(path, `127.0.0.1:${port}`);
    const sent = Buffer.alloc(300_000, "ab");
    const came = new Promise<Buffer>((resolve) => {
      const pieces: Buffer[] = [];
      socket.on("data", (bytes: Buffer) => pieces.push(bytes));
      socket.on("end", () => resolve(Buffer.concat(pieces)));
    });
    socket.end(sent);
    expect((await came).equals(sent)).toBe(true);
    expect(bytes()).toBe(600_000);
  });

  test("is bounded in connections, and ends with the proxy", async () => {
    const { host } = await serve({ "/": "x" });
    const { path, close } = await proxyFor([host], { connections: 2 });
    const [first, second] = [await tunnelled(path, host), await tunnelled(path, host)];
    expect(await tunnelTo(path, host)).toBe(""); // a third is not even listened to
    const ended = Promise.all([first, second].map((socket) => new Promise((end) => socket.on("close", end))));
    await close();
    await ended;
    await expect(tunnelled(path, host)).rejects.toThrow();
  });

  test("may answer in nonsense: only the browser's connection ends", async () => {
    const odd = createServer((socket) => socket.end("what?\r\n\r\n"));
    await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void odd.close());
    const { port } = odd.address() as AddressInfo;
    const { path } = await proxyFor([`127.0.0.1:${port}`]);
    expect(await askFor(path, `http://127.0.0.1:${port}/`)).toBe("");
    expect(await askFor(path, "x")).toMatch(/^HTTP\/1\.1 400 /);
  });
});

/** An open tunnel. */
function tunnelled(path: string, authority: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asked = send({ socketPath: path, method: "CONNECT", path: authority });
    asked.on("connect", (answer, socket) =>
      answer.statusCode === 200 ? resolve(socket) : reject(new Error(`${answer.statusCode}`)),
    );
    asked.on("error", reject);
    asked.end();
  });
}
