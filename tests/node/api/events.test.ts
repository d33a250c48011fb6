import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen, startTestNode, type TestNode } from "./support.ts";

const heartbeat = 15_000;
let test: TestNode;
beforeAll(async () => void (test = await startTestNode()));
afterAll(() => test.close());

const announce = (topic: string, id: string) =>
  test.node.services.commit.run((unit) => unit.announce({ topic, id }));

describe("live events", () => {
  it("tell what changed to those who may know, and only to them", async () => {
    const viewer = await listen(test.host, await test.enter("viewer", ["viewer"]));
    const officer = await listen(test.host, await test.enter("officer", ["officer"]));
    await announce("report", "1");
    await announce("escalation", "2");
    await announce("something-nobody-listed", "3");
    await announce("federation", "4");
    expect(await viewer.next()).toEqual({ topic: "report", id: "1" });
    expect(await viewer.next()).toEqual({ topic: "federation", id: "4" });
    expect(await officer.next()).toEqual({ topic: "escalation", id: "2" });
    expect(await officer.next()).toEqual({ topic: "federation", id: "4" });
    viewer.close();
    officer.close();
  });

  it("follow new roles, and end with the session", async () => {
    const cookie = await test.enter("changes", ["viewer"]);
    const stream = await listen(test.host, cookie);
    const person = (await test.node.services.accounts.people()).find(({ signIn }) => signIn === "changes");
    await test.node.services.accounts.changePerson(person?.id ?? "", { roles: ["officer"] });
    await announce("report", "1");
    await announce("escalation", "2");
    expect(await stream.next()).toEqual({ topic: "escalation", id: "2" });
    await test.node.services.accounts.changePerson(person?.id ?? "", { disabled: true });
    await announce("escalation", "3");
    await stream.ended;
  });

  it("do not keep a session alive", async () => {
    const stream = await listen(test.host, await test.enter("idle", ["viewer"]));
    for (let beats = 0; beats < 121; beats++) test.clock.pass(heartbeat);
    await stream.ended;
  });

  it("need a sign-in, and are limited for each", async () => {
    expect((await test.ask("/api/events")).status).toBe(401);
    const cookie = await test.enter("many", ["viewer"]);
    const streams = await Promise.all(Array.from({ length: 8 }, () => listen(test.host, cookie)));
    expect(await test.ask("/api/events", { cookie })).toMatchObject({
      status: 429,
      body: { code: "api/too-many-streams" },
    });
    for (const stream of streams) stream.close();
  });

  it("end when the node stops, and do not hold it up", async () => {
    const stream = await listen(test.host, await test.enter("last", ["viewer"]));
    await test.restart();
    await stream.ended;
    expect((await test.ask("/api/health")).status).toBe(200);
  });
});
