/** Videos that are hashed: every kind of file, every rate, from disk and from memory. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hammingDistance } from "@wardline/hashing/pdq";
import { compareVideos } from "@wardline/hashing/video";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { createVideoDecoder, type VideoDecoder, type VideoProgress } from "../../../node/decode/index.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { testPicture, tone, videoFolder, type VideoFolder } from "./video-files.ts";

const settings = decodeSettings.parse({});
let folder: VideoFolder;
let decoder: VideoDecoder;
beforeAll(async () => {
  folder = await videoFolder();
  decoder = createVideoDecoder(settings, systemClock);
});
afterAll(async () => {
  decoder.close();
  await folder.remove();
});

describe("every kind of file", () => {
  test.each([
    ["index at the end.mp4", "video/mp4", ["-c:v", "libx264"]],
    ["index at the start.mp4", "video/mp4", ["-c:v", "libx264", "-movflags", "+faststart"]],
    ["hevc.mov", "video/quicktime", ["-c:v", "libx265", "-x265-params", "log-level=none"]],
    ["phone.3gp", "video/mp4", ["-c:v", "h263", "-s", "176x144"]],
    ["vp8.webm", "video/webm", ["-c:v", "libvpx"]],
    ["vp9.webm", "video/webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime"]],
    ["av1.mkv", "video/x-matroska", ["-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"]],
    ["old.avi", "video/x-msvideo", ["-c:v", "mpeg4"]],
    ["broadcast.ts", "video/mp2t", ["-c:v", "mpeg2video"]],
    ["disc.mpg", "video/mpeg", ["-c:v", "mpeg1video", "-r", "25"]],
    ["site.flv", "video/x-flv", ["-c:v", "flv"]],
    ["windows.wmv", "video/x-ms-asf", ["-c:v", "wmv2"]],
    ["free.ogv", "video/ogg", ["-c:v", "libtheora"]],
  ])("%s", async (name, mime, encoding) => {
    const path = await folder.make(name, ...testPicture(3), ...encoding);
    const bytes = await readFile(path);
    const found = await decoder.hash(path);
    const height = 144;
    expect(found).toMatchObject({ mime, height, rate: 1, damaged: false });
    expect(found.frames.map(({ index }) => index)).toEqual([0, 1, 2]);
    for (const { timestamp, quality, index } of found.frames) {
      expect(Math.abs(timestamp - index)).toBeLessThan(0.2);
      expect(quality).toBeGreaterThanOrEqual(50);
    }
    const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest("hex");
    expect(found.digests).toEqual({ sha256: digest("sha256"), sha1: digest("sha1"), md5: digest("md5") });
  });

  test("from memory gives what it gives from disk", async () => {
    const path = await folder.make("twice.mp4", ...testPicture(2));
    expect(await decoder.hash(await readFile(path))).toEqual(await decoder.hash(path));
  });

  test("with sound and a cover picture gives its moving pictures", async () => {
    await folder.make("cover.png", ...testPicture(0.1, "64x64"), "-frames:v", "1");
    const path = await folder.make(
      "everything.mp4",
      ...[
        "-i",
        folder.path("cover.png"),
        ...tone(2),
        ...testPicture(2),
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
      ],
      ...["-c:v:0", "png", "-disposition:v:0", "attached_pic", "-c:v:1", "libx264", "-c:a", "aac"],
    );
    expect(await decoder.hash(path)).toMatchObject({
      codec: "h264",
      width: 192,
      height: 144,
      damaged: false,
    });
  });

  test("is taken as it is stored: not turned upright", async () => {
    const path = await folder.make("flat.mp4", ...testPicture(1));
    const turned = await folder.make("turned.mp4", "-i", path, "-c", "copy", "-metadata:s:v", "rotate=90");
    const [flat, other] = [await decoder.hash(path), await decoder.hash(turned)];
    expect(other.frames).toEqual(flat.frames);
  });

  test("whose frames change size in the middle goes on at the size of its first", async () => {
    const [small, large] = [
      await folder.make("small.ts", ...testPicture(1), "-c:v", "mpeg2video"),
      await folder.make(
        "large.ts",
        ...testPicture(1, "384x288"),
        "-c:v",
        "mpeg2video",
        "-output_ts_offset",
        "1",
      ),
    ];
    const bytes = Buffer.concat([await readFile(small), await readFile(large)]);
    const found = await decoder.hash(bytes, { rate: "every" });
    expect(found).toMatchObject({ width: 192, height: 144 });
    expect(found.frames.length).toBeGreaterThan(15);
    const [first, ...others] = found.frames.map(({ hash }) => hash);
    for (const hash of others) expect(hammingDistance(first ?? "", hash)).toBeLessThan(100);
  });
});

describe("the rate", () => {
  test("is one a second, or as asked: more, fewer, every frame, keyframes", async () => {
    const path = await folder.make("five.mp4", ...testPicture(5), "-g", "20", "-sc_threshold", "0");
    const times = async (rate?: number | "every" | "keyframes") =>
      (await decoder.hash(path, rate === undefined ? {} : { rate })).frames.map(({ timestamp }) => timestamp);
    expect(await times()).toEqual([0, 1, 2, 3, 4]);
    expect(await times(2)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]);
    expect(await times(0.4)).toEqual([0, 2.5]);
    expect(await times("keyframes")).toEqual([0, 2, 4]);
    expect(await times("every")).toHaveLength(50);
  });

  test("never repeats a frame of a video that stands still for long", async () => {
    const path = await folder.make("slides.mkv", ...testPicture(12, "192x144", 0.25), "-r", "0.25");
    expect((await decoder.hash(path)).frames.map(({ timestamp }) => timestamp)).toEqual([0, 4, 8]);
  });

  test("of a long video is its keyframes", async () => {
    const { video } = settings;
    const impatient = createVideoDecoder(
      { ...settings, video: { ...video, keyframesAfter: 2000 } },
      systemClock,
    );
    const path = await folder.make("long.mp4", ...testPicture(3), "-g", "15", "-sc_threshold", "0");
    const found = await impatient.hash(path);
    expect(found.rate).toBe("keyframes");
    expect(found.frames.map(({ timestamp }) => timestamp)).toEqual([0, 1.5]);
    expect((await impatient.hash(path, { rate: 1 })).frames).toHaveLength(3);
  });
});

test("a video that was encoded anew, smaller, matches; another does not", async () => {
  const moving = ["-f", "lavfi", "-i", "testsrc2=duration=4:size=320x240:rate=10"];
  const path = await folder.make("original.mp4", ...moving);
  const smaller = await folder.make(
    "smaller.webm",
    "-i",
    path,
    "-s",
    "200x150",
    "-c:v",
    "libvpx",
    "-b:v",
    "200k",
  );
  const other = await folder.make("other.mp4", ...testPicture(4));
  const [a, b, c] = await Promise.all([path, smaller, other].map((file) => decoder.hash(file, { rate: 2 })));
  if (!a || !b || !c) throw new Error("not hashed");
  expect(compareVideos(a, b)).toMatchObject({ matches: true });
  expect(compareVideos(a, c)).toMatchObject({ queryShare: 0, matches: false });
});

test("progress rises to the end", async () => {
  const path = await folder.make("progress.mp4", ...testPicture(20));
  const steps: VideoProgress[] = [];
  const { frames } = await decoder.hash(path, { rate: "every", onProgress: (step) => steps.push(step) });
  expect(steps.length).toBeGreaterThan(1);
  expect(steps.at(-1)).toEqual({ frames: 200, seconds: 19.9, duration: 20 });
  expect(steps.map((step) => step.frames)).toEqual(
    steps.map((step) => step.frames).toSorted((a, b) => a - b),
  );
  expect(frames).toHaveLength(200);
});
