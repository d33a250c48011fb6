/** The story while nodes are killed: one seed, one play, the same outcome. */
import { expect } from "vitest";
import { withKills } from "./kills.ts";
import { play, startTestDemo } from "./support.ts";
import { expectOneNotice, expectTheStory, expectWholeFolders, lookEverywhere } from "./witness.ts";

/** @returns who fell, so that the caller can see that anybody did */
export async function playKilled(seed: string, most: number): Promise<string[]> {
  const demo = await startTestDemo();
  const { result, falls } = await withKills(demo.federation, { seed, most }, () => play(demo));
  const { outcome, steps } = result;
  const what = `seed ${seed}, fell: ${falls.join(", ")}`;
  try {
    expect(steps).toHaveLength(15);
    expectTheStory(await lookEverywhere(demo, outcome));
    expectOneNotice(demo, { fell: true });
    await demo.federation.stop();
    await expectWholeFolders(demo, outcome);
  } catch (error) {
    process.stderr.write(`${what}\n`);
    throw error;
  }
  return falls;
}
