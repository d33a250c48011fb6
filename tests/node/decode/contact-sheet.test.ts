/** A video as one picture: which frames are on it, how dim they are, and what else of the file is (nothing). */
import sharp from "sharp";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { createVideoDecoder, type VideoDecoder } from "../../../node/decode/index.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { testPicture, videoFolder, type VideoFolder } from "./video-files.ts";

let folder: VideoFolder;
let decoder: VideoDecoder;
beforeAll(async () => {
  folder = await videoFolder();
  decoder = createVideoDecoder(decodeSettings.parse({}), systemClock);
});
afterAll(async () => {
  decoder.close();
  await folder.remove();
});

/** Colours that follow each other, one a second. */
const colours = ["red", "lime", "blue", "white", "black", "yellow", "cyan", "magenta", "gray", "orange"];
const striped = (name: string, ...args: string[]) =>
  folder.make(
    name,
    ...colours.flatMap((colour) => ["-f", "lavfi", "-i", `color=c=${colour}:s=120x120:d=2:r=5`]),
    ...["-filter_complex", `concat=n=${colours.length}`, "-pix_fmt", "yuv420p", ...args],
  );

const cells = async (sheet: Uint8Array, side: number) => {
  const { data, info } = await sharp(sheet).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  const cell = side / 3;
  return Array.from({ length: 9 }, (_, at) => {
    const [x, y] = [((at % 3) + 0.5) * cell, (Math.floor(at / 3) + 0.5) * cell].map(Math.floor) as [
      number,
      number,
    ];
    const start = (y * info.width + x) * info.channels;
    return [...data.subarray(start, start + 3)];
  });
};
const near = (a: number[], b: number[]) => a.every((value, at) => Math.abs(value - (b[at] ?? 0)) < 40);

test("nine frames from beginning to end, in their order", async () => {
  const path = await striped("colours.mp4");
  const { sheet = new Uint8Array(), frames } = await decoder.hash(path, {
    sheet: { level: "clear", side: 300 },
  });
  expect(frames).toHaveLength(20);
  expect(await sharp(sheet).metadata()).toMatchObject({ format: "jpeg", width: 300, height: 300 });
  const shown = await cells(sheet, 300);
  expect(near(shown[0] ?? [], [255, 0, 0])).toBe(true);
  expect(near(shown[8] ?? [], [255, 165, 0])).toBe(true);
  expect(near(shown[4] ?? [], shown[0] ?? [])).toBe(false);
});

test("blurred and grey as a preview; a short video has fewer frames on it", async () => {
  const path = await folder.make("short.webm", ...testPicture(2), "-metadata", "title=A title");
  const { sheet = new Uint8Array() } = await decoder.hash(await readFile(path), {
    sheet: { level: "blurred", side: 300 },
  });
  const { width, height, channels, exif } = await sharp(sheet).metadata();
  expect({ width, height, channels, exif }).toEqual({
    width: 200,
    height: 100,
    channels: 1,
    exif: undefined,
  });
  expect(Buffer.from(sheet).includes("A title")).toBe(false);
});

test("is not made unless it is asked for", async () => {
  const path = await folder.make("plain.mp4", ...testPicture(1));
  expect(await decoder.hash(path)).not.toHaveProperty("sheet");
});
