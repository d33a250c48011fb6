import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIdempotency } from "../../../node/api/index.ts";
import { defineCollection } from "../../../node/store/index.ts";
import { openBench } from "../accounts/support.ts";
import { startTestNode, type TestNode } from "./support.ts";

describe("a request that is sent twice under one key", () => {
  let test: TestNode;
  let boss: string;
  beforeAll(async () => {
    test = await startTestNode();
    boss = await test.enter("boss", ["administrator"]);
  });
  afterAll(() => test.close());

  const add = (signIn: string, key: string, cookie = boss) =>
    test.ask("/api/people", {
      method: "POST",
      cookie,
      headers: { "idempotency-key": key },
      body: { name: "Gil", signIn, roles: ["viewer"], password: "quite a long passphrase" },
    });
  const people = async () => (await test.node.services.accounts.people()).map(({ signIn }) => signIn);

  it("has the effect of one, and gets the first answer, also after a restart", async () => {
    const first = await add("gil", "key-number-1");
    expect(first.status).toBe(200);
    expect((await add("gil", "key-number-1")).body).toEqual(first.body);
    await test.restart();
    expect((await add("gil", "key-number-1")).body).toEqual(first.body);
    expect((await people()).filter((name) => name === "gil")).toHaveLength(1);
  });

  it("has the effect of one when both come at once", async () => {
    const both = await Promise.all([add("hal", "key-number-2"), add("hal", "key-number-2")]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both[0].body).toEqual(both[1].body);
  });

  it("is refused when it is another request", async () => {
    await add("ida", "key-number-3");
    expect(await add("ivy", "key-number-3")).toMatchObject({
      status: 422,
      body: { code: "api/idempotency-mismatch" },
    });
    expect(await people()).not.toContain("ivy");
  });

  it("goes through the second time when the first was refused", async () => {
    expect((await add("gil", "key-number-4")).status).toBe(409);
    expect((await add("joe", "key-number-4")).status).toBe(200);
  });

  it("belongs to one person: another's key is another key", async () => {
    const other = await test.enter("other", ["administrator"]);
    expect((await add("kim", "key-number-5")).status).toBe(200);
    expect((await add("leo", "key-number-5", other)).status).toBe(200);
  });

  it.each(["short", "with space in it", "x".repeat(129)])(
    "needs a key of the right form, not %j",
    async (key) => {
      expect(await add("nia", key)).toMatchObject({
        status: 400,
        body: { code: "api/invalid-idempotency-key" },
      });
    },
  );

  it("is forgotten after the configured time", async () => {
    expect((await add("mia", "key-number-6")).status).toBe(200);
    test.clock.pass(49 * 3_600_000);
    await test.restart();
    const again = await test.signIn("boss");
    const cookie = String(again.headers["set-cookie"]?.[0]).split(";")[0] ?? "";
    expect((await add("mia", "key-number-6", cookie)).body["code"]).toBe("accounts/sign-in-taken");
  });
});

describe("a node that falls between effect and answer", () => {
  const things = defineCollection<{ n: number }>("test.things");
  const request = { person: "p", key: "key-number-1", method: "POST", path: "/things", body: { a: 1 } };

  it("knows afterwards that the request took effect, and does not repeat it", async () => {
    const bench = await openBench();
    const secret = new Uint8Array(32);
    let effects = 0;
    const open = () => createIdempotency(bench.opened.commit, secret, 1000);
    const perform = (idempotency: ReturnType<typeof open>, fall: boolean) => async () => {
      await idempotency.commit.run((unit) => unit.put(things, ["one"], { n: ++effects }));
      // What a kill -9 does: nothing after the commit happens, and nobody is told.
      if (fall) await new Promise(() => undefined);
      return { status: 200, body: {} };
    };
    const first = open();
    void first.once(request, perform(first, true));
    while (!(await bench.opened.commit.has(things, "one"))) await new Promise((soon) => setTimeout(soon, 5));
    await bench.restart();
    const second = open();
    await expect(second.once(request, perform(second, false))).rejects.toMatchObject({
      code: "api/answer-lost",
    });
    expect(effects).toBe(1);
    await bench.close();
  });

  it("does it when the fall came before the effect", async () => {
    const bench = await openBench();
    const secret = new Uint8Array(32);
    const first = createIdempotency(bench.opened.commit, secret, 1000);
    void first.once(request, () => new Promise(() => undefined));
    await bench.restart();
    const second = createIdempotency(bench.opened.commit, secret, 1000);
    expect(await second.once(request, () => Promise.resolve({ status: 200, body: { done: true } }))).toEqual({
      status: 200,
      body: { done: true },
    });
    await bench.close();
  });
});
