/** What becomes of a member that breaks rules, by a clock that stands. */
import { expect, test } from "vitest";
import { createBucket } from "../../../node/federation/transport/bucket.ts";
import { createFairness } from "../../../node/federation/transport/fairness.ts";
import { createLog } from "../../../node/telemetry/index.ts";
import { manualClock } from "../../support/manual-clock.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const [a, b] = ["aa".repeat(16), "bb".repeat(16)] as const;

function watched() {
  const clock = manualClock();
  const settings = { breaches: 3, cutFirst: MINUTE, cutMost: 10 * MINUTE };
  const fairness = createFairness(settings, clock, createLog("silent"));
  const cut: string[] = [];
  fairness.onCut((member) => cut.push(member));
  const breakRules = (member: string, times: number) => {
    for (let index = 0; index < times; index++) fairness.broke(member, "malformed");
  };
  return { clock, fairness, cut, breakRules };
}

test("a few breaches are borne, more cut off that member alone", () => {
  const { fairness, cut, breakRules } = watched();
  breakRules(a, 3);
  expect(fairness.isCut(a)).toBe(false);
  breakRules(a, 1);
  expect(fairness.isCut(a)).toBe(true);
  expect(fairness.isCut(b)).toBe(false);
  breakRules(a, 50); // what its last connections still did
  expect(cut).toEqual([a]);
});

test("breaches in a long time are no flood", () => {
  const { clock, fairness, breakRules } = watched();
  for (let index = 0; index < 50; index++) {
    breakRules(a, 1);
    clock.advance(5 * MINUTE);
  }
  expect(fairness.isCut(a)).toBe(false);
});

test("each time is twice as long, up to the most; a quiet day wipes it out", () => {
  const { clock, fairness, breakRules } = watched();
  const timeCut = () => {
    breakRules(a, 4);
    const begun = clock.now();
    while (fairness.isCut(a)) clock.advance(1000);
    return (clock.now() - begun) / MINUTE;
  };
  expect([timeCut(), timeCut(), timeCut(), timeCut(), timeCut(), timeCut()]).toEqual([1, 2, 4, 8, 10, 10]);
  clock.advance(25 * HOUR);
  expect(timeCut()).toBe(1);
});

test("the operator sees one row for each member and limit: since when, how often, until when", () => {
  const { clock, fairness, breakRules } = watched();
  const begun = clock.now();
  for (let index = 0; index < 1000; index++) {
    fairness.slowed(a, "messages", 100);
    clock.advance(10);
  }
  fairness.slowed(b, "bytes", 50);
  breakRules(a, 4);
  const rows = fairness.incidents();
  expect(rows.map(({ member, what, state }) => [member, what, state])).toEqual([
    [a, "malformed", "cut"],
    [a, "messages", "slowed"],
    [b, "bytes", "slowed"],
  ]);
  expect(rows[1]).toMatchObject({ since: begun, times: 1000, until: begun + 9990 + 100 });
  expect(rows[0]?.until).toBe(clock.now() + MINUTE);
  expect(fairness.totals()).toEqual({
    messages: { slowed: 1000, broken: 0, cut: 0 },
    bytes: { slowed: 1, broken: 0, cut: 0 },
    malformed: { slowed: 0, broken: 4, cut: 1 },
  });
  clock.advance(25 * HOUR);
  expect(fairness.incidents()).toEqual([]);
});

test("a bucket takes what is there, counts debts, and takes back", () => {
  const clock = manualClock();
  const bucket = createBucket({ perSecond: 10, burst: 20 }, clock);
  expect(bucket.take(20)).toBe(0);
  expect(bucket.take(5)).toBe(500);
  bucket.giveBack(5);
  expect(bucket.take(5)).toBe(0);
  expect(bucket.spend(10)).toBe(1000);
  clock.advance(2000);
  expect(bucket.spend(10)).toBe(0);
  bucket.giveBack(1000);
  expect(bucket.take(20)).toBe(0);
  expect(bucket.take(1)).toBe(100);
});
