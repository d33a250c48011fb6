/** A trial federation goes on after its first roster: real processes whose date is weeks later. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { wardline } from "./support.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "wardline-renew-"))));
afterAll(() => rm(folder, { recursive: true }));

const day = 86_400_000;
/** Moves the date of a process. */
const later = (days: number) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`Date.now=(n=>()=>n()+${days * day})(Date.now)`)}`,
});
const run = (args: string, days = 0, cwd = folder) => wardline(args.split(" "), { cwd, env: later(days) });
const sign =
  "roster sign --words-confirmed --key federation/keys/registrar-1.key federation/keys/registrar-2.key";
const keys = async () =>
  (await readdir(join(folder, "federation", "keys"))).filter((name) => name.startsWith("freshness"));

it("renews a roster with the same members, and replaces freshness keys past half their life", async () => {
  const created = await run("roster create");
  const federation = /Federation: ([0-9a-f]{64})/.exec(created.out)?.[1] ?? "";
  for (const [name, country] of [
    ["one", "SE"],
    ["two", "NO"],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "password"), "a long enough passphrase\n", { mode: 0o600 });
    const described = `--federation ${federation} --member-name ${name} --country ${country} --kind hotline`;
    await run(`init --admin ada --password-file password ${described}`, 0, join(folder, name));
  }
  await run("roster add one/candidate.json two/candidate.json");
  expect((await run(sign)).out).toContain("Roster version 1 is complete");

  expect((await run("roster renew", 30)).out).toContain("version 2: 2 member(s), 0 new freshness key(s)");
  expect((await run(sign, 30)).out).toContain("Roster version 2 is complete");
  expect((await run("roster renew", 80)).out).toContain("version 3: 2 member(s), 2 new freshness key(s)");
  expect((await run(sign, 80)).out).toContain("Roster version 3 is complete");
  expect(await keys()).toHaveLength(4);
  // The first keys have ended by now, and the first roster would have.
  expect(await run("roster publish-freshness", 120)).toMatchObject({ code: 0, err: "" });
  const { out } = await run("roster show", 120);
  expect(out).toContain("Roster: version 3");
  expect(out).toMatch(/NO {2}hotline {2}active {2}two/);
});
