/** Harmless generated patterns that stand for pictures: every one is computed, none is loaded. */
import sharp from "sharp";

type Colour = readonly [red: number, green: number, blue: number];
/** Colour at a place, both coordinates from 0 to 1. */
type Pattern = (x: number, y: number) => Colour;

const wave = (value: number) => Math.round(127.5 + 127.5 * Math.sin(value));

export const patterns = {
  rings: (x, y) => {
    const distance = Math.hypot(x - 0.5, y - 0.4) * 60;
    return [wave(distance), wave(distance + 2), wave(distance * 0.5)];
  },
  plasma: (x, y) => [
    wave(9 * x + 4 * Math.sin(6 * y)),
    wave(11 * y + 3 * Math.cos(8 * x)),
    wave(7 * (x + y) + 2 * Math.sin(10 * x * y)),
  ],
  checks: (x, y) => ((Math.floor(x * 9) + Math.floor(y * 7)) % 2 === 0 ? [230, 190, 90] : [40, 70, 130]),
  stripes: (x, y) => (Math.sin((x * 3 + y) * 30) > 0.2 ? [220, 120, 60] : [60, 110, 90]),
  hills: (x, y) =>
    y > 0.55 + 0.2 * Math.sin(x * 7) + 0.08 * Math.sin(x * 23) ? [70, 120, 60] : [150, 190, 230],
  spiral: (x, y) => {
    const angle = Math.atan2(y - 0.5, x - 0.5);
    const value = Math.hypot(x - 0.5, y - 0.5) * 40 + angle * 3;
    return [wave(value), wave(value + 1), wave(value + 4)];
  },
  tiles: (x, y) => [
    wave(Math.floor(x * 12) * 1.7),
    wave(Math.floor(y * 8) * 2.3),
    wave(Math.floor(x * y * 40)),
  ],
} satisfies Record<string, Pattern>;
export type PatternName = keyof typeof patterns;

/** A pattern as a JPEG of the given size. Equal input gives equal bytes; `phase` shifts it into a different picture. */
export async function drawPicture(
  name: PatternName,
  width = 960,
  height = 720,
  phase = 0,
): Promise<Uint8Array> {
  const pixels = new Uint8Array(width * height * 3);
  const pattern: Pattern = patterns[name];
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += 3) {
      pixels.set(pattern(column / width + phase, row / height + phase / 2), at);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toBuffer();
}
