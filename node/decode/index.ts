/**
 * Opening hostile pictures without trusting them. Bytes go into a sandboxed child (no network, no files, bounded memory
 * and time); PDQ, size and a blurred grey preview come out. Nothing of a picture is ever decoded in this process. Digests
 * need no decoding: they are computed here, on a thread of their own, while the child works.
 *
 * decoder.ts (queue and pool) -> worker.ts (one child, one item at a time) -> sandbox.ts (bubblewrap)
 *                                   | frames.ts over the child's stdin and stdout
 *                                 child.ts -> picture.ts, camera.ts (inside the sandbox)
 *
 * video.ts (line) -> video-job.ts (one video in one sandbox) -> sandbox.ts
 *                      | video-messages.ts over the child's stdout
 *                    video-child.ts -> video-formats.ts, video-ffmpeg.ts (inside the sandbox)
 */
export { camera, type Camera } from "./messages.ts";
export { createDecoder, type Decoded, type Decoder, type Hashed, type RenderOptions } from "./decoder.ts";
export {
  createVideoDecoder,
  type VideoDecoder,
  type VideoFindings,
  type VideoOptions,
  type VideoProgress,
} from "./video.ts";
export { containerOf, isVideo } from "./video-formats.ts";
export { systemLibraries } from "./sandbox.ts";
export { killGroup, noSandbox } from "./worker.ts";
export { createTurns } from "./video-turns.ts";
