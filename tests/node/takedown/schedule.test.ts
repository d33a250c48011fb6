import { describe, expect, test } from "vitest";
import { loadConfiguration } from "../../../node/configuration/index.ts";
import { createPace } from "../../../node/takedown/pace.ts";
import type { ReportWatch } from "../../../node/takedown/records.ts";
import { delayOf } from "../../../node/takedown/schedule.ts";
import type { Watch } from "../../../node/takedown/watch.ts";
import { manualClock } from "../../support/manual-clock.ts";
import { newId } from "../federation/support.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const { takedown: settings } = loadConfiguration({ dataFolder: "/nowhere" });

function watching(watch: Partial<Watch>, more: Partial<ReportWatch> = {}): ReportWatch {
  const url = "http://pictures.example/1.jpg";
  const state: Watch = { state: "online", misses: 0, since: 0, ...watch };
  return {
    report: newId(),
    hosting: { host: "pictures.example", source: "unknown", tracedAt: 0 },
    contact: "",
    targets: [{ report: "", item: "", url, sha256: "", watch: state }],
    rounds: 0,
    looksAfter: 0,
    ...more,
  } as ReportWatch;
}
const delay = (watch: Partial<Watch>, now: number, more = {}, isHeld = false) =>
  delayOf(settings, watching(watch, more), now, isHeld) ?? NaN;

describe("the time until the next look", () => {
  test("grows with the time watched, up to a week, and a notice makes it short again", () => {
    const spread = 1 + settings.rechecks.spread;
    for (const [age, least] of [
      [0, DAY],
      [20 * DAY, 2 * DAY],
      [400 * DAY, 7 * DAY],
    ] as const) {
      expect(delay({}, age)).toBeGreaterThanOrEqual(least);
      expect(delay({}, age)).toBeLessThanOrEqual(least * spread);
    }
    expect(delay({}, 400 * DAY, { lastNotice: 400 * DAY })).toBeLessThanOrEqual(DAY * spread);
    expect(delay({}, 400 * DAY, {}, true)).toBeLessThanOrEqual(6 * HOUR * spread);
  });

  test("is never so short that a miss would not count", () => {
    for (let looks = 0; looks < 100; looks++)
      expect(delay({ state: "missing", misses: 1, looks }, DAY)).toBeGreaterThanOrEqual(
        settings.missInterval,
      );
  });

  test("ends some looks after the removal", () => {
    const gone = { state: "offline" as const };
    expect(delay(gone, DAY)).toBeGreaterThanOrEqual(settings.afterInterval);
    expect(
      delayOf(settings, watching(gone, { looksAfter: settings.looksAfter }), DAY, false),
    ).toBeUndefined();
  });

  test("spreads 20,000 reports that were noticed together evenly over a fifth of the interval", () => {
    const slots = new Array<number>(10).fill(0);
    for (let report = 0; report < 20_000; report++) {
      const part = (delay({}, 0) / DAY - 1) / settings.rechecks.spread;
      const slot = Math.min(9, Math.floor(part * 10));
      slots[slot] = (slots[slot] ?? 0) + 1;
    }
    for (const count of slots) expect(Math.abs(count - 2_000)).toBeLessThan(300);
  });
});

describe("the pace", () => {
  test("gives 100,000 reports on one host a place each, and none of another host waits", () => {
    const pace = createPace(2_000, manualClock());
    const waits = Array.from({ length: 100_000 }, () => pace.reserve(["http://a.example/1.jpg"]));
    expect(waits).toEqual(waits.map((_, index) => index * 2_000));
    expect(pace.reserve(["http://b.example/1.jpg"])).toBe(0);
    expect(pace.reserve(["http://b.example/1.jpg", "http://b.example/2.jpg"])).toBe(2_000);
    expect(pace.reserve(["http://b.example/1.jpg"])).toBe(6_000);
  });

  test("keeps looks at one host apart, whoever wants to look", async () => {
    const clock = manualClock();
    const pace = createPace(2_000, clock);
    const done: string[] = [];
    const { signal } = new AbortController();
    const turns = ["a", "b", "c"].map((name) =>
      pace.turn("http://a.example/", signal).then(() => done.push(name)),
    );
    await turns[0];
    expect(done).toEqual(["a"]);
    clock.advance(2_000);
    await turns[1];
    expect(done).toEqual(["a", "b"]);
    clock.advance(2_000);
    await turns[2];
    expect(done).toEqual(["a", "b", "c"]);
  });

  test("who stops waiting hears why", async () => {
    const pace = createPace(2_000, manualClock());
    const stopping = new AbortController();
    await pace.turn("http://a.example/", stopping.signal);
    const waiting = pace.turn("http://a.example/", stopping.signal);
    stopping.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
  });
});
