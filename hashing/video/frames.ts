/** Videos as sequences of frame hashes: the shape that everything here works on, and folding of standing pictures. */
import { pdqWords, wordDistance } from "../pdq/index.ts";

/** One hashed frame. */
export interface FrameHash {
  /** Its place among the frames that were hashed, or among all frames where the source says so. */
  index: number;
  /** PDQ as 64 lower-case hexadecimal digits. */
  hash: string;
  /** 0 to 100; below 50 the frame has too little structure for the hash to mean anything. */
  quality: number;
  /** Seconds from the start of the video. */
  timestamp: number;
}

export interface VideoHash {
  /** In the order in which they are shown. */
  frames: readonly FrameHash[];
}

/**
 * The video with near-identical neighbours stored once: a frame stays when it differs from the last one that stayed in
 * more than `distance` bits. A standing picture becomes one frame, however slowly it drifts; the rest stays as it was.
 * Of frames folded together the first is kept, so timestamps say when a picture appeared. Error: `hashing/pdq-format`.
 */
export function foldNeighbours(video: VideoHash, distance: number): VideoHash {
  const frames: FrameHash[] = [];
  let last: Uint32Array | undefined;
  for (const frame of video.frames) {
    const words = pdqWords(frame.hash);
    if (last !== undefined && wordDistance(last, words) <= distance) continue;
    frames.push(frame);
    last = words;
  }
  return { frames };
}
