/** Two nodes in processes of their own, one of which gives the other a large item; either can be killed at any moment. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { seededRandom } from "../../support/seeded.ts";
import { found, hotlineA, policeB, until, type Place } from "./support.ts";

const MiB = 2 ** 20;
/** Ranges asked for ahead, of at most 1 MiB each: what an interruption may cost. */
const WINDOW = 4 * MiB;
const program = fileURLToPath(new URL("children/mover.ts", import.meta.url));
const running = new Set<ChildProcessWithoutNullStreams>();

/** For `afterEach`. */
export function killMovers(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** How far a transfer is; `arrived` holds the item's length. */
export interface Seen {
  readonly arrived?: number;
  readonly ended?: string;
  readonly state?: string;
  readonly received?: number;
}

export interface Mover {
  readonly place: Place;
  readonly pid: () => number;
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Tells the process a line, and gives what it answers with this first word. */
  ask(line: string, answer: string): Promise<string>;
}

export function mover(place: Place, settings?: Record<string, unknown>): Mover {
  let child: ChildProcessWithoutNullStreams;
  const answers = new Map<string, PromiseWithResolvers<string>>();

  function start(): Promise<void> {
    child = spawn(process.execPath, [program, JSON.stringify({ place, settings })]);
    running.add(child);
    let complaints = "";
    child.stderr.on("data", (data) => (complaints += data));
    child.stdin.on("error", () => undefined); // it was killed while being told something
    child.on("exit", (code) => {
      running.delete(child);
      for (const answer of answers.values())
        answer.reject(new Error(`The node ended with ${code}: ${complaints}`));
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [word = ""] = line.split(" ", 1);
      answers.get(word)?.resolve(line.slice(word.length + 1));
    });
    return answerWith("ready").then(() => undefined);
  }

  function answerWith(word: string): Promise<string> {
    const answer = Promise.withResolvers<string>();
    answers.set(word, answer);
    return answer.promise;
  }

  const ended = (end: () => void) =>
    new Promise<void>((resolve) => {
      answers.clear();
      child.once("exit", () => resolve());
      end();
    });

  return {
    place,
    pid: () => child.pid ?? 0,
    start,
    kill: () => ended(() => child.kill("SIGKILL")),
    stop: () => ended(() => child.stdin.write("stop\n")),
    ask(line, word) {
      const answer = answerWith(word);
      child.stdin.write(`${line}\n`);
      return answer;
    },
  };
}

export interface Moving {
  readonly holder: Mover;
  readonly taker: Mover;
  readonly sealedBytes: number;
  look(): Promise<Seen>;
}

/** Starts both nodes, and the transfer of an item of so many bytes; the holder gives at most `bandwidth`. */
export async function startMoving(size: number, bandwidth?: string): Promise<Moving> {
  const { places } = await found([hotlineA, policeB]);
  const [a, b] = places as [Place, Place];
  const vault = { itemLimit: "16GiB", reserve: "0B" };
  const holder = mover(a, { vault, ...(bandwidth && { federation: { material: { bandwidth } } }) });
  const taker = mover(b, { vault });
  await Promise.all([holder.start(), taker.start()]);
  const grant = await holder.ask(`grant ${b.memberId} ${size}`, "granted");
  await taker.ask(`begin ${a.memberId} ${grant}`, "begun");
  const { id, sealedBytes } = JSON.parse(grant) as { id: string; sealedBytes: number };
  const look = async () => JSON.parse(await taker.ask(`view ${id}`, "view")) as Seen;
  return { holder, taker, sealedBytes, look };
}

/** Kills one side or the other, so often, spread over the whole transfer; each is started again at once. */
export async function moveUnderKills(
  size: number,
  kills: number,
  seed: string,
  bandwidth?: string,
): Promise<void> {
  const { holder, taker, sealedBytes, look } = await startMoving(size, bandwidth);
  const random = seededRandom(`transfer ${seed}`);
  let furthest = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const [draw = 0, whom = 0] = random(2);
    const mark = ((kill - 1 + draw / 256) / kills) * sealedBytes * 0.95;
    const seen = await pastMark(look, mark);
    furthest = Math.max(furthest, seen);
    const victim = whom % 2 === 0 ? holder : taker;
    await victim.kill();
    await victim.start();
  }
  const long = 600_000;
  await until("the item has arrived", async () => (await look()).arrived === size, long);
  await Promise.all([holder.stop(), taker.stop()]);
  expect(furthest).toBeGreaterThan(sealedBytes / 2);
  await expectOneWindowTwice(holder.place, sealedBytes, kills);
}

async function pastMark(look: () => Promise<Seen>, mark: number): Promise<number> {
  let received = 0;
  await until(
    `${Math.round(mark / MiB)} MiB are here`,
    async () => {
      const seen = await look();
      expect(seen.ended).toBeUndefined();
      received = seen.arrived ?? (seen.state === "arriving" ? (seen.received ?? 0) : 0);
      return received > 0 && received >= mark;
    },
    600_000,
  );
  return received;
}

/** What the granting side gave, as it noted before giving it: nothing is missing, and nothing came twice beyond a window. */
async function expectOneWindowTwice({ folder }: Place, sealedBytes: number, kills: number): Promise<void> {
  const lines = (await readFile(join(folder, "given"), "utf8")).trim().split("\n");
  let end = 0;
  let given = 0;
  for (const [offset = 0, length = 0] of lines.map((line) => line.split(" ").map(Number))) {
    expect(offset).toBeLessThanOrEqual(end);
    expect(offset).toBeGreaterThanOrEqual(end - WINDOW);
    end = Math.max(end, offset + length);
    given += length;
  }
  expect(end).toBe(sealedBytes);
  expect(given - sealedBytes).toBeLessThanOrEqual(kills * WINDOW);
}
