import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { isWardlineError } from "@wardline/protocol/encoding";
import { describeSettings, loadConfiguration } from "@wardline/node/configuration";
import { codeOf, errorOf } from "../../support/codes.ts";

const examples = fileURLToPath(new URL("../../../config/examples/", import.meta.url));

/** A settings file in a folder of its own. */
function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "wardline-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "node.yaml"), text);
  return join(folder, "node.yaml");
}

interface Problem {
  kind: string;
  path: string;
  message: string;
  advice: string;
}
/** What is said about settings that are refused. */
function refused(settings: Record<string, unknown> | string): {
  code: string;
  message: string;
  problems: Problem[];
} {
  const error = errorOf(() => loadConfiguration(settings));
  if (!isWardlineError(error)) throw error;
  return {
    code: error.code,
    message: error.message,
    problems: (error.details["problems"] ?? []) as Problem[],
  };
}

describe("settings", () => {
  test("are whole without a single one given, and durations and sizes are numbers", () => {
    const { takedown, decode, listen, scheme, profile } = loadConfiguration({});
    expect(takedown.groupingWindow).toBe(3_600_000);
    expect(decode.largestFile).toBe(64 * 2 ** 20);
    expect([listen.http.host, scheme, profile]).toEqual(["127.0.0.1", "http", undefined]);
  });

  test("from a file have paths relative to it", () => {
    const path = file("dataFolder: data\nkeyFile: ../keys/node.key\ntakedown:\n  groupingWindow: 90m\n");
    const configuration = loadConfiguration(path);
    expect(configuration.dataFolder).toBe(join(path, "..", "data"));
    expect(configuration.keyFile).toBe(join(path, "..", "..", "keys", "node.key"));
    expect(configuration.takedown.groupingWindow).toBe(5_400_000);
  });

  test("of an empty file are the defaults", () => {
    expect(loadConfiguration(file("# nothing yet\n")).log).toBe("info");
  });

  test("of the fast profile are short, except where the file says otherwise", () => {
    const { takedown, profile, jobs } = loadConfiguration({
      profile: "fast",
      takedown: { missInterval: "7s" },
    });
    expect([profile, takedown.groupingWindow, takedown.missInterval]).toEqual(["fast", 2000, 7000]);
    expect(jobs.attempts).toBe(loadConfiguration({}).jobs.attempts);
  });

  test("of the shipped example are good", () => {
    const { scheme, takedown } = loadConfiguration(join(examples, "hotline.yaml"));
    expect([scheme, takedown.smtp.passwordFile]).toEqual(["https", "/etc/wardline/mail-password"]);
  });

  test("are all described, each with its reason, and each default is one that is accepted", () => {
    const described = describeSettings();
    expect(described.filter(({ reason }) => reason.length < 10)).toEqual([]);
    expect(new Set(described.map(({ path }) => path)).size).toBe(described.length);
    const given: Record<string, unknown> = {};
    for (const { path, standard } of described.filter((one) => !one.path.includes("[]"))) {
      if (standard !== undefined) put(given, path.split("."), JSON.parse(standard));
    }
    expect(loadConfiguration(given)).toEqual(loadConfiguration({}));
  });

  function put(section: Record<string, unknown>, [name = "", ...rest]: string[], value: unknown): void {
    if (rest.length === 0) section[name] = value;
    else put((section[name] ??= {}) as Record<string, unknown>, rest, value);
  }
});

describe("settings are refused", () => {
  test("when there is no file, or it is not YAML", () => {
    expect(codeOf(() => loadConfiguration("/nowhere/node.yaml"))).toBe("configuration/not-found");
    for (const text of ["a: [1", "log: info\nlog: warn\n", "\tlog: info"]) {
      expect(codeOf(() => loadConfiguration(file(text)))).toBe("configuration/not-yaml");
    }
  });

  test("when one is not known, with the one that was meant", () => {
    const near = refused({ takedown: { groupingwindow: "1h" }, lsten: {} });
    expect(near.code).toBe("configuration/unknown-setting");
    expect(near.problems.map(({ path, advice }) => [path, advice])).toEqual([
      ["takedown.groupingwindow", "Did you mean groupingWindow?"],
      ["lsten", "Did you mean listen?"],
    ]);
    expect(refused({ recheckInterval: "1h" }).problems[0]?.advice).toContain("takedown.recheckInterval");
    expect(refused({ zzzzzzzz: 1 }).problems[0]?.advice).toContain("dataFolder, keyFile");
  });

  test("when one is of the wrong kind, with what it is for and its default", () => {
    const { code, message, problems } = refused({ takedown: { groupingWindow: 5, mostTargets: "many" } });
    expect(code).toBe("configuration/wrong-value");
    expect(problems.map(({ path }) => path).sort()).toEqual([
      "takedown.groupingWindow",
      "takedown.mostTargets",
    ]);
    expect(message).toMatch(/takedown\.groupingWindow: expected a duration such as .* Default: "1h"/);
    expect(refused({ takedown: { groupingWindow: "5 parsecs" } }).message).toContain("expected a duration");
    expect(refused({ decode: { largestFile: "10MB" } }).message).toContain("expected a size");
    expect(refused({ listen: { p2p: ["somewhere"] } }).problems[0]?.path).toBe("listen.p2p.0");
    expect(refused(file("just words")).code).toBe("configuration/wrong-value");
  });

  test("when they are impossible together", () => {
    const impossible = [
      [{ keyFile: "/k", credential: "c" }, "credential"],
      [{ dataFolder: "/d", keyFile: "/d/keys/k" }, "keyFile"],
      [{ dataFolder: "/d", keyFile: "/d" }, "keyFile"],
      [{ jobs: { retryFirst: "2h" } }, "jobs.retryFirst"],
      [{ federation: { intervals: { dialFirst: "1h" } } }, "federation.intervals.dialFirst"],
      [{ takedown: { smtp: { signIn: "notices" } } }, "takedown.smtp"],
      [{ takedown: { smtp: { host: "mail.example" } } }, "takedown.smtp.requireTls"],
      [{ takedown: { smtp: { host: "127.mail.example" } } }, "takedown.smtp.requireTls"],
      [{ listen: { http: { host: "0.0.0.0" } } }, "listen.http.tls"],
    ] as const;
    for (const [settings, path] of impossible) {
      const { code, problems } = refused(settings);
      expect([path, code, problems[0]?.path]).toEqual([path, "configuration/impossible-combination", path]);
    }
    expect(loadConfiguration({ dataFolder: "/d", keyFile: "/dkeys/k" }).keyFile).toBe("/dkeys/k");
    for (const smtp of [
      { host: "127.0.0.2" },
      { host: "localhost" },
      { host: "mail.example", requireTls: true },
      { host: "mail.example", secure: true },
    ])
      expect(loadConfiguration({ takedown: { smtp } }).takedown.smtp).toMatchObject(smtp);
  });

  test("when a secret stands in them, without saying it again", () => {
    const secrets = [
      { passphrase: "correct horse" },
      { takedown: { smtp: { password: "hunter2-hunter2" } } },
      { listen: { http: { tls: { certificate: "c", key: "-----BEGIN PRIVATE KEY-----" } } } },
      { keyFile: "ab".repeat(32) },
      { federation: { introductions: ["wardline-key-1 00"] } },
    ];
    for (const settings of secrets) {
      const { code, message } = refused(settings);
      expect(code).toBe("configuration/secret-in-file");
      expect(message).not.toMatch(/horse|hunter2|PRIVATE|abab/);
    }
  });
});
