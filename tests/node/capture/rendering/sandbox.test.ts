/** The walls around the browser, looked at from within by a program in its place. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { openProxy } from "../../../../node/capture/rendering/proxy.ts";
import { browserSandbox, inside } from "../../../../node/capture/rendering/sandbox.ts";
import { cannotRender, renderingSettings, startCanary } from "./support.ts";

const run = promisify(execFile);

/** Runs an expression in the sandbox, with Node where the browser would be; what it comes to. */
async function within(expression: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  const proxySocket = join(folder, "socket");
  const proxy = await openProxy(proxySocket, {
    settings: renderingSettings([]),
    resolve: async () => [],
    onBytes: () => undefined,
  });
  onTestFinished(async () => {
    await proxy.close();
    await rm(folder, { recursive: true });
  });
  const program = `import fs from "node:fs"; import net from "node:net"; import os from "node:os"; import dns from "node:dns/promises";
    const failure = (work) => Promise.resolve().then(work).then(() => "done", (error) => error.code ?? error.message);
    const reach = (options) => failure(() => new Promise((resolve, reject) => net.connect(options, resolve).on("error", reject)));
    console.log(JSON.stringify(await (async () => (${expression}))())); process.exit();`;
  const sandbox = browserSandbox({ proxySocket, browser: "/usr/lib/chromium/chromium", memory: 2 ** 30 }, [
    ...[inside.node, "--input-type=module", "-e", program],
  ]);
  const { stdout } = await run("bwrap", sandbox, { env: { ...process.env, SECRET: "of this machine" } });
  return JSON.parse(stdout);
}

describe.skipIf(cannotRender !== "")(`the browser's sandbox ${cannotRender}`, () => {
  test("has a network with nothing in it but itself, and one socket that leads to the proxy", async () => {
    const canary = await startCanary();
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const addresses = [...own.map(({ address }) => address), "192.0.2.1"];
    const { port } = canary;
    const found = await within(`{
      devices: Object.keys(os.networkInterfaces()),
      reached: await Promise.all(${JSON.stringify(addresses)}.map((host) => reach({ host, port: ${port} }))),
      looked: await failure(() => dns.lookup("name.example")),
      proxy: await reach({ path: "/run/proxy" }),
    }`);
    expect(found).toMatchObject({ devices: ["lo"], proxy: "done" });
    const { reached, looked } = found as { reached: string[]; looked: string };
    for (const outcome of reached)
      expect(["ECONNREFUSED", "ENETUNREACH", "EADDRNOTAVAIL", "EINVAL"]).toContain(outcome);
    expect(looked).toMatch(/^E(?:AI_AGAIN|NOTFOUND)$/);
    expect(canary.heard).toEqual([]);
  });

  test("shows no home, no settings, no other process, and takes no file that outlives it", async () => {
    const found = await within(`{
      top: fs.readdirSync("/").sort(),
      etc: fs.readdirSync("/etc").filter((name) => !["fonts", "ld.so.cache"].includes(name)),
      uid: process.getuid(),
      environment: Object.keys(process.env).sort(),
      processes: fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length,
      written: await Promise.all(["/x", "/usr/lib/x", "/app/x", "/dev/x", "/run/x"].map((path) => failure(() => fs.writeFileSync(path, "x")))),
      profile: await failure(() => fs.writeFileSync("/tmp/x", "x")),
    }`);
    expect(found).toMatchObject({ etc: [], uid: 65534, profile: "done" });
    const { top, environment, written, processes } = found as Record<string, string[]> & {
      processes: number;
    };
    expect(top).not.toContain("home");
    expect(top).not.toContain("root");
    expect(environment).toEqual(["HOME", "LANG", "PWD", "TMPDIR"]);
    for (const outcome of written ?? []) expect(["EROFS", "EACCES"]).toContain(outcome);
    expect(processes).toBeLessThanOrEqual(3); // bubblewrap's first one, and the one that looks
  });

  test("bounds the files in memory, and the memory of a process", async () => {
    const filled = within(
      `await failure(() => { for (let at = 0; ; at++) fs.appendFileSync("/tmp/x" + at, Buffer.alloc(16 * 2 ** 20)); })`,
    );
    expect(await filled).toBe("ENOSPC");
    const hog = within(`Array.from({ length: 200 }, () => Buffer.allocUnsafe(16 * 2 ** 20)).length`);
    await expect(hog).rejects.toThrow();
  });
});
