/** The door itself: who is let in, what is taken in, and what every answer carries. */
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestNode, type TestNode } from "./support.ts";

let test: TestNode;
let folder: string;
let triage: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wardline-interface-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<!doctype html><title>Workplace</title>");
  await writeFile(join(folder, "icon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  await writeFile(join(folder, "assets", "main-abc123.js"), "export {};");
  await writeFile(join(folder, ".wardline-built"), "stamp");
  test = await startTestNode("hotline", {
    listen: {
      p2p: ["/ip4/127.0.0.1/tcp/0"],
      http: { port: 0, name: "hotline-t.localhost", interfaceFolder: folder, bodyLimit: "4KiB" },
    },
  });
  triage = await test.enter("triage", ["triage"]);
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true });
});

describe("cross-site requests", () => {
  const file = (headers: Record<string, string | undefined>) =>
    test.ask("/api/reports", {
      method: "POST",
      cookie: triage,
      body: { url: "http://site.example/", source: "public" },
      headers,
    });

  it.each([
    ["another Origin", { origin: "http://evil.example" }],
    ["the Origin of another node on this machine", { origin: "http://hotline-b.localhost:8102" }],
    ["no Origin", { origin: undefined }],
    ["an opaque Origin", { origin: "null" }],
    ["Sec-Fetch-Site: cross-site", { "sec-fetch-site": "cross-site" }],
    ["Sec-Fetch-Site: same-site", { "sec-fetch-site": "same-site" }],
  ])("are refused with %s, and change nothing", async (_name, headers) => {
    const before = (await test.ask("/api/reports", { cookie: triage })).body;
    expect(await file(headers)).toMatchObject({ status: 403, body: { code: "api/cross-site" } });
    expect((await test.ask("/api/reports", { cookie: triage })).body).toEqual(before);
  });

  it("are refused for pictures and other reading, too", async () => {
    const headers = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "no-cors",
      "sec-fetch-dest": "image",
    };
    expect((await test.ask("/api/session", { cookie: triage, headers })).status).toBe(403);
  });

  it("get no permission from a preflight", async () => {
    const headers = { origin: "http://evil.example", "access-control-request-method": "POST" };
    const answer = await test.ask("/api/reports", { method: "OPTIONS", headers });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("find nobody home under a name that was rebound to this address", async () => {
    for (const host of [
      "evil.example",
      `evil.example:${test.host.split(":")[1]}`,
      "hotline-t.localhost.evil.example",
    ]) {
      const headers = { host, origin: `http://${host}` };
      const answer = await test.ask("/api/session", { cookie: triage, headers });
      expect(answer).toMatchObject({ status: 421, body: { code: "api/unknown-host" } });
      expect((await test.ask("/", { headers })).status).toBe(421);
    }
    expect(
      (await test.ask("/api/health", { headers: { host: `127.0.0.1:${test.host.split(":")[1]}` } })).status,
    ).toBe(200);
  });
});

describe("bodies", () => {
  const post = (body: string, type: string | undefined) =>
    test.ask("/api/session", { method: "POST", body, headers: { "content-type": type } });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    undefined,
  ])("of type %s have no reader", async (type) => {
    expect(await post('{"signIn":"a","password":"b"}', type)).toMatchObject({
      status: 415,
      body: { code: "api/not-json" },
    });
  });

  it.each([
    ["cut off", '{"signIn":'],
    ["with a name twice", '{"signIn":"a","signIn":"b","password":"c"}'],
    ["not JSON", "signIn=a"],
  ])("%s are refused", async (_name, body) => {
    expect(await post(body, "application/json")).toMatchObject({
      status: 400,
      body: { code: "api/invalid-json" },
    });
  });

  it("of the wrong shape are refused with where and what, not with the value", async () => {
    const answer = await post('{"signIn":7,"password":"secret value"}', "application/json");
    expect(answer).toMatchObject({ status: 400, body: { code: "api/invalid-request" } });
    expect(answer.text).toContain("/signIn");
    expect(answer.text).not.toContain("secret value");
  });

  it("cannot reach the prototype of anything", async () => {
    const answer = await post('{"__proto__":{"admin":true},"signIn":"a","password":"b"}', "application/json");
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  });

  it("that are too large are refused, unless the route takes more", async () => {
    const answer = await post(JSON.stringify({ signIn: "x".repeat(5000), password: "" }), "application/json");
    expect(answer).toMatchObject({ status: 413, body: { code: "api/too-large" } });
    const admin = await test.enter("admin", ["administrator"]);
    const files = { files: [{ kind: "roster", file: { payload: "x".repeat(5000), signatures: [] } }] };
    const brought = await test.ask("/api/federation/files", { method: "POST", cookie: admin, body: files });
    expect(brought).toMatchObject({ status: 200, body: { accepted: 0, refused: [{ kind: "roster" }] } });
  });
});

describe("every answer", () => {
  it("tells the browser to run, frame, keep and leak nothing", async () => {
    for (const path of ["/", "/api/health", "/api/session", "/api/nothing", "/assets/main-abc123.js"]) {
      const { headers } = await test.ask(path);
      const policy = String(headers["content-security-policy"]).split("; ");
      expect(policy).toContain("default-src 'none'");
      for (const kind of ["script", "style", "img", "font", "connect"])
        expect(policy).toContain(`${kind}-src 'self'`);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(headers).toMatchObject({
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      });
      if (path.startsWith("/api")) expect(headers["cache-control"]).toBe("no-store");
      expect(headers["x-powered-by"]).toBeUndefined();
      expect(headers["server"]).toBeUndefined();
    }
  });
});

describe("the interface", () => {
  it("is one page for all its addresses, fresh each time; hashed files are kept", async () => {
    for (const path of ["/", "/reports/0123", "/index.html?x=1"]) {
      const answer = await test.ask(path);
      expect(answer).toMatchObject({ status: 200, headers: { "cache-control": "no-cache" } });
      expect(answer.text).toContain("<title>Workplace</title>");
    }
    const asset = await test.ask("/assets/main-abc123.js");
    expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect((await test.ask("/icon.svg")).headers["cache-control"]).toBe("no-cache");
  });

  it("serves no file outside its folder, and none that begins with a dot", async () => {
    for (const path of [
      "/../package.json",
      "/..%2f..%2fpackage.json",
      "/%2e%2e/package.json",
      "/.wardline-built",
      "/assets/..%5c..%5cx",
    ]) {
      const { text, status } = await test.ask(path);
      expect(status).toBeLessThan(500);
      expect(text).not.toContain("dependencies");
      expect(text).not.toContain("stamp");
    }
  });

  it("is not given for what belongs to the API", async () => {
    expect(await test.ask("/api/nothing")).toMatchObject({
      status: 404,
      body: { code: "api/no-such-route" },
    });
    expect((await test.ask("/nothing", { method: "POST", body: {} })).status).toBe(404);
  });
});
