import { describe, expect, test } from "vitest";
import { WardlineError } from "@wardline/protocol/encoding";
import type { Announcement, Unit } from "@wardline/node/commit";
import { defineCollection } from "@wardline/node/store";
import { refusal } from "../store/support.ts";
import { openAt } from "./open.ts";
import { openNew } from "./support.ts";

const counters = defineCollection<{ n: number }>("counters", { indexes: { n: ({ n }) => [[n]] } });

async function add(unit: Unit, key: string): Promise<number> {
  const n = ((await unit.get(counters, key))?.n ?? 0) + 1;
  unit.put(counters, [key], { n });
  return n;
}
const note = (unit: Unit, number: number) =>
  unit.record({ kind: "noted", subject: ["all"], actor: "node", detail: { number } });

describe("a unit of work", () => {
  test("sees what it wrote and what units before it wrote, on disk or not", async () => {
    const { commit } = await openNew();
    const results = await Promise.all(
      Array.from({ length: 200 }, () => commit.run((unit) => add(unit, "a"))),
    );
    expect(results).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    expect(await commit.get(counters, "a")).toEqual({ n: 200 });
  });

  test("knows under which tuples an index lists something, on disk or not, and adds what is not there", async () => {
    const { commit } = await openNew();
    await commit.run((unit) => [1, 2, 3].forEach((n) => unit.add(counters, [n], { n: n * 10 })));
    const asked = [[30], [5], [20], [99], [10]];
    const earlier = commit.run((unit) => unit.put(counters, [4], { n: 5 }));
    const found = await commit.run(async (unit) => {
      unit.put(counters, [2], { n: 21 });
      unit.delete(counters, [3]);
      unit.add(counters, [7], { n: 99 });
      return unit.listed(counters, "n", asked);
    });
    await earlier;
    // Those that are being deleted or moved may be among them.
    expect(asked.filter((_, at) => found.has(at))).toEqual(expect.arrayContaining([[5], [99], [10]]));
    const now = await commit.listed(counters, "n", asked);
    expect(asked.filter((_, at) => now.has(at))).toEqual([[5], [99], [10]]);
    expect(
      (await Array.fromAsync(commit.list(counters, { index: "n" }))).map(({ value }) => value.n),
    ).toEqual([5, 10, 21, 99]);
  });

  test("lists through what is not on disk yet: changed, added, deleted, in order, by key and by index", async () => {
    const { commit } = await openNew();
    await commit.run((unit) => [1, 2, 3, 4].forEach((n) => unit.put(counters, [n], { n: n * 10 })));
    const earlier = commit.run((unit) => {
      unit.put(counters, [5], { n: 5 });
      unit.delete(counters, [4]);
    });
    const listed = await commit.run(async (unit) => {
      unit.put(counters, [2], { n: 99 });
      unit.put(counters, [0], { n: 35 });
      unit.delete(counters, [5]);
      unit.put(counters, [5], { n: 1 });
      const list = async (options: object) =>
        (await Array.fromAsync(unit.list(counters, options))).map(({ key, value }) => [key[0], value.n]);
      return {
        keys: await list({}),
        index: await list({ index: "n" }),
        reverse: await list({ index: "n", reverse: true, limit: 2 }),
        prefix: await list({ index: "n", prefix: [35] }),
        after: await list({ index: "n", after: [10] }),
        count: await unit.count(counters, { index: "n" }),
        has: [await unit.has(counters, 4), await unit.has(counters, 0)],
      };
    });
    await earlier;
    expect(listed).toEqual({
      keys: [
        [0, 35],
        [1, 10],
        [2, 99],
        [3, 30],
        [5, 1],
      ],
      index: [
        [5, 1],
        [1, 10],
        [3, 30],
        [0, 35],
        [2, 99],
      ],
      reverse: [
        [2, 99],
        [0, 35],
      ],
      prefix: [[0, 35]],
      after: [
        [3, 30],
        [0, 35],
        [2, 99],
      ],
      count: 5,
      has: [false, true],
    });
    expect(await Array.fromAsync(commit.list(counters))).toHaveLength(5);
  });

  test("that throws leaves nothing behind, and does not hinder the next", async () => {
    const { commit, ledger } = await openNew();
    const events: Announcement[] = [];
    commit.onAnnounce((batch) => events.push(...batch));
    const failing = commit.run(async (unit) => {
      await add(unit, "a");
      note(unit, 1);
      unit.announce({ topic: "a", id: "1" });
      unit.afterCommit(() => events.push({ topic: "never", id: "" }));
      throw new WardlineError("test/refused", "No.");
    });
    const next = commit.run((unit) => add(unit, "a"));
    expect(await refusal(() => failing)).toBe("test/refused");
    expect(await next).toBe(1);
    expect(ledger.size).toBe(0);
    expect(events).toEqual([]);
  });

  test("is on disk, with its ledger entries, before anybody hears of it", async () => {
    const { commit, ledger } = await openNew();
    const heard: unknown[] = [];
    commit.onAnnounce((events) =>
      heard.push(
        events.map(({ id }) => id),
        ledger.size,
      ),
    );
    const stop = commit.onAnnounce(() => heard.push("stopped listener"));
    stop();
    const units = [1, 2, 3].map((number) =>
      commit.run((unit) => {
        unit.put(counters, [number], { n: number });
        note(unit, number);
        unit.announce({ topic: "n", id: String(number) });
        unit.afterCommit(() => void heard.push(`after ${number}`));
      }),
    );
    await Promise.all(units);
    expect(heard).toEqual(["after 1", "after 2", "after 3", ["1", "2", "3"], 3]);
    const entries = await Array.fromAsync(ledger.ofSubject(commit, "all"));
    expect(entries.map(({ detail }) => detail["number"])).toEqual([1, 2, 3]);
  });

  test("finishes with what must read first, inside itself", async () => {
    const { commit } = await openNew();
    await commit.run((unit) => {
      unit.beforeCommit(async () => {
        await add(unit, "a");
        unit.beforeCommit(async () => void (await add(unit, "a")));
      });
    });
    expect(await commit.get(counters, "a")).toEqual({ n: 2 });
    const failing = commit.run((unit) => {
      unit.put(counters, ["b"], { n: 1 });
      unit.beforeCommit(() => Promise.reject(new WardlineError("test/late", "No.")));
    });
    expect(await refusal(() => failing)).toBe("test/late");
    expect(await commit.has(counters, "b")).toBe(false);
  });

  test("cannot hold another one, nor be used after its end", async () => {
    const { commit } = await openNew();
    const inner = () => commit.run((unit) => add(unit, "a"));
    expect(await refusal(() => commit.run(inner))).toBe("commit/nested");
    const kept = await commit.run((unit) => unit);
    expect(await refusal(async () => kept.put(counters, ["a"], { n: 1 }))).toBe("commit/unit-over");
    await commit.run((unit) => unit.afterCommit(() => void inner()));
    await inner();
    expect(await commit.get(counters, "a")).toEqual({ n: 2 });
  });

  test("is told of, whatever a listener throws", async () => {
    const { commit, faults } = await openNew();
    const heard: string[] = [];
    commit.onAnnounce(() => {
      throw new Error("a listener's fault");
    });
    commit.onAnnounce((events) => heard.push(...events.map(({ id }) => id)));
    await commit.run((unit) => unit.announce({ topic: "a", id: "1" }));
    expect(heard).toEqual(["1"]);
    expect(faults).toHaveLength(1);
  });
});

describe("the write path", () => {
  test("stops for good when a batch cannot be written, and tells every unit that waits", async () => {
    const { commit, store, failures } = await openNew();
    await commit.run((unit) => add(unit, "a"));
    await store.close();
    const units = [1, 2].map(() => commit.run((unit) => unit.put(counters, ["b"], { n: 1 })));
    for (const unit of units) expect(await refusal(() => unit)).toBe("commit/stopped");
    expect(await refusal(() => commit.run(() => 1))).toBe("commit/stopped");
    expect(failures).toHaveLength(1);
  });

  test("finishes what was begun when it is closed, and takes nothing more", async () => {
    const { folder, commit, close } = await openNew();
    const units = Array.from({ length: 20 }, () => commit.run((unit) => add(unit, "a")));
    const closed = close();
    expect(await refusal(() => commit.run((unit) => add(unit, "a")))).toBe("commit/stopped");
    await closed;
    expect(await Promise.all(units)).toHaveLength(20);
    const again = await openAt(folder);
    expect(await again.commit.get(counters, "a")).toEqual({ n: 20 });
    await again.close();
  });
});
