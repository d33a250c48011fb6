/** The door for videos: each waits its turn, gets a sandbox of its own, and comes back as hashes of its frames. */
import { createReadStream } from "node:fs";
import { access, constants, realpath, stat } from "node:fs/promises";
import { digestsOfStream, type Digests } from "@wardline/hashing/digests";
import type { FrameHash, VideoHash } from "@wardline/hashing/video";
import type { DecodeSettings } from "../configuration/settings/decode.ts";
import type { Clock } from "../telemetry/index.ts";
import type { SheetRequest } from "./contact-sheet.ts";
import { programAt, runVideoJob, type VideoSource } from "./video-job.ts";
import type { Probed, Rate } from "./video-messages.ts";
import { videoRefused } from "./video-refusals.ts";
import { createTurns } from "./video-turns.ts";

/** All that is said of a video; `frames` goes to `compareVideos` and `writeVpdq` of hashing/video as it is. */
export interface VideoFindings extends VideoHash, Probed {
  digests: Digests;
  frames: readonly FrameHash[];
  /** Some of the file could not be decoded (it was cut off, say); what could be is hashed. */
  damaged: boolean;
  /** Up to nine frames as one JPEG, when it was asked for. */
  sheet?: Uint8Array;
}

export interface VideoProgress {
  /** Frames hashed so far. */
  frames: number;
  /** Seconds of the video that are behind, and of how many where the file says. */
  seconds: number;
  duration: number | undefined;
}

export interface VideoOptions {
  /**
   * Frames a second, only keyframes, or every frame. Default: one a second, and keyframes of a video that is longer than
   * `decode.video.keyframesAfter`.
   */
  rate?: Rate;
  /** Milliseconds of a video from which on only its keyframes are taken, unless a rate is asked for. Default: as the settings say. */
  keyframesAfter?: number;
  /** Also makes a contact sheet of frames from beginning to end, as dim as the level says, of at most `side` x `side` pixels. */
  sheet?: SheetRequest;
  /** Aborting kills the sandbox at once; the promise fails with the signal's reason. */
  signal?: AbortSignal;
  onProgress?: (progress: VideoProgress) => void;
}

export interface VideoDecoder {
  /**
   * Hashes the frames of a video: a path, or bytes of one that was captured. Memory does not grow with the file's size.
   * Errors: `decode/unreadable`, `decode/unsupported-format`, `decode/corrupt`, `decode/no-frames`, `decode/too-large`,
   * `decode/too-many-pixels`, `decode/too-many-frames`, `decode/timeout`, `decode/crashed`, `decode/no-sandbox`,
   * `decode/no-ffmpeg`, `decode/closed`.
   */
  hash(video: string | Uint8Array, options?: VideoOptions): Promise<VideoFindings>;
  /** Whether ffmpeg is there. Error: `decode/no-ffmpeg`, with the line that installs it. */
  check(): void;
  /** Kills the sandboxes; videos still waiting fail with `decode/closed`. */
  close(): void;
}

/** Starts nothing before the first video. */
export function createVideoDecoder(settings: DecodeSettings, clock: Clock): VideoDecoder {
  const running = new Set<AbortController>();
  const turns = createTurns(settings.video.together);
  let closed = false;

  const check = () => void programAt(settings.video.ffmpeg);
  const run = async (source: VideoSource, { rate, sheet, signal, onProgress, ...options }: VideoOptions) => {
    signal?.throwIfAborted();
    if (closed) throw videoRefused("closed", settings);
    const ending = new AbortController();
    const end = () => ending.abort(signal?.reason);
    signal?.addEventListener("abort", end);
    running.add(ending);
    try {
      const { threads, mostPixels, mostFrames } = settings.video;
      const keyframesAfter = (options.keyframesAfter ?? settings.video.keyframesAfter) / 1000;
      const request = { rate, threads, mostPixels, mostFrames, keyframesAfter, sheet };
      const job = runVideoJob(source, request, {
        ...{ settings, clock, signal: ending.signal },
        onFrames: (frames, { duration }) =>
          onProgress?.({ frames: frames.length, seconds: frames.at(-1)?.timestamp ?? 0, duration }),
      });
      const [{ probed, ...found }, digests] = await Promise.all([job, digestsOf(source, ending.signal)]);
      return { ...probed, ...found, digests };
    } catch (error) {
      ending.abort(error); // whichever of the two goes on
      throw error;
    } finally {
      running.delete(ending);
      signal?.removeEventListener("abort", end);
    }
  };
  /** Beside the sandbox: a file cannot lie about its own digests, whatever it does to its decoder. */
  const digestsOf = (source: VideoSource, signal: AbortSignal) =>
    digestsOfStream("bytes" in source ? [source.bytes] : createReadStream(source.path), { signal }).catch(
      (error: unknown) => {
        throw signal.aborted ? error : videoRefused("unreadable", settings);
      },
    );

  return {
    async hash(video, options = {}) {
      check();
      const source = await sourceOf(video, settings);
      const giveBack = await turns.take(options.signal);
      try {
        return await run(source, options);
      } finally {
        giveBack();
      }
    },
    check,
    close() {
      closed = true;
      for (const ending of running) ending.abort(videoRefused("closed", settings));
    },
  };
}

async function sourceOf(video: string | Uint8Array, settings: DecodeSettings): Promise<VideoSource> {
  const { largestFile, largestBytes } = settings.video;
  if (typeof video !== "string") {
    if (video.length > largestBytes) throw videoRefused("too-large", settings);
    return { bytes: video };
  }
  const found = await inspect(video).catch(() => undefined);
  if (!found?.isFile) throw videoRefused("unreadable", settings);
  if (found.size > largestFile) throw videoRefused("too-large", settings);
  return { path: found.path };
}

async function inspect(video: string) {
  const path = await realpath(video);
  await access(path, constants.R_OK);
  const stats = await stat(path);
  return { path, isFile: stats.isFile(), size: stats.size };
}
