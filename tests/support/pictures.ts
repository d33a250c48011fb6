/** Pictures for tests: generated patterns, told apart by their seed. */
import sharp from "sharp";

type Format = "jpeg" | "png" | "webp" | "gif";

/** A pattern of waves and noise. The same arguments give the same bytes. */
export async function picture(
  seed: number,
  { format = "jpeg", width = 240, height = 180 }: { format?: Format; width?: number; height?: number } = {},
): Promise<Uint8Array> {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const wave = Math.sin((x * (2 + (seed % 7))) / 37) + Math.cos((y * (3 + (seed % 5))) / 29 + seed);
      data[at] = 128 + 60 * wave;
      data[at + 1] = (x * (seed + 3)) % 251;
      data[at + 2] = (y * (seed + 5) + x) % 241;
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    [format]()
    .toBuffer();
}

/** One colour, any number of pixels: small in the file, large in memory. */
export async function flatPicture(
  width: number,
  height: number,
  format: Format = "png",
): Promise<Uint8Array> {
  const create = { width, height, channels: 3, background: "#447799" } as const;
  return sharp({ create, limitInputPixels: false })[format]().toBuffer();
}
