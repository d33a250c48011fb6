import { describe, expect, test } from "vitest";
import { WardlineError } from "@wardline/protocol/encoding";
import type { Unit } from "@wardline/node/commit";
import type { JobView, Jobs } from "@wardline/node/jobs";
import { codeOf } from "../../support/codes.ts";
import { manualClock } from "../../support/manual-clock.ts";
import { refusal } from "../store/support.ts";
import { newFolder } from "../commit/support.ts";
import { done, start, startOn, until, type Bench } from "./support.ts";

const count = async (unit: Unit, key: string) => {
  unit.put(done, [key], { times: ((await unit.get(done, key))?.times ?? 0) + 1 });
};
const times = async ({ commit }: Bench, key: string) => (await commit.get(done, key))?.times ?? 0;
const listed = ({ jobs, commit }: Bench): Promise<JobView[]> => Array.fromAsync(jobs.list(commit));
const schedule = ({ commit, jobs }: Bench, ...all: Parameters<Jobs["schedule"]>[1][]) =>
  commit.run((unit) => all.forEach((job) => jobs.schedule(unit, job)));

/** Counts each payload that it is given. */
const counting = (bench: Bench) =>
  bench.jobs.register<string>("count", (payload) => {
    bench.calls.push(payload);
    return Promise.resolve((unit) => count(unit, payload));
  });

/** Waits inside the handler until the test lets it go. */
function gate() {
  const waiting: { payload: string; signal: AbortSignal; release: () => void }[] = [];
  return {
    waiting,
    handler: async (payload: string, { signal }: { signal: AbortSignal }) => {
      await new Promise<void>((release, abort) => {
        waiting.push({ payload, signal, release });
        signal.addEventListener("abort", () => abort(new Error("aborted")));
      });
      return (unit: Unit) => count(unit, payload);
    },
  };
}

describe("a job", () => {
  test("is done when it is due, not before, and is gone then", async () => {
    const bench = await start(counting);
    await schedule(
      bench,
      { kind: "count", payload: "now" },
      { kind: "count", id: "l", at: bench.clock.now() + 60_000, payload: "later" },
    );
    await until(async () => (await times(bench, "now")) === 1);
    expect(await listed(bench)).toEqual([
      { kind: "count", id: "l", state: "waiting", at: bench.clock.now() + 60_000, failures: 0 },
    ]);
    bench.clock.advance(59_999);
    expect(bench.clock.next()).toBe(bench.clock.now() + 1);
    bench.clock.advance(1);
    await until(async () => (await times(bench, "later")) === 1);
    expect(await listed(bench)).toEqual([]);
    expect(bench.calls).toEqual(["now", "later"]);
  });

  test("of a unit that fails was never scheduled", async () => {
    const bench = await start(counting);
    const failing = bench.commit.run((unit) => {
      bench.jobs.schedule(unit, { kind: "count", payload: "never" });
      throw new WardlineError("test/refused", "No.");
    });
    expect(await refusal(() => failing)).toBe("test/refused");
    await schedule(bench, { kind: "count", payload: "ever" });
    await until(async () => (await times(bench, "ever")) === 1);
    expect(bench.calls).toEqual(["ever"]);
  });

  test("scheduled twice under one id is one, at the earlier time", async () => {
    const bench = await start(counting);
    const { clock } = bench;
    const due = clock.now() + 10_000;
    await schedule(bench, { kind: "count", id: "a", at: due + 5000, payload: "first" });
    await schedule(bench, { kind: "count", id: "a", at: due, payload: "second" });
    await schedule(bench, { kind: "count", id: "a", at: due + 9000, payload: "third" });
    expect((await listed(bench)).map(({ at }) => at)).toEqual([due]);
    clock.advance(10_000);
    await until(async () => (await times(bench, "first")) === 1);
    clock.advance(20_000);
    expect(await listed(bench)).toEqual([]);
    expect(bench.calls).toEqual(["first"]);
  });

  test("that is scheduled while it runs runs once more, with the new payload", async () => {
    const { handler, waiting } = gate();
    const bench = await start(({ jobs }) => jobs.register("gate", handler));
    await schedule(bench, { kind: "gate", id: "a", payload: "one" });
    await until(() => waiting.length === 1);
    await schedule(bench, { kind: "gate", id: "a", payload: "two" });
    waiting[0]?.release();
    await until(() => waiting.length === 2);
    expect([waiting[1]?.payload, await times(bench, "one")]).toEqual(["two", 1]);
    waiting[1]?.release();
    await until(async () => (await listed(bench)).length === 0);
    expect(await times(bench, "two")).toBe(1);
  });

  test("can be scheduled again by its own outcome", async () => {
    const bench = await start(({ jobs, calls, clock }) =>
      jobs.register<number>("chain", (step) => {
        calls.push(`step ${step}`);
        return Promise.resolve((unit) => {
          if (step < 3)
            jobs.schedule(unit, { kind: "chain", id: "c", at: clock.now() + 1000, payload: step + 1 });
        });
      }),
    );
    await schedule(bench, { kind: "chain", id: "c", payload: 1 });
    for (const next of [1, 2]) {
      await until(() => bench.clock.next() !== undefined);
      expect(bench.calls).toHaveLength(next);
      bench.clock.advance(1000);
    }
    await until(async () => (await listed(bench)).length === 0);
    expect(bench.calls).toEqual(["step 1", "step 2", "step 3"]);
  });

  test("that is cancelled is not done; running, it is aborted and has no outcome", async () => {
    const { handler, waiting } = gate();
    const bench = await start(({ jobs }) => jobs.register("gate", handler));
    const cancel = (id: string) => bench.commit.run((unit) => bench.jobs.cancel(unit, "gate", id));
    await schedule(bench, { kind: "gate", id: "later", at: bench.clock.now() + 1000, payload: "later" });
    await schedule(bench, { kind: "gate", id: "running", payload: "running" });
    await until(() => waiting.length === 1);
    await cancel("later");
    await cancel("running");
    expect(waiting[0]?.signal.aborted).toBe(true);
    waiting[0]?.release();
    bench.clock.advance(5000);
    await schedule(bench, { kind: "gate", id: "running", payload: "anew" });
    await until(() => waiting.length === 2);
    expect(waiting[1]?.payload).toBe("anew");
    waiting[1]?.release();
    await until(async () => (await listed(bench)).length === 0);
    expect([await times(bench, "running"), await times(bench, "later"), await times(bench, "anew")]).toEqual([
      0, 0, 1,
    ]);
    expect(bench.jobFaults).toEqual([]);
  });
});

