/** Large material between two processes: 1 GiB while either side is killed ten times, and 5 GiB in constant memory. */
import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { killMovers, moveUnderKills, startMoving, type Mover } from "../node/federation/movers.ts";
import { cleanUp, until } from "../node/federation/support.ts";

const MiB = 2 ** 20;
const HOUR = 3_600_000;

afterEach(async () => {
  killMovers();
  await cleanUp();
});

test("1 GiB arrives although either side is killed ten times", { timeout: HOUR }, () =>
  moveUnderKills(1024 * MiB + 12_345, 10, "long", "64MiB"),
);

test("5 GiB arrive in constant memory on both sides", { timeout: HOUR }, async () => {
  const size = 5 * 1024 * MiB;
  const { holder, taker, look } = await startMoving(size);
  const samples: [number, number][] = [];
  await until(
    "the item has arrived",
    async () => {
      samples.push([residentOf(holder), residentOf(taker)]);
      await new Promise((resolve) => setTimeout(resolve, 250));
      return (await look()).arrived === size;
    },
    HOUR,
  );
  await Promise.all([holder.stop(), taker.stop()]);
  const [first, second] = [samples.slice(0, samples.length / 2), samples.slice(samples.length / 2)];
  for (const side of [0, 1] as const) {
    const most = (part: [number, number][]) => Math.max(...part.map((sample) => sample[side]));
    const told = `${["granting", "receiving"][side]} side: ${most(first)} MiB, then ${most(second)} MiB`;
    process.stderr.write(`${told}\n`);
    expect(most(second), told).toBeLessThan(most(first) + 64);
    expect(most(second), told).toBeLessThan(640);
  }
});

/** MiB of memory that a process has resident. */
function residentOf({ pid }: Mover): number {
  const status = readFileSync(`/proc/${pid()}/status`, "utf8");
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Infinity) / 1024);
}
