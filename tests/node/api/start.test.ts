/** A whole node: how it starts, what keeps it from starting, and that it lets go of everything. */
import { cp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfiguration } from "../../../node/configuration/index.ts";
import { startNode } from "../../../node/main.ts";
import { password } from "../accounts/support.ts";
import { cookieOf, startTestNode, type TestNode } from "./support.ts";

let test: TestNode;
beforeEach(async () => void (test = await startTestNode()));
afterEach(() => test.close());

const add = (signIn: string) =>
  test.node.services.accounts.createPerson({ name: signIn, signIn, roles: ["auditor", "triage"], password });

describe("a node", () => {
  it("can be started once at a time, and again after it was stopped", async () => {
    await expect(startNode(test.configuration, { log: test.log })).rejects.toMatchObject({
      code: "store/in-use",
    });
    await test.restart();
    await test.node.stop();
    await test.node.stop();
    await test.restart();
    expect((await test.ask("/api/health")).status).toBe(200);
  });

  it("that cannot open its door lets go of its data", async () => {
    await test.node.stop();
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((listening) => taken.once("listening", listening));
    const { port } = taken.address() as AddressInfo;
    const settings = { ...test.settings, listen: { p2p: ["/ip4/127.0.0.1/tcp/0"], http: { port } } };
    const starting = startNode(loadConfiguration(settings), { log: test.log });
    await expect(starting).rejects.toMatchObject({ code: "api/address-in-use" });
    await new Promise((closed) => taken.close(closed));
    await test.restart();
    expect((await test.ask("/api/health")).status).toBe(200);
  });

  it("records what happened before it joined as the first entries of its ledger, verified", async () => {
    await test.node.stop();
    const early = await test.offline((accounts) =>
      accounts.createPerson({ name: "Early", signIn: "early", roles: ["viewer"], password }),
    );
    await test.restart();
    await add("later");
    const { verified, entries } = await test.node.services.ledger.verify(early.id);
    expect(verified).toBe(true);
    expect(entries.map(({ kind, actor }) => [kind, actor])).toEqual([["person.created", "node"]]);
    await test.restart();
    expect((await test.node.services.ledger.verify(early.id)).entries).toHaveLength(1);
  });

  it("records administration under pseudonyms, with no name in it", async () => {
    const { id } = await add("zebedee");
    const boss = await test.enter("boss", ["administrator"]);
    await test.ask(`/api/people/${id}`, { method: "PATCH", cookie: boss, body: { roles: ["viewer"] } });
    const { verified, entries } = await test.node.services.ledger.verify(id);
    expect(verified).toBe(true);
    expect(entries.map(({ kind }) => kind)).toEqual(["person.created", "person.changed"]);
    expect(entries[1]?.actor).toMatch(/^person:[0-9a-f]{32}$/);
    expect(JSON.stringify(entries)).not.toMatch(/zebedee|boss/);
  });
});

describe("a node whose store was replaced by an older copy", () => {
  it("shows what it has, and refuses every change with the reason", async () => {
    await add("ada");
    await test.node.stop();
    const store = join(test.configuration.dataFolder, "store");
    await cp(store, `${store}.old`, { recursive: true });
    await test.restart();
    await add("bo");
    await test.node.stop();
    await rm(store, { recursive: true });
    await cp(`${store}.old`, store, { recursive: true });

    await test.restart();
    expect(test.node.readOnly).toMatchObject({ code: "ledger/rolled-back" });
    expect((await test.ask("/api/health")).body).toEqual({ state: "degraded" });
    const signIn = await test.signIn("ada");
    expect(signIn.status).toBe(200);
    const cookie = cookieOf(signIn);
    expect((await test.ask("/api/reports", { cookie })).status).toBe(200);
    expect((await test.ask("/api/health/parts", { cookie })).body["parts"]).toMatchObject({
      ledger: { state: "degraded", code: "ledger/rolled-back" },
    });
    const body = { url: "http://site.example/", source: "public" };
    const filed = await test.ask("/api/reports", { method: "POST", cookie, body });
    expect(filed).toMatchObject({ status: 503, body: { code: "ledger/rolled-back" } });
    expect((await test.ask("/api/reports", { cookie })).body["reports"]).toEqual([]);
  });
});

describe("a node without a sandbox", () => {
  it("runs, and says that it is degraded, and why to those who are signed in", async () => {
    await test.close();
    test = await startTestNode("hotline", { decode: { bubblewrap: "/nowhere/bwrap" } });
    await expect.poll(async () => (await test.ask("/api/health")).body).toEqual({ state: "degraded" });
    const cookie = await test.enter("ada", ["viewer"]);
    expect((await test.ask("/api/health/parts", { cookie })).body["parts"]).toMatchObject({
      ledger: { state: "working" },
      sandbox: { state: "degraded", code: "decode/no-sandbox" },
    });
  });
});
