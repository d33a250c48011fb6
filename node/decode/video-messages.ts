/**
 * What a video's child is asked, and what it may say: checked on arrival, since the child may be anybody by then.
 * The child says `ready`, `probed`, then `frames` as they come, then `done`; or `refused` at any time.
 */
import { z } from "zod";
import type { SheetRequest } from "./contact-sheet.ts";
import { videoMimes, videoRefusals } from "./video-formats.ts";

/**
 * Which frames are hashed: so many a second (the first frame of each such span of time), only those that stand for
 * themselves in the file, or every one.
 */
export type Rate = number | "keyframes" | "every";

export interface VideoRequest {
  /** Undefined: one a second, and keyframes of a video longer than `keyframesAfter` seconds. */
  rate: Rate | undefined;
  keyframesAfter: number;
  threads: number;
  mostPixels: number;
  mostFrames: number;
  /** Frames are wanted as one picture, too: the body of `done`. */
  sheet?: SheetRequest | undefined;
}

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const seconds = z.number().min(0).max(1e9);

const probed = z.strictObject({
  mime: z.enum(videoMimes),
  codec: z.string().regex(/^[a-z0-9_]{1,32}$/),
  width: z.int().positive(),
  height: z.int().positive(),
  /** As the file says, in seconds; a stream that was cut or never finished says nothing. */
  duration: seconds.optional(),
  rate: z.union([z.number().positive(), z.enum(["keyframes", "every"])]),
});
export type Probed = z.output<typeof probed>;

const frame = z.strictObject({
  index: z.int().min(0),
  hash: hex(32),
  quality: z.int().min(0).max(100),
  timestamp: seconds,
});

export const videoReply = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ready") }),
  z.strictObject({ kind: z.literal("probed"), probed }),
  z.strictObject({ kind: z.literal("frames"), frames: z.array(frame).min(1).max(64) }),
  z.strictObject({ kind: z.literal("done"), damaged: z.boolean() }),
  z.strictObject({ kind: z.literal("refused"), refusal: z.enum(videoRefusals) }),
]);
export type VideoReply = z.output<typeof videoReply>;
