import { createServer, type Server } from "node:http";
import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WardlineError } from "@wardline/protocol/encoding";
import { lookAt, type FetchForLook } from "../../../node/takedown/look.ts";
import { nextWatch, type Look, type Watch, type WatchEvent } from "../../../node/takedown/watch.ts";

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

const overHttp: FetchForLook = async (url, { signal }) => {
  const response = await fetch(url, { signal });
  return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
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
    expect(await lookAt({ url, sha256 }, overHttp, AbortSignal.timeout(5000))).toEqual({ result, why });
  });

  test("no connection is unavailable", async () => {
    const url = await siteThatAnswers(200, "");
    servers.splice(0).forEach((server) => server.close());
    expect(await lookAt({ url, sha256 }, overHttp, AbortSignal.timeout(5000))).toEqual({
      result: "unavailable",
      why: "no-answer",
    });
  });

  test("a guarded refusal keeps its code", async () => {
    const refuse = () => Promise.reject(new WardlineError("capture/timeout", "Too slow."));
    expect(await lookAt({ url: "http://h/", sha256 }, refuse, AbortSignal.timeout(5000))).toEqual({
      result: "unavailable",
      why: "capture/timeout",
    });
  });

  test("being stopped is nobody's removal", async () => {
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(lookAt({ url: "http://127.0.0.1:9/", sha256 }, overHttp, stopped)).rejects.toThrow(
      "stopped",
    );
  });
});