describe("a job that fails", () => {
  test("is tried again after ever longer waits, and given up in the end, with its own last words", async () => {
    const bench = await start(({ jobs, calls }) =>
      jobs.register<string>(
        "fail",
        (payload, { attempt }) => {
          calls.push(`${payload} ${attempt}`);
          throw new WardlineError("test/down", "It is down.");
        },
        { gaveUp: (unit, payload) => count(unit, `gave up ${payload}`) },
      ),
    );
    await schedule(bench, { kind: "fail", id: "f", payload: "x" });
    for (const wait of [1000, 2000, 3000]) {
      await until(() => bench.clock.next() !== undefined);
      expect(bench.clock.next()).toBe(bench.clock.now() + wait);
      bench.clock.advance(wait);
    }
    await until(async () => (await times(bench, "gave up x")) === 1);
    expect(bench.calls).toEqual(["x 1", "x 2", "x 3", "x 4"]);
    const [view] = await listed(bench);
    expect(view).toMatchObject({ id: "f", state: "given-up", failures: 4, code: "test/down" });
    expect(bench.jobFaults.map(({ givenUp }) => givenUp)).toEqual([true]);
    await schedule(bench, { kind: "fail", id: "f", payload: "y" });
    await until(() => bench.calls.includes("y 1"));
  });

  test("in its outcome writes nothing of it, and is tried again", async () => {
    let broken = true;
    const bench = await start(({ jobs }) =>
      jobs.register<string>("half", (payload) =>
        Promise.resolve(async (unit) => {
          await count(unit, payload);
          if (broken) throw new TypeError("a fault of ours");
        }),
      ),
    );
    await schedule(bench, { kind: "half", payload: "x" });
    await until(() => bench.clock.next() !== undefined);
    expect(await times(bench, "x")).toBe(0);
    expect(bench.jobFaults.map(({ kind, error }) => [kind, (error as Error).name])).toEqual([
      ["half", "TypeError"],
    ]);
    broken = false;
    bench.clock.advance(1000);
    await until(async () => (await listed(bench)).length === 0);
    expect(await times(bench, "x")).toBe(1);
  });
});

describe("many jobs", () => {
  test("run a few at a time of each kind, and one kind does not hold up another", async () => {
    const { handler, waiting } = gate();
    const bench = await start((prepared) => {
      prepared.jobs.register("gate", handler, { together: 3 });
      counting(prepared);
    });
    await schedule(bench, ...Array.from({ length: 20 }, (_, at) => ({ kind: "gate", payload: `g${at}` })));
    await schedule(bench, ...Array.from({ length: 50 }, (_, at) => ({ kind: "count", payload: `c${at}` })));
    await until(() => bench.calls.length === 50);
    expect(waiting).toHaveLength(3);
    for (let released = 0; released < 20; released++) {
      await until(() => waiting.length > released);
      waiting[released]?.release();
    }
    await until(async () => (await listed(bench)).length === 0);
    expect(new Set(waiting.map(({ payload }) => payload)).size).toBe(20);
  });
});

describe("a restart", () => {
  test("does what was due, what ran and what comes due, once each", async () => {
    const folder = await newFolder();
    const clock = manualClock();
    const { handler, waiting } = gate();
    const first = await startOn(folder, clock, ({ jobs }) => jobs.register("gate", handler));
    await schedule(
      first,
      { kind: "gate", id: "ran", payload: "ran" },
      { kind: "gate", id: "later", at: clock.now() + 1000, payload: "later" },
    );
    await until(() => waiting.length === 1);
    await first.stop();
    expect(waiting[0]?.signal.aborted).toBe(true);
    clock.advance(5000);
    const second = await startOn(folder, clock, ({ jobs, calls }) =>
      jobs.register<string>("gate", (payload) => {
        calls.push(payload);
        return Promise.resolve((unit) => count(unit, payload));
      }),
    );
    await until(async () => (await listed(second)).length === 0);
    expect([await times(second, "ran"), await times(second, "later")]).toEqual([1, 1]);
    expect(second.calls).toEqual(["ran", "later"]);
  });

  test("keeps jobs of a kind that nobody does", async () => {
    const folder = await newFolder();
    const clock = manualClock();
    const first = await startOn(folder, clock, () => undefined);
    await schedule(first, { kind: "count", id: "a", payload: "a" });
    expect(codeOf(() => counting(first))).toBe("jobs/registered-wrongly");
    await first.stop();
    const second = await startOn(folder, clock, counting);
    await until(async () => (await times(second, "a")) === 1);
  });
});
