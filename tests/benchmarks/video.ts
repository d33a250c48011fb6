/**
 * Videos, whole: sandbox, decoding, conversion, hashing and digests, against ffmpeg alone, outside of any sandbox, decoding
 * the same file with as many threads and throwing its frames away. Both take the time that a person waits.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { decodeSettings } from "../../node/configuration/settings/decode.ts";
import { createVideoDecoder } from "../../node/decode/index.ts";
import { systemClock } from "../../node/telemetry/index.ts";
import { finding, median, rounded, type Report } from "./line.ts";

const run = promisify(execFile);

const SECONDS = 20;
const RATE = 30;
const FRAMES = SECONDS * RATE;
const ROUNDS = 3;

export async function benchVideo(report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-bench-"));
  const settings = decodeSettings.parse({});
  const decoder = createVideoDecoder(settings, systemClock);
  const bare = (file: string, ...output: string[]) => {
    const input = ["-nostdin", "-loglevel", "error", "-threads", String(settings.video.threads), "-i", file];
    return run("ffmpeg", [...input, "-map", "0:v:0", ...output, "-f", "null", "-"]);
  };
  try {
    const file = await pattern(join(folder, "pattern.mp4"));
    const cases = [
      ["1080p video at 1 frame a second", 1, "ffmpeg decoding", []],
      ["1080p video at every frame", "every", "ffmpeg decoding", []],
      ["1080p video at every frame", "every", "ffmpeg decoding to RGB", ["-pix_fmt", "rgb24"]],
      ["1080p video at its keyframes", "keyframes", "ffmpeg decoding all", []],
    ] as const;
    for (const [name, rate, against, output] of cases) {
      const rounds: [number, number][] = [];
      for (let round = 0; round < ROUNDS; round++)
        rounds.push([
          await timeOf(() => decoder.hash(file, { rate })),
          await timeOf(() => bare(file, ...output)),
        ]);
      const perFrame = (at: 0 | 1) => median(rounds.map((times) => times[at])) / FRAMES;
      const [ours, other] = [perFrame(0), perFrame(1)];
      const speeds = `${rounded(1000 / ours)} against ${rounded(1000 / other)} frames of the file a second`;
      const note = `${speeds}; ${rounded(1000 / RATE / ours)} times as fast as it plays`;
      report(finding(name, [ours, other], { unit: "ms a frame of the file", against, note }));
    }
  } finally {
    decoder.close();
    await rm(folder, { recursive: true });
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

/** Moving patterns with grain, at a bit rate that sites use. */
async function pattern(path: string): Promise<string> {
  const source = `testsrc2=duration=${SECONDS}:size=1920x1080:rate=${RATE},noise=alls=12:allf=t`;
  const input = ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"];
  await run("ffmpeg", [...input, "-c:v", "libx264", "-preset", "veryfast", "-b:v", "6M", "-g", "60", path]);
  return path;
}
