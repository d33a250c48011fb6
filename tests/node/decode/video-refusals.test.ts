/** What the decoder says of hostile and broken videos, each with its own name; and that the next video is not affected. */
import { createHash } from "node:crypto";
import { chmod, chown, mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { createVideoDecoder, type VideoDecoder } from "../../../node/decode/index.ts";
import { systemClock, type Clock } from "../../../node/telemetry/index.ts";
import { picture } from "../../support/pictures.ts";
import { descendantsOf, isAlive } from "../../support/processes.ts";
import { testPicture, tone, videoFolder, type VideoFolder } from "./video-files.ts";
import { expectOutcomeOfFlips } from "./video-flips.ts";

const settings = decodeSettings.parse({});
const code = (name: string) =>
  expect.objectContaining({ code: `decode/${name}`, advice: expect.any(String) });
const utf8 = (text: string) => new TextEncoder().encode(text);
const decoderWith = (changes: Partial<typeof settings.video>, clock: Clock = systemClock) =>
  createVideoDecoder({ ...settings, video: { ...settings.video, ...changes } }, clock);

let folder: VideoFolder;
let decoder: VideoDecoder;
let good: string;
/** Takes several seconds to hash at every frame. */
let long: string;
beforeAll(async () => {
  folder = await videoFolder();
  decoder = decoderWith({});
  good = await folder.make("good.mp4", ...testPicture(2));
  const once = await folder.make("once.mp4", ...testPicture(3, "640x480", 25), "-preset", "ultrafast");
  long = await folder.make("long.mp4", "-stream_loop", "19", "-i", once, "-c", "copy");
});
afterAll(async () => {
  decoder.close();
  await folder.remove();
});

const sandboxes = () => descendantsOf(process.pid).filter(isAlive);
const works = () => expect(decoder.hash(good)).resolves.toMatchObject({ damaged: false });

describe("a file that is no video we open", () => {
  test.each([
    ["nothing at all", new Uint8Array()],
    [
      "noise",
      Uint8Array.from({ length: 9000 }, (_, at) => createHash("md5").update(`${at}`).digest()[0] ?? 0),
    ],
    ["text", utf8("This is a letter, renamed to video.mp4.\n".repeat(50))],
    ["HTML", utf8("<!doctype html><video src=x>")],
    [
      "a playlist",
      utf8("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"),
    ],
    ["a list of files to join", utf8("ffconcat version 1.0\nfile /etc/passwd\n")],
    ["a manifest", utf8('<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>')],
    ["subtitles", utf8("1\n00:00:01,000 --> 00:00:02,000\nhello\n")],
    ["a sound file", utf8("RIFF\0\0\0\0WAVEfmt ")],
    ["raw frames", utf8("YUV4MPEG2 W4 H4 F25:1 Ip A1:1\nFRAME\n" + "x".repeat(24))],
  ])("%s is refused by name", async (_, bytes) => {
    await expect(decoder.hash(bytes)).rejects.toThrow(code("unsupported-format"));
  });

  test("a picture is refused by name, under any file name", async () => {
    await writeFile(folder.path("picture.mp4"), await picture(1));
    await expect(decoder.hash(folder.path("picture.mp4"))).rejects.toThrow(code("unsupported-format"));
  });

  test("a video of a codec that is not offered is refused by name", async () => {
    const path = await folder.make("rare.mkv", ...testPicture(1), "-pix_fmt", "yuv422p", "-c:v", "ffv1");
    await expect(decoder.hash(path)).rejects.toThrow(code("unsupported-format"));
  });

  test("what cannot be read is refused before a sandbox is started", async () => {
    await mkdir(folder.path("folder.mp4"));
    for (const name of ["missing.mp4", "folder.mp4", "good.mp4/inside"])
      await expect(decoder.hash(folder.path(name))).rejects.toThrow(code("unreadable"));
    await expect(decoder.hash("/dev/zero")).rejects.toThrow(code("unreadable"));
  });
});

test.runIf(process.getuid?.() === 0)("a file that only its owner may read is not read by root", async () => {
  const path = await folder.make("private.mp4", ...testPicture(1));
  await chown(path, 1000, 1000);
  await chmod(path, 0o600);
  await expect(decoder.hash(path)).rejects.toThrow(code("unreadable"));
});

describe("a video that is broken", () => {
  test("without its index is refused", async () => {
    const bytes = await readFile(good);
    const index = bytes.indexOf("moov");
    for (const length of [50, index / 2, index - 4])
      await expect(decoder.hash(bytes.subarray(0, length))).rejects.toThrow(code("corrupt"));
    await expect(decoder.hash(bytes.subarray(0, index + 500))).rejects.toMatchObject({
      code: expect.stringMatching(/corrupt|no-frames/),
    });
  });

  test("of kinds that begin to play at once is hashed as far as it goes, and says that it is damaged", async () => {
    const faststart = await folder.make("start.mp4", ...testPicture(4), "-movflags", "+faststart");
    const whole = await decoder.hash(faststart, { rate: "every" });
    await truncate(faststart, Math.floor((await readFile(faststart)).length * 0.7));
    const cut = await decoder.hash(faststart, { rate: "every" });
    expect(cut.damaged).toBe(true);
    expect(cut.frames.length).toBeGreaterThan(5);
    expect(cut.frames.length).toBeLessThan(whole.frames.length);
    const sound = cut.frames.slice(0, 5).map(({ hash }) => hash);
    expect(sound).toEqual(whole.frames.slice(0, 5).map(({ hash }) => hash));
  });

  test("with only its head is refused", async () => {
    const path = await folder.make("head.webm", ...testPicture(1), "-c:v", "libvpx");
    await truncate(path, 400);
    const refused = decoder.hash(path);
    await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/corrupt|no-frames/) });
  });

  test("with any bytes flipped gives hashes or a named refusal, and the next one works", async () => {
    const bytes = await readFile(good);
    for (const round of [0, 2, 5]) await expectOutcomeOfFlips(decoder, bytes, round);
    await works();
  });
});

