/** The model in simulated time says of a small federation what real nodes do. Compared in units that no machine's speed changes. */
import { beforeAll, describe, expect, test } from "vitest";
import {
  blockBytes,
  catchUp,
  createWorld,
  pushBytes,
  report,
  spreadBlock,
} from "../../simulations/model/index.ts";
import { spread, type Spread } from "../../simulations/real/index.ts";

/** Of times in injected latency and of bytes; counts are exact. */
const tolerance = 0.1;

describe("six nodes and the model of them", () => {
  let real: Spread;
  beforeAll(async () => {
    real = await spread({ members: 6, adverts: 6, missed: 12, seed: "model", progress: () => undefined });
  }, 600_000);
  const world = () =>
    createWorld({
      members: 6,
      seed: "model",
      bandwidth: 1e12,
      latency: (from, to) => real.latencies[from]?.[to] ?? 0,
    });
  const near = (ours: number, theirs: number) => expect(Math.abs(ours / theirs - 1)).toBeLessThan(tolerance);

  test("adverts arrive after the same time, member by member and everywhere", () => {
    expect(real.arrivals).toHaveLength(6 * 5);
    const modelled = real.arrivals.map(
      ({ author, member }) => spreadBlock(world(), author, 0, 660)[member] ?? 0,
    );
    const ours = real.arrivals.map(({ injected }) => injected).toSorted((a, b) => a - b);
    for (const [index, theirs] of modelled.toSorted((a, b) => a - b).entries())
      near(ours[index] ?? 0, theirs);
    near(Math.max(...real.everywhere), Math.max(...modelled));
  });

  test("an advert costs the same bytes", () => near(real.bytesPerPush, pushBytes(blockBytes(1))));

  test("a member that was cut off asks as often and gets as many bytes", () => {
    const missed = Array.from({ length: 3 }, () => Array.from({ length: 4 }, () => blockBytes(1)));
    const modelled = catchUp(world(), 0, missed);
    expect(real.catchUp).toMatchObject({ feeds: 3, blocks: 12 });
    // A member whose hello comes while the last answer is on its way may be asked once more, in vain.
    expect(real.catchUp.questions).toBeGreaterThanOrEqual(modelled.questions);
    expect(real.catchUp.questions).toBeLessThanOrEqual(modelled.questions + 3);
    near(real.catchUp.bytes, modelled.bytes);
  });
});

test("the same seed gives the same figures, another seed others", () => {
  const of = (seed: string) => report({ members: 30, recordsPerDay: 10, seed });
  expect(of("a")).toEqual(of("a"));
  expect(of("b").spreading).not.toEqual(of("a").spreading);
});

test("everybody gets an advert in the end: with members away, with one in ten lying, beyond what one node can connect", () => {
  const away = { share: 0.1, lasts: 3_600_000 };
  for (const how of ["withhold", "stall", "wrong"] as const)
    for (const members of [20, 400]) {
      const world = createWorld({ members, seed: "end", away, lying: { share: 0.1, how } });
      const honest = Array.from({ length: members }, (_, one) => one).filter((one) => !world.lie(one));
      const author = honest.find((one) => world.isUp(one, 0)) ?? 0;
      const has = spreadBlock(world, author, 0, 660);
      expect(honest.filter((one) => !Number.isFinite(has[one]))).toEqual([]);
    }
});

test("members that are late because the line is full are not asked for the same again", () => {
  const missed = Array.from({ length: 99 }, () => Array.from({ length: 140 }, () => 2000));
  const { bytes, questions } = catchUp(
    createWorld({ members: 100, seed: "4", bandwidth: 500_000 }),
    0,
    missed,
  );
  // 140 blocks are three answers and an empty one.
  expect(questions).toBe(4 * 99);
  expect(bytes).toBeLessThan(1.1 * 99 * 140 * 2000);
});

test("a hello names what is new: a day's heads grow with what is published, and are no more than blocks on links", () => {
  const heads = (recordsPerDay: number) => report({ members: 20, recordsPerDay, seed: "5" }).traffic.heads;
  const [few, many] = [heads(50), heads(500)];
  expect(many / few).toBeGreaterThan(8);
  // 20 members, 100 blocks a day each, 19 connections; a head and the packet that it lengthens.
  expect(many).toBeLessThan(20 * 100 * 19 * 150);
});

test("a liar who does not answer delays a return, and does not prevent it", () => {
  const missed = Array.from({ length: 19 }, () => Array.from({ length: 100 }, () => 700));
  const after = (how?: "stall" | "wrong") =>
    catchUp(createWorld({ members: 20, seed: "3", ...(how && { lying: { share: 0.3, how } }) }), 0, missed);
  expect(after("stall").time).toBeGreaterThan(after().time);
  // Each of them has one turn, until the next hello of another member.
  expect(after("stall").time - after().time).toBeLessThan(0.3 * 20 * 30_000);
  expect(after("wrong").bytes).toBe(after().bytes);
  expect(after("stall").bytes).toBe(after().bytes);
});
