/** Large and costly videos: all of the reference's and their pairs, many broken ones, one of 5 GB, one that needs more memory than there is. */
import { open, readFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeSettings } from "../../node/configuration/settings/decode.ts";
import { createVideoDecoder, type VideoDecoder } from "../../node/decode/index.ts";
import { systemClock } from "../../node/telemetry/index.ts";
import { testPicture, videoFolder, type VideoFolder } from "../node/decode/video-files.ts";
import { expectOutcomeOfFlips } from "../node/decode/video-flips.ts";
import { expectAsReference } from "../node/decode/video-reference.ts";
import { conventions, expectPairs } from "../hashing/video/reference-pairs.ts";
import { descendantsOf } from "../support/processes.ts";
import { describeWithVectors } from "../support/vectors.ts";

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

describeWithVectors("vpdq", "the reference's larger videos, every frame", (path) => {
  test.each([
    ...["chair-19-sd-bar", "chair-20-sd-bar", "pattern-sd-grey-bar"],
    ...["pattern-sd-with-large-logo-bar", "pattern-sd-with-small-logo-bar"],
  ])("%s", async (name) => {
    await expectAsReference(decoder, path, name);
  });
});

describeWithVectors("vpdq", "all of the reference's pairs of vPDQ texts", (path) => {
  test.each(conventions)("match as by %s", (_, convention, settings) => {
    expect(expectPairs(path, convention, settings, 1)).toHaveLength(256);
  });
});

test("a video with any bytes flipped gives hashes or a named refusal, 120 times, and the next one works", async () => {
  const good = await folder.make("good.mp4", ...testPicture(2));
  const bytes = await readFile(good);
  for (let round = 0; round < 120; round++) await expectOutcomeOfFlips(decoder, bytes, round);
  await expect(decoder.hash(good)).resolves.toMatchObject({ damaged: false });
});

test("a file of 5 GB with its index at the end is hashed in the memory that a small one takes", async () => {
  const small = await folder.make("small.mp4", ...testPicture(4));
  const large = folder.path("large.mp4");
  await padded(small, large, 5 * 2 ** 30);

  const peaks: number[] = [];
  for (const path of [small, large]) {
    let peak = 0;
    const before = process.memoryUsage().rss;
    const watch = setInterval(() => {
      const below = descendantsOf(process.pid).reduce((sum, pid) => sum + residentBytes(pid), 0);
      peak = Math.max(peak, below + process.memoryUsage().rss - before);
    }, 20);
    const found = await decoder.hash(path);
    clearInterval(watch);
    expect(found.frames).toHaveLength(4);
    peaks.push(peak);
  }
  const [ofSmall = 0, ofLarge = 0] = peaks;
  expect(ofLarge).toBeLessThan(ofSmall + 150 * 2 ** 20);
});

test("a video that needs more memory than its sandbox has ends that sandbox only", async () => {
  const path = await folder.make("8k.mp4", ...testPicture(0.3, "8192x4320"), "-preset", "ultrafast");
  const memory = 700 * 2 ** 20;
  const narrow = createVideoDecoder(
    { ...settings, video: { ...settings.video, memory, threads: 16 } },
    systemClock,
  );
  await expect(narrow.hash(path, { rate: "every" })).rejects.toThrow(
    expect.objectContaining({ code: "decode/crashed" }),
  );
  await expect(decoder.hash(path, { rate: "every" })).resolves.toMatchObject({ frames: { length: 3 } });
});

/** The same video with so many bytes of nothing in front of its index, which the file system does not even store. */
async function padded(from: string, to: string, bytes: number): Promise<void> {
  const video = await readFile(from);
  const index = video.indexOf("moov") - 4;
  const box = Buffer.alloc(16); // a free box with a 64-bit size
  box.writeUInt32BE(1, 0);
  box.write("free", 4);
  box.writeBigUInt64BE(BigInt(bytes), 8);
  const file = await open(to, "w");
  await file.write(Buffer.concat([video.subarray(0, index), box]));
  await file.write(video.subarray(index), 0, null, index + bytes);
  await file.close();
}

function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