describe("a file without moving pictures", () => {
  test("sound alone, also with a cover, is told apart", async () => {
    const sound = await folder.make("sound.mp4", ...tone(1), "-c:a", "aac");
    await expect(decoder.hash(sound)).rejects.toThrow(code("no-frames"));
    await folder.make("cover.png", ...testPicture(0.1), "-frames:v", "1");
    const cover = await folder.make(
      "cover.mp4",
      ...["-i", folder.path("cover.png"), ...tone(1), "-map", "0", "-map", "1"],
      ...["-c:v", "png", "-disposition:v:0", "attached_pic"],
    );
    await expect(decoder.hash(cover)).rejects.toThrow(code("no-frames"));
  });

  test("a video track of no frames is told apart", async () => {
    const path = await folder.make("none.mkv", ...testPicture(1), "-frames:v", "0", "-c:v", "libx264");
    await expect(decoder.hash(path)).rejects.toMatchObject({
      code: expect.stringMatching(/no-frames|corrupt/),
    });
  });
});

describe("a video that is too much", () => {
  test("of frames larger than allowed is refused before they are decoded", async () => {
    const narrow = decoderWith({ mostPixels: 192 * 144 - 1 });
    await expect(narrow.hash(good)).rejects.toThrow(code("too-many-pixels"));
    await expect(decoderWith({ mostPixels: 192 * 144 }).hash(good)).resolves.toMatchObject({ width: 192 });
  });

  test("that declares enormous frames is refused", async () => {
    const path = await folder.make("huge.avi", ...testPicture(1), "-c:v", "mjpeg");
    const bytes = await readFile(path);
    // The sizes of every JPEG inside: 65,000 x 65,000.
    for (let at = bytes.indexOf("ffc0", 0, "hex"); at >= 0; at = bytes.indexOf("ffc0", at + 1, "hex"))
      bytes.writeUInt32BE(0xfde8fde8, at + 5);
    await expect(decoder.hash(bytes)).rejects.toThrow(code("too-many-pixels"));
  });

  test("of more bytes than allowed is refused without a sandbox", async () => {
    const small = decoderWith({ largestFile: 1000, largestBytes: 1000 });
    await expect(small.hash(good)).rejects.toThrow(code("too-large"));
    await expect(small.hash(new Uint8Array(1001))).rejects.toThrow(code("too-large"));
  });

  test("of more frames than allowed is refused", async () => {
    const few = decoderWith({ mostFrames: 19 });
    await expect(few.hash(good, { rate: "every" })).rejects.toThrow(code("too-many-frames"));
    await expect(decoderWith({ mostFrames: 20 }).hash(good, { rate: "every" })).resolves.toMatchObject({
      frames: { length: 20 },
    });
  });
});

