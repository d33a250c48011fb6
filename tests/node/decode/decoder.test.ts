import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digestsOf } from "@wardline/hashing/digests";
import { hammingDistance, pdqOfPixels } from "@wardline/hashing/pdq";
import { createDecoder, type Decoder } from "../../../node/decode/index.ts";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { flatPicture, picture } from "../../support/pictures.ts";

const settings = decodeSettings.parse({ children: 2, itemsPerChild: 3 });
let decoder: Decoder;
beforeAll(() => {
  decoder = createDecoder(settings, systemClock);
});
afterAll(() => decoder.close());

const measure = async (jpeg: Uint8Array) => {
  const info = await sharp(jpeg).metadata();
  const { channels: bands } = await sharp(jpeg).stats();
  return { info, contrast: Math.max(...bands.map(({ stdev }) => stdev)) };
};

describe("a decoded picture", () => {
  test.each(["jpeg", "png", "webp", "gif"] as const)(
    "%s: digests of the bytes, PDQ of the pixels, type and size",
    async (format) => {
      const bytes = await picture(5, { format });
      const decoded = await decoder.decode(bytes);
      const { data } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      const expected = pdqOfPixels({ data, width: 240, height: 180, channels: 3 });
      expect(decoded).toMatchObject({
        mime: `image/${format}`,
        width: 240,
        height: 180,
        digests: digestsOf(bytes),
        pdq: { hash: expected.hash, quality: expected.quality, dihedral: expected.dihedral() },
      });
    },
  );

  test("of the largest size allowed passes within the child's memory, also where a whole canvas is held", async () => {
    for (const format of ["webp", "gif"] as const) {
      const decoded = await decoder.decode(await flatPicture(6320, 6320, format));
      expect(decoded).toMatchObject({ mime: `image/${format}`, width: 6320, pdq: { quality: 0 } });
    }
  });

  test("turned by EXIF keeps the hash of its stored pixels, and its preview stands upright", async () => {
    const plain = await picture(6);
    const turned = await sharp(plain)
      .keepMetadata()
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 })
      .toBuffer();
    const [a, b] = await Promise.all([decoder.decode(plain), decoder.decode(turned)]);
    expect(hammingDistance(a.pdq.hash, b.pdq.hash)).toBeLessThanOrEqual(10);
    expect(b).toMatchObject({ width: 240, height: 180 });
    expect((await measure(b.preview)).info).toMatchObject({ width: 180, height: 240 });
  });

  test("animated is known by its first image", async () => {
    const frames = await Promise.all([1, 2, 3].map((seed) => picture(seed, { format: "png" })));
    const animation = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect(await decoder.decode(animation)).toMatchObject({ mime: "image/gif", width: 240, height: 180 });
  });
});

describe("what a person may see", () => {
  test("the preview is a small JPEG without colour and with little contrast", async () => {
    const bytes = await picture(7, { width: 1200, height: 800 });
    const { preview } = await decoder.decode(bytes);
    const { info, contrast } = await measure(preview);
    expect(info).toMatchObject({ width: 320, channels: 1 });
    expect(contrast).toBeLessThan((await measure(await sharp(bytes).greyscale().toBuffer())).contrast / 2);
  });

  test("each level is dimmer than the next, none is enlarged, none carries metadata of the original", async () => {
    const plain = await picture(8, { width: 400, height: 300 });
    const bytes = await sharp(plain)
      .withExif({ IFD0: { Copyright: "remember me" } })
      .jpeg()
      .toBuffer();
    expect(Buffer.from(bytes).includes("remember me")).toBe(true);
    const levels = ["blurred", "grey", "clear"] as const;
    const rendered = await Promise.all(levels.map((level) => decoder.render(bytes, { level, side: 800 })));
    const [blurred, grey, clear] = await Promise.all(rendered.map(measure));
    expect([blurred, grey, clear].map((one) => [one?.info.width, one?.info.channels])).toEqual([
      [400, 1],
      [400, 1],
      [400, 3],
    ]);
    expect(blurred?.contrast).toBeLessThan((grey?.contrast ?? 0) / 2);
    for (const jpeg of rendered) expect(Buffer.from(jpeg).includes("remember me")).toBe(false);
    expect((await measure(await decoder.render(bytes, { level: "clear", side: 100 }))).info.width).toBe(100);
  });
});

test("many items share a few children, which are replaced as they wear out", async () => {
  const pictures = await Promise.all(
    Array.from({ length: 20 }, (_, seed) => picture(seed, { width: 80, height: 60 })),
  );
  const decoded = await Promise.all(pictures.map((bytes) => decoder.decode(bytes)));
  expect(decoded.map(({ digests }) => digests.sha256)).toEqual(
    pictures.map((bytes) => digestsOf(bytes).sha256),
  );
});
