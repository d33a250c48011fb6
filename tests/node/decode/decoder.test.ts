import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digestsOf } from "@wardline/hashing/digests";
import { hammingDistance, pdqOfPixels } from "@wardline/hashing/pdq";
import { createDecoder, type Decoder } from "../../../node/decode/index.ts";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { flatPicture, picture } from "../../support/pictures.ts";
import { noise } from "../../hashing/pdq/samples.ts";

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

/** The mean difference of two grey pictures of one size, 0 to 255. */
async function difference(a: Sharp, b: Sharp): Promise<number> {
  const [left, right] = await Promise.all([a, b].map((image) => image.toColourspace("b-w").raw().toBuffer()));
  if (left?.length !== right?.length || left === undefined) return 255;
  return left.reduce((sum, grey, at) => sum + Math.abs(grey - (right?.[at] ?? 0)), 0) / left.length;
}

/** A picture that no format makes smaller. */
function noisePng(width: number, height: number): Promise<Buffer> {
  const { data } = noise(width, height, 3, 1);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

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

  test("stands upright in its preview, however EXIF says that it lies", async () => {
    const plain = await sharp(await picture(9, { width: 400, height: 300 }))
      .extend({ right: 80, background: "white" })
      .png()
      .toBuffer();
    for (let orientation = 1; orientation <= 8; orientation++) {
      const stored = await sharp(plain).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
      const expected = sharp(await sharp(stored).autoOrient().toBuffer()).resize(320, 320, { fit: "inside" });
      const shown = sharp((await decoder.decode(stored)).preview);
      expect({
        orientation,
        difference: await difference(shown, expected.greyscale().blur(8)),
      }).toMatchObject({
        difference: expect.toSatisfy((grey: number) => grey < 3),
      });
    }
  });

  test("with alpha is hashed by its stored colours, and previewed on white", async () => {
    const clear = await sharp(await picture(10))
      .ensureAlpha(0)
      .png()
      .toBuffer();
    const solid = await picture(10);
    const [a, b] = [await decoder.decode(clear), await decoder.decode(solid)];
    expect(a.pdq).toEqual((await decoder.hash(clear)).pdq);
    expect(a.pdq.hash).toBe(b.pdq.hash);
    const { channels } = await sharp(a.preview).stats();
    expect(channels[0]?.mean).toBeGreaterThan(254);
  });

  test("animated is known by its first image", async () => {
    const frames = await Promise.all([1, 2, 3].map((seed) => picture(seed, { format: "png" })));
    const animation = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect(await decoder.decode(animation)).toMatchObject({ mime: "image/gif", width: 240, height: 180 });
  });
});

describe("a hashed picture", () => {
  test("is what a decoded one is, without the preview", async () => {
    for (const format of ["jpeg", "png", "webp", "gif"] as const) {
      const bytes = await picture(11, { format, width: 333, height: 217 });
      const { preview, ...rest } = await decoder.decode(bytes);
      expect(preview.length).toBeGreaterThan(0);
      expect(await decoder.hash(bytes)).toEqual(rest);
    }
  });

  test("that is flat has quality 0, one of fewer than five rows the zero hash", async () => {
    expect((await decoder.hash(await flatPicture(300, 200))).pdq.quality).toBe(0);
    const { pdq } = await decoder.hash(await flatPicture(300, 4));
    expect(pdq).toEqual({ hash: "0".repeat(64), quality: 0, dihedral: Array(8).fill("0".repeat(64)) });
  });

  test("larger than any pipe arrives whole", async () => {
    const bytes = await noisePng(1500, 1100);
    expect(bytes.length).toBeGreaterThan(4_000_000);
    expect((await decoder.hash(bytes)).digests).toEqual(digestsOf(bytes));
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
