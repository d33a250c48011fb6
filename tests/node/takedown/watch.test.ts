import fc from "fast-check";
import { createServer, type Server } from "node:http";
import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WardlineError } from "@wardline/protocol/encoding";
import { guardedFetch } from "../../../node/capture/index.ts";
import { captureSettings } from "../../../node/configuration/settings/capture.ts";
import { lookAt, type Comparison, type FetchForLook, type SiteHeaders } from "../../../node/takedown/look.ts";
import {
  nextWatch,
  type Look,
  type Watch,
  type WatchEvent,
  type WatchStep,
} from "../../../node/takedown/watch.ts";

const rules = { missesUntilOffline: 3, missInterval: 10 };
const looks = { o: "online", m: "missing", u: "unavailable" } as const;

/** Plays looks like "omm" at the given times and returns the states and events. */
function play(
  letters: string,
  times: readonly number[],
): { states: string[]; events: (WatchEvent | undefined)[]; watch: Watch } {
  let watch: Watch = { state: "online", misses: 0 };
  const states: string[] = [];
  const events: (WatchEvent | undefined)[] = [];
  for (const [index, letter] of [...letters].entries()) {
    const look: Look = { result: looks[letter as keyof typeof looks], why: "" };
    const next = nextWatch(watch, look, times[index] ?? 0, rules);
    watch = next.watch;
    states.push(watch.state);
    events.push(next.event);
  }
  return { states, events, watch };
}

