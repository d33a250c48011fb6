/** `npm run demo -- --once` as people run it: the command's own process, its output and its exit code. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { picture } from "../support/pictures.ts";
import { runProgram } from "../support/programs.ts";
import { temporaryFolder, testTime } from "./support.ts";

const demo = (...args: string[]) => runProgram("node/cli/wardline.ts", ["demo", "--once", ...args]);

/** The numbers of the steps that were told. */
const steps = (out: string) => [...out.matchAll(/^ *(\d+)\. \S/gmu)].map(([, number]) => Number(number));
const allSteps = Array.from({ length: 15 }, (_, index) => index + 1);

test(
  "tells every step and ends well",
  async () => {
    const { code, out, err } = await demo("--folder", join(await temporaryFolder(), "demo"));
    expect(err).toBe("");
    expect(steps(out)).toEqual(allSteps);
    expect(out).toContain("fast profile: seconds instead of hours and days");
    expect(out).toContain("Every step was observed");
    expect(code).toBe(0);
  },
  testTime,
);

test(
  "serves a folder of somebody's own pictures instead",
  async () => {
    const folder = await temporaryFolder();
    const site = join(folder, "my site");
    await mkdir(join(site, "holiday"), { recursive: true });
    for (const [seed, name] of ["a.jpg", "b with space.jpg", "holiday/c.jpg", "holiday/d.jpg"].entries())
      await writeFile(join(site, name), await picture(40 + seed));
    const { code, out, err } = await demo("--folder", join(folder, "demo"), "--site", site);
    expect(err).toBe("");
    expect(steps(out)).toEqual(allSteps);
    expect(out).toContain("4 pictures");
    expect(code).toBe(0);
  },
  testTime,
);

test.each([
  { pictures: 0, code: "demo/no-pictures" },
  { pictures: 1, code: "demo/one-picture" },
])("a folder with $pictures pictures is refused with what to do", async ({ pictures, code }) => {
  const folder = await temporaryFolder();
  const site = join(folder, "site");
  await mkdir(site);
  await writeFile(join(site, "read me.txt"), "No picture.");
  // Twice the same file is one picture.
  for (const name of pictures > 0 ? ["one.png", "again.png"] : [])
    await writeFile(join(site, name), await picture(1, { format: "png" }));
  const ended = await demo("--folder", join(folder, "demo"), "--site", site);
  expect(ended.err).toMatch(new RegExp(`^wardline: ${code}: .+\\n$`, "u"));
  expect(ended.code).toBe(1);
});
