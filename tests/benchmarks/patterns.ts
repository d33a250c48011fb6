/** Pictures to measure with: waves and grain, enough structure for a hash of full quality, and JPEGs as large as photographs. */
import sharp from "sharp";
import type { Pixels } from "@wardline/hashing/pdq";

export const sizes = [
  { name: "1 megapixel", width: 1152, height: 868 },
  { name: "4 megapixels", width: 2400, height: 1700 },
  { name: "12 megapixels", width: 4000, height: 3000 },
];
export type Size = (typeof sizes)[number];

/** RGB. */
export function patternOf({ width, height }: Pick<Size, "width" | "height">): Pixels {
  const data = Buffer.alloc(width * height * 3);
  const scale = 1152 / width; // the same picture at every size
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [u, v] = [x * scale, y * scale];
      const grain = ((x * 7919 + y * 104_729) % 23) - 11;
      data[at++] = 128 + 100 * Math.sin(u / 37 + v / 91) + grain;
      data[at++] = 128 + 100 * Math.sin(u / 53 - v / 29) + grain;
      data[at++] = 128 + 100 * Math.cos(v / 71) + grain;
    }
  return { data, width, height, channels: 3 };
}

export function jpegOf({ data, width, height }: Pixels): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}
