/** A sealed video as people may see it: frames from its beginning to its end as one picture, made in the sandbox. */
import type { RenderOptions, VideoDecoder } from "../decode/index.ts";
import type { Clock } from "../telemetry/index.ts";
import type { Vault } from "../vault/index.ts";
import { refuse } from "./errors.ts";

/** Longer videos are looked at where they have whole frames: every second of them would take minutes. */
const EVERY_SECOND_UNTIL = 120_000;

export interface VideoLook {
  width: number;
  height: number;
  /** Seconds, where the file says. */
  duration?: number;
  /** JPEG. */
  sheet: Uint8Array;
}

export interface Videos {
  /**
   * Up to nine frames of the video with this vault id. Errors: `vault/too-large`, `capture/video-time`, those of
   * `VideoDecoder.hash`; the signal's reason.
   */
  look(original: string, how: RenderOptions & { signal?: AbortSignal }): Promise<VideoLook>;
}

export interface VideosOptions {
  decoder: Pick<VideoDecoder, "hash">;
  vault: Pick<Vault, "readAll">;
  clock: Clock;
  /** Bytes of a video that is opened: it is held in memory. */
  largest: number;
  /** Milliseconds for one video. */
  time: number;
}

export function createVideos({ decoder, vault, clock, largest, time }: VideosOptions): Videos {
  return {
    async look(original, { level, side, signal }) {
      const bytes = await vault.readAll(original, largest);
      const late = new AbortController();
      const cancel = clock.after(time, () => late.abort(refuse("video-time")));
      try {
        const { width, height, duration, sheet } = await decoder.hash(bytes, {
          keyframesAfter: EVERY_SECOND_UNTIL,
          sheet: { level, side },
          signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
        });
        if (sheet === undefined) throw new Error("A contact sheet that was asked for is missing.");
        return { width, height, sheet, ...(duration !== undefined && { duration }) };
      } finally {
        cancel();
      }
    },
  };
}
