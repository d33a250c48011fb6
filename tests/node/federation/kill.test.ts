/** kill -9 of sender and receiver at any moment: nothing that was acknowledged is lost, nothing is done twice. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { seededRandom } from "../../support/seeded.ts";
import { applied } from "./counting.ts";
import { cleanUp, found, hotlineA, hotlineB, startNode, until, type Place } from "./support.ts";

const program = fileURLToPath(new URL("children/talker.ts", import.meta.url));
const running = new Set<ChildProcessWithoutNullStreams>();

afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  await cleanUp();
});

interface Talker {
  /** Statement ids that it confirmed, over all its lives. */
  readonly said: Set<string>;
  tell(line: string): void;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Statements without receipt, and statements applied. */
  counts(): Promise<{ waiting: number; applied: number }>;
  stop(): Promise<void>;
}

function talker(place: Place): Talker {
  const said = new Set<string>();
  let child: ChildProcessWithoutNullStreams;
  let answer: PromiseWithResolvers<string> | undefined;

  function start(): Promise<void> {
    const ready = Promise.withResolvers<void>();
    child = spawn(process.execPath, [program, JSON.stringify(place)]);
    running.add(child);
    let complaints = "";
    child.stderr.on("data", (data) => (complaints += data));
    child.stdin.on("error", () => undefined); // it was killed while being told something
    child.on("exit", (code) => {
      running.delete(child);
      ready.reject(new Error(`The node ended with ${code}: ${complaints}`));
      answer?.reject(new Error("The node ended."));
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "ready") ready.resolve();
      if (line.startsWith("said ")) said.add(line.slice(5));
      if (line.startsWith("waiting ")) answer?.resolve(line);
    });
    ready.promise.catch(() => undefined);
    return ready.promise;
  }

  const ended = (kill: () => void) =>
    new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      kill();
    });

  return {
    said,
    start,
    tell: (line) => void child.stdin.write(`${line}\n`),
    kill: () => ended(() => child.kill("SIGKILL")),
    stop: () => ended(() => child.stdin.write("stop\n")),
    async counts() {
      answer = Promise.withResolvers<string>();
      child.stdin.write("waiting\n");
      const [, waiting, count] = (await answer.promise).split(" ").map(Number);
      return { waiting: waiting ?? 0, applied: count ?? 0 };
    },
  };
}

test.each(["first", "second"])(
  "killed at random moments, both ways (%s seed)",
  async (seed) => {
    const { places } = await found([hotlineA, hotlineB]);
    const [placeA, placeB] = places as [Place, Place];
    const random = seededRandom(`kill ${seed}`);
    const [a, b] = [talker(placeA), talker(placeB)];
    await Promise.all([a.start(), b.start()]);
    for (let round = 0; round < 4; round++) {
      a.tell(`say ${placeB.memberId} 40`);
      b.tell(`say ${placeA.memberId} 40`);
      const [delay = 0, whom = 0] = random(2);
      await new Promise((resolve) => setTimeout(resolve, delay * 3));
      const victims = whom % 3 === 0 ? [a, b] : whom % 3 === 1 ? [a] : [b];
      await Promise.all(victims.map((victim) => victim.kill()));
      await Promise.all(victims.map((victim) => victim.start()));
    }
    await until(
      "everything is receipted",
      async () => {
        const counts = await Promise.all([a.counts(), b.counts()]);
        return counts.every(({ waiting }) => waiting === 0);
      },
      60_000,
    );
    await Promise.all([a.stop(), b.stop()]);
    for (const [sender, recipient] of [
      [a, placeB],
      [b, placeA],
    ] as const) {
      const node = await startNode(recipient);
      const effects = new Map<string, number>();
      for await (const { key, value } of node.commit.list(applied)) effects.set(String(key[0]), value.count);
      expect([...sender.said].filter((id) => !effects.has(id))).toEqual([]);
      expect([...effects.values()].filter((count) => count !== 1)).toEqual([]);
      expect(sender.said.size).toBeGreaterThan(0);
      await node.stop();
    }
  },
  120_000,
);
