import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../../../node/accounts/index.ts";
import { openBench, password, type Bench } from "./support.ts";

let bench: Bench;
let people: { one: Caller; two: Caller; three: Caller };
beforeEach(async () => {
  bench = await openBench();
  const enter = async (signIn: string) => {
    await bench.accounts.createPerson({ name: signIn, signIn, roles: ["custodian"], password });
    return (await bench.accounts.signIn({ signIn, password })).caller;
  };
  people = { one: await enter("one"), two: await enter("two"), three: await enter("three") };
});
afterEach(() => bench.close());

const grant = { purpose: "material.grant", subject: "request-1" };
const approve = (caller: Caller, subject = grant) =>
  bench.opened.commit.run((unit) => bench.accounts.approvals.approve(unit, { ...subject, caller }));
const counting = () => bench.accounts.approvals.of(bench.opened.commit, grant, bench.clock.now());

describe("the two-person rule", () => {
  it("is complete with the second person, and only then", async () => {
    const first = await approve(people.one);
    expect(first).toMatchObject({ complete: false, approvals: [{ name: "one" }] });
    const second = await approve(people.two);
    expect(second).toMatchObject({ complete: true, approvals: [{ name: "one" }, { name: "two" }] });
    expect((await approve(people.three)).complete).toBe(false);
  });

  it("refuses the same person, also from another sign-in", async () => {
    await approve(people.one);
    const again = (await bench.accounts.signIn({ signIn: "one", password })).caller;
    for (const caller of [people.one, again]) {
      await expect(approve(caller)).rejects.toMatchObject({ code: "accounts/second-person-needed" });
    }
    expect(await counting()).toHaveLength(1);
  });

  it("refuses another person on the same sign-in", async () => {
    await approve(people.one);
    const sameSession = { ...people.two, session: people.one.session };
    await expect(approve(sameSession)).rejects.toMatchObject({ code: "accounts/second-person-needed" });
  });

  it("says beforehand why somebody cannot approve", async () => {
    const blocked = (caller: Caller) =>
      bench.accounts.approvals.blocked(bench.opened.commit, { ...grant, caller }, bench.clock.now());
    expect(await blocked(people.one)).toBeUndefined();
    await approve(people.one);
    expect(await blocked(people.one)).toBe("You have approved this already.");
    expect(await blocked(people.two)).toBeUndefined();
  });

  it("keeps purposes and subjects apart", async () => {
    await approve(people.one);
    expect((await approve(people.two, { ...grant, subject: "request-2" })).complete).toBe(false);
    expect((await approve(people.two, { ...grant, purpose: "other" })).complete).toBe(false);
    expect(await counting()).toHaveLength(1);
  });

  it("does not count somebody who was disabled since, nor an approval that waited too long", async () => {
    await approve(people.one);
    await bench.accounts.changePerson(people.one.person.id, { disabled: true });
    expect((await approve(people.two)).complete).toBe(false);
    bench.clock.pass(73 * 3_600_000);
    expect((await approve(people.three)).complete).toBe(false);
    expect(await counting()).toMatchObject([{ name: "three" }]);
  });

  it("survives a restart, and leaves nothing when its unit fails", async () => {
    await approve(people.one);
    const failing = bench.opened.commit.run(async (unit) => {
      await bench.accounts.approvals.approve(unit, { ...grant, caller: people.two });
      throw new Error("after the approval");
    });
    await expect(failing).rejects.toThrow("after the approval");
    await bench.restart();
    expect(await counting()).toMatchObject([{ name: "one" }]);
    expect((await approve(people.two)).complete).toBe(true);
  });
});
