/** PDQ for each megapixel, against decoding the same JPEG with sharp: what looking at a picture costs anyway. */
import sharp from "sharp";
import { pdqOfPixels } from "@wardline/hashing/pdq";
import { costOf, costOfSync } from "./cpu.ts";
import { finding, median, type Report } from "./line.ts";

const pictures = [
  { name: "PDQ of a picture of 1 megapixel", width: 1152, height: 868 },
  { name: "PDQ of a picture of 12 megapixels", width: 4000, height: 3000 },
];
const ROUNDS = 3;
/** Pixels of all pictures in one round, so that small ones are hashed more often. */
const PIXELS_A_ROUND = 24e6;

export async function benchPdq(report: Report): Promise<void> {
  for (const { name, width, height } of pictures) {
    const jpeg = await pattern(width, height);
    const decode = () => sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    const { data, info } = await decode();
    const hash = () => pdqOfPixels({ data, width, height, channels: info.channels });
    const times = Math.ceil(PIXELS_A_ROUND / (width * height));
    hash();
    const rounds: [number, number][] = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push([costOfSync(times, hash), await costOf(times, decode)]);
    const perMegapixel = (at: 0 | 1) =>
      median(rounds.map((round) => round[at])) / 1000 / ((width * height) / 1e6);
    const parts = { unit: "ms of CPU a megapixel", against: "sharp's decoding" };
    report(finding(name, [perMegapixel(0), perMegapixel(1)], parts));
  }
}

/** Waves: enough structure for a hash of full quality, and a JPEG of the size that a photograph has. */
function pattern(width: number, height: number): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const grain = ((x * 7919 + y * 104_729) % 23) - 11;
      data[at++] = 128 + 100 * Math.sin(x / 37 + y / 91) + grain;
      data[at++] = 128 + 100 * Math.sin(x / 53 - y / 29) + grain;
      data[at++] = 128 + 100 * Math.cos(y / 71) + grain;
    }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}
