import { describe, expect, test } from "vitest";
import { WardlineError } from "@wardline/protocol/encoding";
import { createHealth, createLog, systemClock } from "@wardline/node/telemetry";

function logged(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const lines: string[] = [];
  createLog("debug", { write: (line) => void lines.push(line) }).warn(fields, "a sentence");
  return JSON.parse(lines.join("")) as Record<string, unknown>;
}

describe("the log", () => {
  test("keeps ids, codes, counts and times", () => {
    const fields = {
      member: "0d".repeat(16),
      code: "roster/expired",
      protocol: "/wardline/hello/1",
      count: 3,
      ok: true,
      peer: "12D3KooWGRUp",
      version: "0.1.0",
      none: null,
    };
    expect(logged(fields)).toMatchObject({ ...fields, msg: "a sentence", level: 40 });
  });

  test("withholds what could tell of a person, a place or a picture", () => {
    const withheld = [
      "https://host.example/page",
      "host.example",
      "person@host.example",
      "Jane Doe",
      "192.0.2.1",
      "ab".repeat(32),
      "cd".repeat(20),
      "x".repeat(100),
      "C:\\files",
    ];
    for (const value of withheld) {
      expect(logged({ value, list: [value] })).toMatchObject({ value: "[withheld]", list: ["[withheld]"] });
    }
    expect(logged({ value: { url: "https://host.example" } })).toMatchObject({ value: "[withheld]" });
  });

  test("tells of an error what kind it is and where, not its words", () => {
    const fault = new TypeError("cannot read https://host.example/page");
    const ours = new WardlineError("capture/timeout", "host.example did not answer.", { cause: fault });
    const line = logged({ error: ours, other: fault });
    expect(line).toMatchObject({ error: { code: "capture/timeout", cause: { name: "TypeError" } } });
    expect(JSON.stringify(line)).not.toContain("host.example");
    expect(JSON.stringify(line)).toContain("log.test.ts");
  });
});

describe("health", () => {
  test("is that of the worst part, and remembers since when", () => {
    let now = 1;
    const health = createHealth(() => now);
    expect(health.read()).toEqual({ state: "working", parts: {} });
    health.report("ledger", "working");
    health.report("sandbox", "degraded", "decode/no-sandbox");
    now = 2;
    health.report("sandbox", "degraded", "decode/no-sandbox");
    const sandbox = { state: "degraded", code: "decode/no-sandbox", since: 1 };
    expect(health.read()).toEqual({
      state: "degraded",
      parts: { ledger: { state: "working", since: 1 }, sandbox },
    });
    health.report("sandbox", "working");
    expect(health.read().state).toBe("working");
  });
});

describe("the machine's clock", () => {
  test("calls once, and not when called off", async () => {
    const called: string[] = [];
    systemClock.after(1, () => called.push("off"))();
    await new Promise<void>((resolve) => {
      systemClock.after(2, () => {
        called.push("on");
        resolve();
      });
    });
    expect(called).toEqual(["on"]);
    systemClock.after(2 ** 40, () => called.push("far"))();
  });
});
