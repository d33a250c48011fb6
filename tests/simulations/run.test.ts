/** The simulation as people run it, with a small federation. */
import { expect, test } from "vitest";
import { runProgram } from "../support/programs.ts";

const simulate = (...args: string[]) => runProgram("simulations/run.ts", args);

test("a federation of six, with members away meanwhile, loses and doubles nothing", async () => {
  const { code, out, err } = await simulate(..."--members 6 --statements 60 --absences 2".split(" "));
  expect(out, err).toContain("Said 60, delivered 60, receipted 60, doubled 0;");
  expect(out.match(/was away meanwhile and is back/gu)).toHaveLength(2);
  expect(code).toBe(0);
}, 600_000);

test("explains itself, and refuses a wrong call", async () => {
  const help = await simulate("--help");
  expect(help).toMatchObject({ code: 0, err: "" });
  for (const option of ["--members", "--statements", "--absences", "--seed", "Example:"])
    expect(help.out).toContain(option);
  for (const wrong of [
    ["--members", "1"],
    ["--statements", "many"],
    ["--nodes", "3"],
    ["sorcery"],
    ["faults", "--times", "0"],
  ]) {
    const { code, err } = await simulate(...wrong);
    expect(code).toBe(2);
    expect(err).toContain("Usage: npm run simulate");
  }
}, 120_000);