describe("a video that is given up", () => {
  test("because it takes too long leaves nothing behind, and the next one works", async () => {
    let late: (() => void) | undefined;
    const clock = { now: () => 0, after: (_: number, act: () => void) => ((late = act), () => undefined) };
    const slow = decoderWith({}, clock);
    const refused = expect(
      slow.hash(long, { rate: "every", onProgress: ({ frames }) => frames > 100 && late?.() }),
    ).rejects.toThrow(code("timeout"));
    await refused;
    await expect.poll(sandboxes, { timeout: 20_000 }).toEqual([]);
    await works();
  });

  test("by its caller ends at once with the caller's reason, at work or in line", async () => {
    const [atWork, inLine, before] = [
      new AbortController(),
      new AbortController(),
      AbortSignal.abort("never"),
    ];
    const busy = decoderWith({ together: 1 });
    const started = Promise.withResolvers<void>();
    const working = busy.hash(long, {
      rate: "every",
      signal: atWork.signal,
      onProgress: () => started.resolve(),
    });
    const outcomes = [
      expect(working).rejects.toBe("enough"),
      expect(busy.hash(good, { signal: inLine.signal })).rejects.toBe("gone"),
      expect(busy.hash(good, { signal: before })).rejects.toBe("never"),
    ];
    const after = busy.hash(good);
    await started.promise;
    inLine.abort("gone");
    await outcomes[1];
    atWork.abort("enough");
    await Promise.all(outcomes);
    await expect(after).resolves.toMatchObject({ frames: { length: 2 } });
    await expect.poll(sandboxes, { timeout: 20_000 }).toEqual([]);
  });

  test("since its decoder is killed is named, and the next one works", async () => {
    let killed = false;
    const kill = () => {
      if (!killed) for (const pid of descendantsOf(process.pid).slice(-1)) process.kill(pid, "SIGKILL");
      killed = true;
    };
    await expect(decoder.hash(long, { rate: "every", onProgress: kill })).rejects.toThrow(code("crashed"));
    await works();
  });

  test("with the decoder that is closed, also in line", async () => {
    const closing = decoderWith({ together: 1 });
    const outcomes = [1, 2, 3].map(() => expect(closing.hash(long)).rejects.toThrow(code("closed")));
    await sleep(200);
    closing.close();
    await Promise.all(outcomes);
    await expect(closing.hash(good)).rejects.toThrow(code("closed"));
  });
});

test("several videos at a time do not disturb each other", async () => {
  const several = decoderWith({ together: 3 });
  const alone = await several.hash(good);
  const all = await Promise.all([
    ...[1, 2, 3].map(() => several.hash(good).then((found) => expect(found).toEqual(alone))),
    expect(several.hash(utf8("text"))).rejects.toThrow(code("unsupported-format")),
    expect(several.hash(utf8("0000ftypisom"))).rejects.toThrow(code("corrupt")),
  ]);
  expect(all).toHaveLength(5);
});

describe("without its programs", () => {
  test("ffmpeg missing is said with the line that installs it", async () => {
    const without = decoderWith({ ffmpeg: "no-such-ffmpeg" });
    const refused = expect.objectContaining({
      code: "decode/no-ffmpeg",
      advice: expect.stringContaining("apt install ffmpeg"),
    });
    await expect(without.hash(good)).rejects.toThrow(refused);
    expect(() => without.check()).toThrow(refused);
    expect(() => decoder.check()).not.toThrow();
  });

  test.each(["/nowhere/bwrap", "/bin/false"])("no sandbox (%s), no decoding", async (bubblewrap) => {
    const bare = createVideoDecoder({ ...settings, bubblewrap }, systemClock);
    await expect(bare.hash(good)).rejects.toThrow(code("no-sandbox"));
  });
});
