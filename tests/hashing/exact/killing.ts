/** Kills a process that changes an index, and looks what is left. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { entryOf, expected, found, opened } from "./support.ts";
import { removedBy } from "./numbered.ts";

const child = fileURLToPath(new URL("children/changer.ts", import.meta.url));

/** Lets the child change on from entry `from` until `until` are acknowledged, and kills it. How many were. */
async function killedAt(folder: string, from: number, until: number): Promise<number> {
  const changer = spawn(process.execPath, [child, folder, String(from)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let acknowledged = from;
  for await (const line of createInterface({ input: changer.stdout })) {
    acknowledged = Number(line);
    if (acknowledged >= until) changer.kill("SIGKILL");
  }
  return acknowledged;
}

/** Several falls of one index, each somewhere in the next `stretch` entries. Nothing acknowledged may be lost or doubled. */
export async function fallAgainAndAgain(
  folder: string,
  { falls, stretch, random }: { falls: number; stretch: number; random: () => number },
): Promise<void> {
  let acknowledged = 0;
  for (let fall = 0; fall < falls; fall++) {
    const until = acknowledged + Math.ceil(random() * stretch);
    acknowledged = await killedAt(folder, acknowledged, until);
    await expectAll(folder, acknowledged);
  }
}

async function expectAll(folder: string, acknowledged: number): Promise<void> {
  const index = await opened(folder);
  const numbers = Array.from({ length: acknowledged }, (_, number) => number);
  const entries = numbers.map((number) => entryOf(number));
  const answers = await found(index, entries);
  const right = expected(entries);
  numbers.forEach((number) => {
    const remover = removedBy(number * 2) === number ? number * 2 : Infinity;
    if (remover < acknowledged) expect([number, answers[number]]).toEqual([number, []]);
    else if (remover === Infinity) expect([number, answers[number]]).toEqual([number, right[number]]);
  });
  await index.verify();
  await index.close();
}
