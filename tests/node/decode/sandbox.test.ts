/** What a program inside the sandbox can reach: it is run with the child's own command line, and tries. */
import { execFile, spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createDecoder } from "../../../node/decode/index.ts";
import { sandboxArguments } from "../../../node/decode/sandbox.ts";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { descendantsOf, isAlive, processesWith } from "../../support/processes.ts";
import { systemClock } from "../../../node/telemetry/index.ts";

const run = promisify(execFile);
const limits = { memory: 900 * 2 ** 20, processorSeconds: 20 };

/** Runs a script inside and returns what it printed as JSON. */
async function inside(script: string): Promise<unknown> {
  const { stdout } = await run("bwrap", sandboxArguments(limits, ["--eval", script]), {
    env: { ...process.env, SECRET: "environment" },
  });
  return JSON.parse(stdout);
}

const attempts = `
  const fs = require("node:fs");
  const outcome = (act) => { try { const r = act(); return r === undefined ? "done" : r } catch (e) { return e.code ?? e.name } };
  const print = (value) => process.stdout.write(JSON.stringify(value));
`;

describe("inside the sandbox", () => {
  test("there is no network: not even a server on this machine answers", async () => {
    const server = createServer((socket) => socket.end("reached"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const found = await inside(`${attempts}
      const socket = require("node:net").connect(${port}, "127.0.0.1");
      socket.on("data", (d) => print(String(d))).on("error", (e) => print({ code: e.code, interfaces: Object.keys(outcome(() => require("node:os").networkInterfaces())) }));
    `);
    server.close();
    expect(found).toMatchObject({ code: "ECONNREFUSED" });
    expect((found as { interfaces: string[] }).interfaces.filter((name) => name !== "lo")).toEqual([]);
  });

  test("there are no files but the runtime, nothing can be written, and no secret came along", async () => {
    const found = await inside(`${attempts} print({
      root: fs.readdirSync("/").sort(),
      devices: fs.readdirSync("/dev").sort(),
      passwords: outcome(() => fs.readFileSync("/etc/passwd", "utf8")),
      processes: outcome(() => fs.readdirSync("/proc")),
      room: outcome(() => fs.readdirSync("/app/node")),
      written: ["/x", "/app/x", "/app/node/decode/x", "/dev/x", "/tmp/x", "/usr/lib/x"].map((path) => outcome(() => fs.writeFileSync(path, "x"))),
      environment: Object.keys(process.env).sort(),
      user: process.getuid(),
    })`);
    expect(found).toMatchObject({
      devices: ["null", "urandom"],
      passwords: "ENOENT",
      processes: "ENOENT",
      room: ["decode", "package.json"],
      user: 65534,
    });
    const { root, written, environment } = found as Record<"root" | "written" | "environment", string[]>;
    for (const outcome of written) expect(["EROFS", "ENOENT", "EACCES"]).toContain(outcome);
    for (const name of root) expect(["app", "dev", "lib", "lib32", "lib64", "usr"]).toContain(name);
    for (const name of environment)
      expect(name).toMatch(/^(MALLOC_[A-Z_]+|PWD|UV_THREADPOOL_SIZE|VIPS_DISC_THRESHOLD)$/);
  });

  test("the hashing kernels run: WebAssembly with SIMD, under the memory limits", async () => {
    const found = await inside(`${attempts}
      import("@wardline/hashing/kernels").then(({ kernelModule }) =>
        print(Object.keys(new WebAssembly.Instance(kernelModule("pdq")).exports)));
    `);
    expect(found).toContain("addRows");
  });

  test("memory ends where the limit says", async () => {
    const greedy = sandboxArguments(limits, [
      "--eval",
      "const all = []; for (;;) all.push(Buffer.alloc(2 ** 24, 1));",
    ]);
    await expect(run("bwrap", greedy)).rejects.toThrow();
  });

  test("processes and open files end where the limits say", async () => {
    const found = await inside(`${attempts}
      const codes = [];
      const files = [];
      const opened = outcome(() => { for (;;) files.push(fs.openSync("/dev/null", "r")) });
      for (const file of files.splice(0)) fs.closeSync(file);
      const { Worker } = require("node:worker_threads");
      let open = 0, tries = 80;
      const done = () => { if (--tries === 0) { print({ opened, threads: open }); process.exit(); } };
      for (let i = 0; i < 80; i++) try { new Worker("setInterval(() => 0, 1e6)", { eval: true }).on("online", () => { open++; done() }).on("error", done) } catch { done() }
    `).catch(() => ({ opened: "EMFILE", threads: "killed" }));
    expect(found).toMatchObject({ opened: "EMFILE" });
    expect((found as { threads: unknown }).threads).not.toBe(80);
  });

  test("the child does not outlive the process that started it", async () => {
    const program = ["--eval", "process.stdout.write('up'); setInterval(() => 0, 1e6)"];
    const starter = spawn(process.execPath, [
      "--eval",
      `const { spawn } = require("node:child_process");
       const child = spawn("bwrap", ${JSON.stringify(sandboxArguments(limits, program))});
       child.stdout.once("data", () => process.stdout.write(String(child.pid)));`,
    ]);
    const outer = await new Promise<number>((resolve) =>
      starter.stdout.once("data", (text) => resolve(Number(text))),
    );
    const family = [outer, ...descendantsOf(outer)];
    expect(family.length).toBeGreaterThan(1);
    starter.kill("SIGKILL");
    await expect.poll(() => family.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });
});

test("children that are given up while they start leave nothing behind", async () => {
  const memory = 1_234_567_168; // tells these sandboxes from those of other tests
  for (let round = 0; round < 12; round++) {
    const decoder = createDecoder({ ...decodeSettings.parse({}), memory }, systemClock);
    const outcome = expect(decoder.check()).rejects.toThrow(
      expect.objectContaining({ code: "decode/closed" }),
    );
    await sleep(round * 2);
    await decoder.close();
    await outcome;
  }
  await expect.poll(() => processesWith(`--data=${memory}`), { timeout: 20_000 }).toEqual([]);
});

describe("at start", () => {
  test("the check passes where the sandbox works", async () => {
    const decoder = createDecoder(decodeSettings.parse({}), systemClock);
    await expect(decoder.check()).resolves.toBeUndefined();
    await decoder.close();
  });

  test.each(["/nowhere/bwrap", "/bin/false"])(
    "without a sandbox (%s) nothing is decoded, and the advice says what to install",
    async (bubblewrap) => {
      const decoder = createDecoder(decodeSettings.parse({ bubblewrap }), systemClock);
      const refused = expect.objectContaining({
        code: "decode/no-sandbox",
        advice: expect.stringContaining("apt install bubblewrap"),
      });
      await expect(decoder.check()).rejects.toThrow(refused);
      await expect(decoder.decode(new Uint8Array(10))).rejects.toThrow(refused);
      await decoder.close();
    },
  );
});
