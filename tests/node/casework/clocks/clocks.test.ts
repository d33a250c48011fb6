import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clocks } from "../../../../node/casework/clocks/definitions.ts";
import { readClock, type Reading } from "../../../../node/casework/clocks/reading.ts";
import { figuresOf } from "../../../../node/casework/clocks/statistics.ts";
import type { clockStatisticView, reportClocksView } from "../../../../node/casework/index.ts";
import { startMember, startSite, type Site, type TestMember, type View } from "../../desks/support.ts";
import { cleanUp, found, hotlineB, until, type Place } from "../../federation/support.ts";

const HOUR = 3_600_000;
const clock = (id: string) => {
  const definition = clocks.find((one) => one.id === id);
  if (!definition) throw new Error(`No clock ${id}.`);
  return definition;
};

describe("a clock", () => {
  const received = 1_000 * HOUR;
  const gone = { received, firstOffline: received + 30 * HOUR, confirmedOffline: received + 31 * HOUR };
  const now = received + 100 * HOUR;

  test("counts from its own moment until the content was first seen offline", () => {
    const timestamps = { ...gone, leaTold: received + 4 * HOUR, noticeSent: received + 20 * HOUR };
    const hours = (id: string) => readClock(clock(id), { timestamps }, now).milliseconds / HOUR;
    expect([hours("from-receipt"), hours("from-notice"), hours("from-police")]).toEqual([30, 10, 26]);
  });

  test("that was not started, or is not confirmed, says so", () => {
    expect(readClock(clock("from-notice"), { timestamps: gone }, now).state).toBe("not-started");
    const unconfirmed = { received, firstOffline: received + 30 * HOUR };
    const reading = readClock(clock("from-receipt"), { timestamps: unconfirmed }, now);
    expect(reading).toEqual({ state: "running", milliseconds: 100 * HOUR, paused: 0 });
  });

  test("pauses under hold where it is defined to, and only for what lies within it", () => {
    const holds = [
      { from: received - 5 * HOUR, until: received + 2 * HOUR },
      { from: received + 10 * HOUR, until: received + 15 * HOUR },
      { from: received + 28 * HOUR },
    ];
    const report = { timestamps: gone, holds };
    expect(readClock(clock("from-receipt"), report, now).milliseconds).toBe(30 * HOUR);
    expect(readClock(clock("from-receipt-less-holds"), report, now)).toEqual({
      state: "stopped",
      milliseconds: 21 * HOUR,
      paused: 9 * HOUR,
    });
  });

  test("has a name and a sentence of its own", () => {
    for (const field of ["id", "name", "sentence"] as const)
      expect(new Set(clocks.map((one) => one[field])).size).toBe(clocks.length);
  });
});

describe("figures", () => {
  const stopped = (hours: number): Reading => ({ state: "stopped", milliseconds: hours * HOUR, paused: 0 });
  const running = (hours: number): Reading => ({ state: "running", milliseconds: hours * HOUR, paused: 0 });

  test("are by nearest rank", () => {
    const readings = [9, 1, 5, 3, 7, 2, 10, 4, 8, 6].map(stopped);
    expect(figuresOf("", readings)).toMatchObject({ median: 5 * HOUR, percentile90: 9 * HOUR, stopped: 10 });
    expect(figuresOf("", [])).toEqual({ group: "", stopped: 0, running: 0 });
  });

  test("count a clock that runs against a limit only once it has run past it", () => {
    const { within24h, within72h, within7d } = figuresOf("", [
      stopped(20),
      stopped(48),
      running(30),
      running(2),
    ]);
    expect([within24h, within72h, within7d]).toEqual([1 / 3, 1, 1]);
  });
});

describe("over reports", () => {
  let site: Site;
  let member: TestMember;
  beforeEach(async () => {
    site = await startSite();
    const { places } = await found([{ name: "Hotline A", country: "XA", kind: "hotline" }, hotlineB]);
    member = await startMember(places[0] as Place, { kind: "hotline", site, hostedIn: "XA" });
  });
  afterEach(async () => {
    await member.stop();
    await cleanUp();
    await site.stop();
  });

  test("each figure names its clock, and nothing of a report but country, provider and hotline", async () => {
    const viewer = await member.person("Viewer", "viewer");
    const triage = await member.person("Triage", "triage");
    const ids: string[] = [];
    for (const [index, country] of ["BB", "BB", "CC"].entries()) {
      const url = `${site.origin}/${index}.html`;
      const { id } = (await member.call(triage, "POST", "/reports", { url, source: "public" })) as {
        id: string;
      };
      ids.push(id);
      const stateOf = async () => (await member.casework.report(member.commit, id)).state;
      await until("the capture is over", async () => (await stateOf()) !== "capturing");
      await member.commit.run((unit) =>
        member.casework.change(unit, id, (now) => ({
          ...now,
          hosting: { host: "h", country, provider: `Provider ${country}`, source: "database", tracedAt: 0 },
          ...(index < 2 && {
            timestamps: {
              ...now.timestamps,
              firstOffline: now.timestamps.received + (index + 1) * 20 * HOUR,
              confirmedOffline: now.timestamps.received + (index + 1) * 20 * HOUR + 1,
            },
          }),
        })),
      );
    }
    const ask = async (query: string) =>
      (await member.call(viewer, "GET", `/statistics/clocks?${query}`)) as View<typeof clockStatisticView>;
    const byCountry = await ask("by=country");
    expect(byCountry.clock).toMatchObject({ id: "from-receipt", name: "From receipt to removal" });
    expect(byCountry.figures).toMatchObject([
      {
        group: "BB",
        stopped: 2,
        running: 0,
        median: 20 * HOUR,
        percentile90: 40 * HOUR,
        within24h: 0.5,
        within72h: 1,
      },
      { group: "CC", stopped: 0, running: 1 },
    ]);
    expect((await ask("clock=from-notice")).figures).toEqual([]);
    expect((await ask("from=99999999999999")).figures).toEqual([]);
    expect(JSON.stringify(byCountry)).not.toContain(site.origin);
    await expect(ask("clock=other")).rejects.toMatchObject({ code: "casework/no-such-clock" });
    const { clocks: shown } = (await member.call(viewer, "GET", `/reports/${ids[0]}/clocks`)) as View<
      typeof reportClocksView
    >;
    expect(shown).toHaveLength(clocks.length);
    expect(shown[0]).toMatchObject({ id: "from-receipt", state: "stopped", milliseconds: 20 * HOUR });
  });
});