describe("from looks to a removal", () => {
  test("three misses some time apart", () => {
    const { states, events, watch } = play("ommm", [0, 100, 110, 120]);
    expect(states).toEqual(["online", "missing", "missing", "offline"]);
    expect(events).toEqual([undefined, "missed", "missed", "offline"]);
    expect(watch).toMatchObject({ misses: 3, firstMiss: 100, confirmed: 120 });
  });

  test("misses close together count as one", () => {
    expect(play("mmmmm", [100, 101, 102, 105, 109]).watch).toMatchObject({ state: "missing", misses: 1 });
  });

  test("an outage is not a removal, however long", () => {
    const { states, watch } = play("uuuuuu", [0, 100, 200, 300, 400, 500]);
    expect(states).toEqual(Array(6).fill("online"));
    expect(watch).toMatchObject({ misses: 0, unavailableSince: 0 });
  });

  test("an outage between misses neither counts nor resets", () => {
    expect(play("mumum", [0, 10, 20, 30, 40]).watch).toMatchObject({ state: "offline", misses: 3 });
  });

  test("found again in between begins anew", () => {
    const { states, events } = play("mmomm", [0, 10, 20, 30, 40]);
    expect(states).toEqual(["missing", "missing", "online", "missing", "missing"]);
    expect(events[2]).toBe("found");
  });

  test("back online after a removal is told", () => {
    const { states, events } = play("mmmo", [0, 10, 20, 30]);
    expect(states.at(-1)).toBe("online");
    expect(events.at(-1)).toBe("back-online");
  });

  test("any answer ends the silence", () => {
    expect(play("uo", [0, 10]).watch.unavailableSince).toBeUndefined();
    expect(play("um", [0, 10]).watch.unavailableSince).toBeUndefined();
  });
});

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function siteThatAnswers(status: number, body: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/picture.png`;
}

const overHttp: FetchForLook = async (url, { signal, into }) => {
  const response = await fetch(url, { signal });
  return { status: response.status, body: await into({}, response.body ?? new ReadableStream()) };
};

/** The guarded fetch, with limits for pages and pictures that what is looked at exceeds. */
function guardedBy(url: string): FetchForLook {
  const limits = { itemSize: "1KiB", pageSize: "1KiB" };
  const settings = captureSettings.parse({ allow: [new URL(url).host], limits });
  return (asked, options) => guardedFetch(asked, { ...options, settings });
}

const anyLook = fc.constantFrom(...("omu" as const));
const gaps = fc.array(fc.tuple(anyLook, fc.integer({ min: 0, max: 25 })), { maxLength: 60 });

/** Looks with the time between them, as letters and times. */
function timed(steps: readonly (readonly [string, number])[]) {
  let at = 0;
  const times = steps.map(([, gap]) => (at += gap));
  return { letters: steps.map(([letter]) => letter).join(""), times };
}

describe("whatever the order of looks", () => {
  test("without three misses no outage is a removal", () => {
    fc.assert(
      fc.property(gaps, (steps) => {
        const { letters, times } = timed(steps);
        const { states } = play(letters, times);
        const offline = states.indexOf("offline");
        if (offline < 0) return;
        const before = letters.slice(0, offline + 1);
        const since = before.lastIndexOf("o") + 1;
        const misses = [...before].flatMap((letter, index) =>
          letter === "m" && index >= since ? [times[index] ?? 0] : [],
        );
        expect(misses.length).toBeGreaterThanOrEqual(rules.missesUntilOffline);
        const span = (misses.at(-1) ?? 0) - (misses[0] ?? 0);
        expect(span).toBeGreaterThanOrEqual((rules.missesUntilOffline - 1) * rules.missInterval);
      }),
    );
  });

  test("silence changes neither state nor misses", () => {
    fc.assert(
      fc.property(gaps, (steps) => {
        const { letters, times } = timed(steps);
        const silent = timed(steps.map(([letter, gap]) => [letter, gap] as const));
        const kept = [...letters].map((letter, index) => ({ letter, at: silent.times[index] ?? 0 }));
        const answers = kept.filter(({ letter }) => letter !== "u");
        const without = play(
          answers.map(({ letter }) => letter).join(""),
          answers.map(({ at }) => at),
        );
        const { state, misses } = play(letters, times).watch;
        expect({ state, misses }).toEqual({ state: without.watch.state, misses: without.watch.misses });
      }),
    );
  });

  test("steps are only ever added, and looks counted", () => {
    fc.assert(
      fc.property(gaps, (steps) => {
        const { letters, times } = timed(steps);
        let before: WatchStep[] = [];
        for (let length = 1; length <= letters.length; length++) {
          const { watch } = play(letters.slice(0, length), times);
          const now = watch.steps ?? [];
          expect(now.slice(0, before.length)).toEqual(before);
          expect(watch).toMatchObject({ looks: length, since: times[0], lastLook: times[length - 1] });
          before = now;
        }
      }),
    );
  });
});

/** Nothing served here is a picture. */
const noPicture: Comparison = {
  ...{ hash: () => Promise.resolve(undefined), distance: 31, quality: 50 },
  ...{ largest: 100_000, largestPicture: 1000 },
};

describe("one look", () => {
  const sha256 = createHash("sha256").update("the picture").digest("hex");
  test.each([
    [200, "the picture", "online", "same-content"],
    [200, "a placeholder", "missing", "changed"],
    [404, "the picture", "missing", "status-404"],
    [410, "", "missing", "status-410"],
    [451, "", "missing", "status-451"],
    [403, "", "unavailable", "status-403"],
    [429, "", "unavailable", "status-429"],
    [500, "", "unavailable", "status-500"],
    [503, "", "unavailable", "status-503"],
  ])("%i with “%s” is %s", async (status, body, result, why) => {
    const url = await siteThatAnswers(status, body);
    expect(await lookAt({ url, sha256 }, overHttp, noPicture, AbortSignal.timeout(5000))).toEqual({
      result,
      why,
    });
  });

  test("no connection is unavailable", async () => {
    const url = await siteThatAnswers(200, "");
    servers.splice(0).forEach((server) => server.close());
    expect(await lookAt({ url, sha256 }, overHttp, noPicture, AbortSignal.timeout(5000))).toEqual({
      result: "unavailable",
      why: "no-answer",
    });
  });

  test("a guarded refusal keeps its code", async () => {
    const refuse = () => Promise.reject(new WardlineError("capture/timeout", "Too slow."));
    expect(await lookAt({ url: "http://h/", sha256 }, refuse, noPicture, AbortSignal.timeout(5000))).toEqual({
      result: "unavailable",
      why: "capture/timeout",
    });
  });

  test("being stopped is nobody's removal", async () => {
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(
      lookAt({ url: "http://127.0.0.1:9/", sha256 }, overHttp, noPicture, stopped),
    ).rejects.toThrow("stopped");
  });

  const known = { url: "", sha256, picture: { pdq: "0f".repeat(32), quality: 100 } };
  test.each([
    ["the same picture encoded anew", "0f".repeat(31) + "0e", 100, "online", "same-picture"],
    ["another picture", "f0".repeat(32), 100, "missing", "changed"],
    ["a flat placeholder", "0f".repeat(32), 12, "missing", "changed"],
  ])("other bytes with %s", async (_, pdq, quality, result, why) => {
    const url = await siteThatAnswers(200, "other bytes");
    const comparison: Comparison = { ...noPicture, hash: () => Promise.resolve({ pdq, quality }) };
    const looked = await lookAt({ ...known, url }, overHttp, comparison, AbortSignal.timeout(5000));
    expect(looked).toEqual({ result, why });
  });

  test.each([
    ["the video".repeat(10_000), "online", "same-content"],
    ["other pictures".repeat(5000), "missing", "changed"],
    ["more than a look reads".repeat(10_000), "unavailable", "capture/too-large"],
  ])("a file larger than any picture is compared by its digest", async (body, result, why) => {
    const url = await siteThatAnswers(200, body);
    const hash = () => Promise.reject(new Error("It is no picture."));
    const video = createHash("sha256").update("the video".repeat(10_000)).digest("hex");
    const target = { ...known, url, sha256: video };
    const looked = await lookAt(target, guardedBy(url), { ...noPicture, hash }, AbortSignal.timeout(5000));
    expect(looked).toEqual({ result, why });
  });

  test("what the reporter gave to get in is sent along", async () => {
    const server = createServer(({ headers }, response) =>
      response.writeHead(headers.authorization === "Basic eDp5" ? 200 : 401).end("the picture"),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/picture.png`;
    const look = (headers?: SiteHeaders) =>
      lookAt({ url, sha256 }, guardedBy(url), noPicture, AbortSignal.timeout(5000), headers);
    expect(await look()).toEqual({ result: "unavailable", why: "status-401" });
    const given = () => ({ authorization: "Basic eDp5" });
    expect(await look(given)).toEqual({ result: "online", why: "same-content" });
  });

  test("a sandbox that fails says nothing about the site", async () => {
    const url = await siteThatAnswers(200, "other bytes");
    const hash = () => Promise.reject(new WardlineError("decode/no-sandbox", "It does not work."));
    const looked = await lookAt(
      { ...known, url },
      overHttp,
      { ...noPicture, hash },
      AbortSignal.timeout(5000),
    );
    expect(looked).toEqual({ result: "unavailable", why: "decode/no-sandbox" });
  });
});
