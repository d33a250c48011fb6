/** How hostile pictures are opened: the sandboxed children and the limits they work under. */
import { z } from "zod";
import { duration, size } from "./units.ts";

const videoSettings = z.strictObject({
  ffmpeg: z
    .string()
    .default("ffmpeg")
    .describe("The program that decodes videos: a name on the path, or an absolute path."),
  together: z
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe("Videos in hand at a time. One keeps two cores busy: one decodes, the other hashes."),
  threads: z
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe("Threads of one decoder. More finish one video sooner and need more memory."),
  timeLimit: duration("2h").describe(
    "For one video. High definition is decoded about four times as fast as it plays on one slow core.",
  ),
  memory: size("2GiB").describe(
    "Writable memory of each program in a video's sandbox: above what the largest frame needs with its references.",
  ),
  largestFile: size("32GiB").describe(
    "Size of a video file. It is read where it lies, so this bounds time, not memory.",
  ),
  largestBytes: size("512MiB").describe(
    "Size of a video that is handed over in memory: the sandbox holds a copy of it in memory.",
  ),
  mostPixels: z
    .int()
    .min(1)
    .default(36_000_000)
    .describe("Pixels of one frame: 8192 x 4320 passes, and three bytes of each are held."),
  mostFrames: z
    .int()
    .min(1)
    .default(500_000)
    .describe(
      "Frames of one video that are hashed: every one of two hours at 60 a second, or five days of seconds.",
    ),
  keyframesAfter: duration("2h").describe(
    "Videos longer than this are hashed at their keyframes instead of once a second, unless a rate is asked for: several times faster.",
  ),
});

export const decodeSettings = z.strictObject({
  children: z
    .int()
    .min(1)
    .max(16)
    .default(2)
    .describe(
      "Sandboxed children that decode side by side. Two keep a small machine busy without starving the rest.",
    ),
  itemsPerChild: z
    .int()
    .min(1)
    .default(200)
    .describe("Items after which a child is replaced, so that whatever a file did to it does not last."),
  timeLimit: duration("20s").describe(
    "For one item. The largest picture allowed takes about 2 s on a slow core; the rest is for a busy machine.",
  ),
  startLimit: duration("30s").describe("For a child to report ready, before its first item. Usually 0.3 s."),
  memory: size("1536MiB").describe(
    "Writable memory of one child. The runtime reserves about 600 MiB of it without using it; the largest picture needs up to 600 MiB.",
  ),
  largestFile: size("64MiB").describe("Encoded size of an item. Photographs rarely exceed 20 MiB."),
  mostPixels: z
    .int()
    .min(1)
    .default(40_000_000)
    .describe("Pixels of one picture: above what ordinary cameras make, far below decompression bombs."),
  previewSide: z
    .int()
    .min(16)
    .max(1024)
    .default(320)
    .describe(
      "Longer side of the blurred, grey preview, in pixels: enough to recognise a kind, too small to look at.",
    ),
  bubblewrap: z
    .string()
    .default("bwrap")
    .describe("The sandbox program: a name on the path, or an absolute path."),
  video: videoSettings.prefault({}),
});
export type DecodeSettings = z.output<typeof decodeSettings>;
