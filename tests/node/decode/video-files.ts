/** Videos for tests, made by ffmpeg from its own test pictures in a folder that is removed in the end. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface VideoFolder {
  /** A path in it. */
  path(name: string): string;
  /** Runs ffmpeg with these arguments and the output file, and returns the path. */
  make(name: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

export async function videoFolder(): Promise<VideoFolder> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-videos-"));
  const path = (name: string) => join(folder, name);
  return {
    path,
    async make(name, ...args) {
      await run("ffmpeg", ["-nostdin", "-loglevel", "error", "-y", ...args, path(name)]);
      return path(name);
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Arguments that make a moving picture with a clock in it. */
export const testPicture = (seconds: number, size = "192x144", rate = 10): string[] => [
  ...["-f", "lavfi", "-i", `testsrc=duration=${seconds}:size=${size}:rate=${rate}`, "-pix_fmt", "yuv420p"],
];

/** Arguments that add a tone. */
export const tone = (seconds: number): string[] => ["-f", "lavfi", "-i", `sine=duration=${seconds}`];
