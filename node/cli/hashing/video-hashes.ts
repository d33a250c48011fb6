/** Hashes of videos that come as files, vPDQ texts and TMK+PDQF files: told by how they begin, whatever they are called. */
import { open, stat } from "node:fs/promises";
import { readTmk, readVpdq, type FrameHash, type Tmk } from "@wardline/hashing/video";
import { WardlineError } from "@wardline/protocol/encoding";

export type VideoHashes = { frames: readonly FrameHash[] } | { tmk: Tmk };

/** Above the 500,000 frames that are hashed of a video at most, at up to 90 bytes a line. A TMK+PDQF file has 17 MB at most. */
const largest = 64 * 2 ** 20;

/**
 * What both scores of two TMK+PDQF hashes reach at the same video, by the reference's default (`tmk_default_thresholds.h` in
 * facebook/ThreatExchange); for exact copies alone it advises 0.9 or more.
 */
export const tmkThreshold = 0.7;

/** More than the first field of either. */
const headBytes = 96;

/**
 * What such a file holds; undefined for every other file, also one that cannot be read.
 * Errors: `hashing/vpdq-format`, `hashing/tmk-format`, `cli/too-large`.
 */
export async function videoHashesIn(file: string): Promise<VideoHashes | undefined> {
  // Opening a pipe would wait for its writer and take away what others are to read.
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  const opened = isFile ? await open(file).catch(() => undefined) : undefined;
  if (opened === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const read = readerFor(buffer.toString("latin1", 0, bytesRead));
    if (read === undefined) return undefined;
    const { size } = await opened.stat();
    if (size > largest) throw tooLarge(size);
    return read(await opened.readFile());
  } finally {
    await opened.close();
  }
}

function readerFor(head: string): ((bytes: Buffer) => VideoHashes) | undefined {
  if (head.startsWith("TMK1")) return (bytes) => ({ tmk: readTmk(bytes) });
  if (/^\d+,\d+,[0-9a-f]{64},/i.test(head)) return (bytes) => readVpdq(bytes.toString("utf8"));
  return undefined;
}

/**
 * Frames a second at which a video has to be hashed to be compared with these: by the median of the times between them,
 * since gaps may have been left. Undefined where the times do not say.
 */
export function rateOf(frames: readonly FrameHash[]): number | undefined {
  const times = frames.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b);
  const gaps = times.map((time, at) => time - (times[at - 1] ?? time)).filter((gap) => gap > 0);
  const gap = gaps.sort((a, b) => a - b)[gaps.length >> 1];
  // Times are rounded to milliseconds: half of one less, so that no frame falls into the span of the one before it.
  return gap === undefined ? undefined : 1 / Math.max(gap - 0.0005, 0.001);
}

const tooLarge = (size: number) =>
  new WardlineError(
    "cli/too-large",
    `The file has ${size} bytes; hashes of a video are read up to ${largest}.`,
    { advice: "Cut the list into the videos that it is of." },
  );
