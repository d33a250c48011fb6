/**
 * The reference's vPDQ text: one line a frame, `index,quality,hash,timestamp`, the timestamp in seconds with three decimals.
 * Source: vpdq in facebook/ThreatExchange.
 */
import { HashingError } from "../errors.ts";
import type { FrameHash, VideoHash } from "./frames.ts";

const line = /^(\d{1,9}),(\d{1,3}),([0-9a-f]{64}),(\d{1,9}(?:\.\d{1,9})?)$/;

/** Reads the text of one video; an empty text is a video without frames. Error: `hashing/vpdq-format`, with the line. */
export function readVpdq(text: string): VideoHash {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return { frames: lines.map(readLine) };
}

function readLine(text: string, at: number): FrameHash {
  const [, index, quality, hash = "", timestamp] = line.exec(text) ?? [];
  if (hash === "" || Number(quality) > 100)
    throw new HashingError(
      "hashing/vpdq-format",
      `Line ${at + 1} of the vPDQ text is no frame.`,
      "A line reads index,quality,hash,timestamp: quality 0 to 100, hash 64 lower-case hexadecimal digits.",
    );
  return { index: Number(index), quality: Number(quality), hash, timestamp: Number(timestamp) };
}

/** Writes one video, with a line break after every line. */
export function writeVpdq({ frames }: VideoHash): string {
  return frames
    .map(({ index, quality, hash, timestamp }) => `${index},${quality},${hash},${timestamp.toFixed(3)}\n`)
    .join("");
}
