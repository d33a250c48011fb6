/**
 * A video as one picture: up to nine frames from its beginning to its end, in the order in which they are shown. Runs
 * inside the sandbox only. How long a video is shows when it ends, so frames are thinned out while it is decoded.
 */
import sharp from "sharp";
import type { Level } from "./messages.ts";
import { dimmed, ofPixels, type Pixels } from "./pixels.ts";

export interface SheetRequest {
  level: Level;
  /** The whole sheet fits into `side` x `side` pixels. */
  side: number;
}

export interface ContactSheet {
  /** Looks at the next frame; its memory may be used anew afterwards. */
  add(frame: Pixels): Promise<void>;
  /** The sheet as JPEG, encoded anew from pixels. At least one frame was added. */
  finish(): Promise<Uint8Array>;
}

const ACROSS = 3;
const MOST = ACROSS * ACROSS;

export function contactSheet({ level, side }: SheetRequest): ContactSheet {
  const cell = Math.max(1, Math.floor(side / ACROSS));
  let kept: Buffer[] = [];
  let every = 1;
  let seen = 0;
  return {
    async add(frame) {
      if (seen++ % every !== 0) return;
      kept.push(await thumbnail(frame, cell));
      if (kept.length < 2 * MOST) return;
      kept = kept.filter((_, at) => at % 2 === 0);
      every *= 2;
    },
    async finish() {
      const chosen = spread(kept, MOST);
      const across = Math.min(ACROSS, chosen.length);
      const down = Math.ceil(chosen.length / ACROSS);
      const sheet = sharp({
        create: { width: across * cell, height: down * cell, channels: 3, background: "white" },
      }).composite(
        chosen.map((input, at) => ({
          input,
          raw: { width: cell, height: cell, channels: 3 as const },
          left: (at % ACROSS) * cell,
          top: Math.floor(at / ACROSS) * cell,
        })),
      );
      const { data, info } = await sheet.raw().toBuffer({ resolveWithObject: true });
      // Each frame is as dim as a picture of its size would be.
      return dimmed(ofPixels({ ...info, data }), level, cell);
    },
  };
}

/** Raw rgb of cell x cell, the frame in the middle of it on white. */
const thumbnail = (frame: Pixels, cell: number): Promise<Buffer> =>
  ofPixels(frame)
    .resize({ width: cell, height: cell, fit: "contain", background: "white" })
    .removeAlpha()
    .raw()
    .toBuffer();

/** At most so many of them, the first and the last among them, the others evenly between. */
function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  const places = Array.from({ length: most }, (_, at) => Math.round((at * (all.length - 1)) / (most - 1)));
  return places.flatMap((place) => all.slice(place, place + 1));
}
