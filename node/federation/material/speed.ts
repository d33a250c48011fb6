/** How fast bytes go, over the last few seconds: what a person reads as speed. */
import type { Clock } from "../../telemetry/index.ts";

export interface Speed {
  add(bytes: number): void;
  /** Bytes per second; 0 when nothing has come for a while. */
  rate(): number;
}

/** Long enough to be steady, short enough to show that something stopped. */
const SPAN = 5_000;
/** Samples closer together than this are one. */
const STEP = 250;

export function createSpeed(clock: Clock): Speed {
  const samples: { at: number; bytes: number }[] = [];
  const begun = clock.now();

  return {
    add(bytes) {
      const at = clock.now();
      const last = samples.at(-1);
      if (last && at - last.at < STEP) last.bytes += bytes;
      else samples.push({ at, bytes });
    },
    rate() {
      const now = clock.now();
      while (samples[0] && now - samples[0].at > SPAN) samples.shift();
      const bytes = samples.reduce((sum, sample) => sum + sample.bytes, 0);
      return Math.round((bytes / Math.max(STEP, Math.min(SPAN, now - begun))) * 1000);
    },
  };
}
