/** A folder of generated pictures, and the commands run in it. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp, { type Sharp } from "sharp";
import { picture } from "../../../support/pictures.ts";
import { seededRandom } from "../../../support/seeded.ts";
import { wardline, type Run, type RunOptions } from "../support.ts";

export interface Scratch {
  readonly folder: string;
  path(name: string): string;
  put(name: string, contents: string | Uint8Array): Promise<void>;
  run(args: readonly string[], options?: Partial<RunOptions>): Promise<Run>;
  remove(): Promise<void>;
}

export async function createScratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-hashing-"));
  return {
    folder,
    path: (name) => join(folder, name),
    async put(name, contents) {
      await mkdir(join(folder, name, ".."), { recursive: true });
      await writeFile(join(folder, name), contents);
    },
    run: (args, options = {}) => wardline(args, { cwd: folder, ...options }),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Pictures that look different to PDQ, as files named after their seed. */
export async function putPictures(scratch: Scratch, seeds: readonly number[], folder = "."): Promise<void> {
  for (const seed of seeds) await scratch.put(`${folder}/${seed}.jpg`, await picture(seed));
}

export const jsonLines = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

export const digest = (algorithm: string, bytes: Uint8Array) =>
  createHash(algorithm).update(bytes).digest("hex");

/** Runs a command on a terminal of its own (by util-linux's script); returns all that the terminal was sent. */
export async function wardlineOnTerminal(args: readonly string[], cwd: string): Promise<string> {
  const program = fileURLToPath(new URL("../../../../node/cli/wardline.ts", import.meta.url));
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  await once(child, "close");
  return out;
}

/** A smooth pattern: unlike `picture`, it keeps its PDQ hash when it is turned, shrunk or encoded anew. */
export function smoothPicture(seed: number, side = 256): Sharp {
  const bytes = seededRandom(`smooth picture ${seed}`)(24);
  let next = 0;
  const random = () => (bytes[next++] ?? 0) / 255;
  const waves = Array.from(
    { length: 8 },
    () => [random() * 9 - 4.5, random() * 9 - 4.5, random() * 7] as const,
  );
  const data = new Uint8Array(side * side * 3);
  for (let y = 0, at = 0; y < side; y++)
    for (let x = 0; x < side; x++, at += 3) {
      const value = waves.reduce(
        (sum, [a, b, phase]) => sum + Math.sin(((a * x + b * y) / side) * 2 * Math.PI + phase),
        0,
      );
      data.fill(Math.max(0, Math.min(255, 128 + 30 * value)), at, at + 3);
    }
  return sharp(data, { raw: { width: side, height: side, channels: 3 } });
}
