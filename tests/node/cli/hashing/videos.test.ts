/** Hashes of videos that come as files, vPDQ texts and TMK+PDQF: compared, matched against, written. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readVpdq, writeTmk, writeVpdq } from "@wardline/hashing/video";
import { flipped, randomHash, tmkOf, videoOf } from "../../../hashing/video/support.ts";
import { seededRandom } from "../../../support/seeded.ts";
import { describeWithVectors } from "../../../support/vectors.ts";
import { createScratch, jsonLines, type Scratch } from "./support.ts";

const random = seededRandom("videos on the command line");
const scenes = Array.from({ length: 20 }, () => randomHash(random));
const near = (hashes: readonly string[]) => hashes.map((hash) => flipped(hash, 12, random));
const features = () => Array.from({ length: 60 }, () => [...random(16)].map((byte) => byte - 128));

let scratch: Scratch;
beforeAll(async () => {
  scratch = await createScratch();
  const text = (hashes: readonly string[]) => writeVpdq(videoOf(hashes));
  await scratch.put("whole.txt", text(scenes));
  await scratch.put("piece.dat", text(near(scenes.slice(0, 10))));
  await scratch.put("other.txt", text(Array.from({ length: 5 }, () => randomHash(random))));
  await scratch.put("bad.txt", `${text(scenes.slice(0, 2))}not a frame\n`);
  const [a, b] = [features(), features()];
  const noisy = a.map((frame) => frame.map((value, at) => value + (at % 5)));
  const tmk = tmkOf(a);
  await scratch.put("a.tmk", writeTmk(tmk));
  await scratch.put("again", writeTmk(tmkOf(noisy)));
  await scratch.put("b.tmk", writeTmk(tmkOf(b)));
  await scratch.put("backwards.tmk", writeTmk(tmkOf(a.toReversed())));
  await scratch.put("faster.tmk", writeTmk({ ...tmk, framesPerSecond: 30 }));
  await scratch.put("cut.tmk", writeTmk(tmk).subarray(0, 500));
  await scratch.put("known/a.tmk", writeTmk(tmk));
  await scratch.put("known/videos/b.tmk", writeTmk(tmkOf(b)));
  await scratch.put("known/videos/whole", text(scenes));
});
afterAll(() => scratch.remove());

const json = async (...args: string[]) => {
  const { code, out } = await scratch.run(args);
  return { code, lines: jsonLines(out) };
};

describe("wardline compare", () => {
  it("says how much of one vPDQ text is in the other, whatever the files are called", async () => {
    expect((await json("compare", "--json", "piece.dat", "whole.txt")).lines).toEqual([
      {
        a: "piece.dat",
        b: "whole.txt",
        same: {},
        video: { queryShare: 1, comparedShare: 0.5, matches: true },
        meaning: "The first is, for four fifths or more, a part of the second.",
      },
    ]);
    const { out } = await scratch.run(["compare", "whole.txt", "other.txt"]);
    expect(out).toMatch(/^frames {3}0 % of the first .+\n {9}0 % of the second .+\nDifferent videos\.\n$/);
  });

  it("scores two TMK+PDQF files, and says what the scores mean", async () => {
    const { out } = await scratch.run(["compare", "a.tmk", "again"]);
    expect(out).toMatch(
      /^tmk {6}level 1 0\.\d{3}: .+\n {9}level 2 0\.\d{3}: .+\nCopies of one video, by the/,
    );
    const backwards = await scratch.run(["compare", "a.tmk", "backwards.tmk"]);
    expect(backwards.out).toMatch(/\nAlike on average and not in time, .+ Look at both\.\n$/);
    const { lines } = await json("compare", "--json", "a.tmk", "b.tmk");
    const { tmk, meaning } = lines[0] as { tmk: Record<string, number>; meaning: string };
    expect(tmk["level1"]).toBeLessThan(0.7);
    expect(meaning).toBe("Different videos, by the reference's threshold of 0.7 at level 1.");
  });

  it.each([
    [["bad.txt", "whole.txt"], "hashing/vpdq-format: bad.txt: Line 3 "],
    [["a.tmk", "cut.tmk"], "hashing/tmk-format: cut.tmk: "],
    [["a.tmk", "faster.tmk"], "hashing/tmk-incompatible: "],
    [["a.tmk", "whole.txt"], "cli/not-comparable: "],
    [["whole.txt", `pdq:${scenes[0]}`], "cli/not-comparable: "],
  ])("says what it cannot compare: %j", async (args, message) => {
    const { code, out, err } = await scratch.run(["compare", ...args]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^wardline: [^\n]+\n$/);
    expect(err).toContain(message);
  });
});

describe("wardline match", () => {
  it("finds a video in a vPDQ text, both ways, and single pictures among its frames", async () => {
    const frame = `pdq:${scenes[7]}`;
    const list = ["--list", "whole.txt,name=whole", "--list", "other.txt"];
    const { code, lines } = await json("match", "--json", ...list, "piece.dat", frame);
    expect(code).toBe(0);
    const [piece, single] = lines;
    expect(piece).toEqual({
      query: "piece.dat",
      total: 1,
      matches: [],
      videos: [{ list: "whole", kind: "vpdq", queryShare: 1, comparedShare: 0.5 }],
    });
    expect(single).toMatchObject({ total: 1, matches: [{ list: "whole", entry: 8, distance: 0 }] });
    const { out } = await scratch.run(["match", ...list, "piece.dat"]);
    expect(out).toBe(
      "piece.dat: matches\n  100 % of its frames are in whole, 50 % of that one's are in it\n",
    );
  });

  it("keeps to the settings of each list", async () => {
    const { lines } = await json("match", "--json", "--list", "whole.txt,distance=11", "piece.dat");
    expect(lines).toEqual([{ query: "piece.dat", total: 0, matches: [] }]);
  });

  it("looks the frames of a vPDQ text up in other lists, too", async () => {
    await scratch.put("hashes.txt", `pdq ${scenes[3]}\n`);
    const { lines } = await json("match", "--json", "--list", "hashes.txt", "piece.dat");
    expect(lines).toMatchObject([
      {
        total: 1,
        matches: [{ list: "hashes.txt", entry: 1, distance: 12, frames: { count: 1, nearest: 3 } }],
      },
    ]);
  });

  it("looks all frames of a long one up", async () => {
    const hashes = Array.from({ length: 2100 }, () => randomHash(random));
    await scratch.put("long.txt", writeVpdq(videoOf(hashes)));
    await scratch.put("three.txt", [5, 1100, 2050].map((at) => `pdq ${hashes[at]}\n`).join(""));
    const { lines } = await json("match", "--json", "--list", "three.txt", "long.txt");
    const { matches } = lines[0] as { matches: { entry: number; frames: unknown }[] };
    expect(matches.map(({ entry, frames }) => [entry, frames])).toEqual([
      [1, { count: 1, nearest: 5 }],
      [2, { count: 1, nearest: 1100 }],
      [3, { count: 1, nearest: 2050 }],
    ]);
  });

  it("takes a folder as many lists, of any kind", async () => {
    const { code, lines } = await json(
      "match",
      "--json",
      "--list",
      "known",
      "again",
      "whole.txt",
      "other.txt",
    );
    expect(code).toBe(0);
    expect(lines).toMatchObject([
      { query: "again", total: 1, videos: [{ list: "known/a.tmk", kind: "tmk" }] },
      { query: "whole.txt", total: 1, videos: [{ list: "known/videos/whole", comparedShare: 1 }] },
      { query: "other.txt", total: 0 },
    ]);
    const { out } = await scratch.run(["match", "--list", "known", "a.tmk"]);
    expect(out).toMatch(
      /^a\.tmk: matches\n {2}tmk 1\.000 on average and \d\.\d{3} in time, known\/a\.tmk\n$/,
    );
  });

  it("never says 'not known' of what no list could know, or of a broken file", async () => {
    const tmk = await json("match", "--json", "--list", "whole.txt", "a.tmk", "cut.tmk");
    expect(tmk.code).toBe(1);
    expect(tmk.lines).toMatchObject([
      { query: "a.tmk", error: { code: "cli/not-comparable" } },
      { query: "cut.tmk", error: { code: "hashing/tmk-format" } },
    ]);
    const frames = await json("match", "--json", "--list", "a.tmk", "whole.txt");
    expect(frames.lines).toMatchObject([{ error: { code: "cli/not-comparable" } }]);
    const faster = await json("match", "--json", "--list", "faster.tmk", "--list", "a.tmk", "again");
    expect(faster.lines).toMatchObject([
      {
        error: { code: "hashing/tmk-incompatible", message: expect.stringMatching(/^faster\.tmk: /) },
        total: 1,
      },
    ]);
  });

  it.each([
    [["match", "--list", "bad.txt", "whole.txt"], "hashing/vpdq-format: bad.txt: "],
    [["match", "--list", "cut.tmk", "a.tmk"], "hashing/tmk-format: cut.tmk: "],
    [["match", "--list", "whole.txt", "--known-good", "piece.dat", "whole.txt"], "cli/known-good-video: "],
    [["index", "build", "--index", "kept", "--list", "whole.txt"], "cli/video-in-index: whole.txt "],
  ])("refuses the list: %j", async (args, message) => {
    const { code, out, err } = await scratch.run(args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`wardline: ${message}`);
  });
});

describeWithVectors("vpdq", "hashes of the reference's videos", (path) => {
  const video = `${path}videos/test-padded-dimensions.mp4`;
  const text = `${path}sample-hashes/test-padded-dimensions.txt`;

  it("are met by the videos themselves, hashed at the rate of the text", async () => {
    const compared = await json("compare", "--json", video, text);
    expect(compared.lines).toMatchObject([{ video: { queryShare: 1, comparedShare: 1 } }]);
    const matched = await json("match", "--json", "--list", `${text},name=known`, video);
    expect(matched.lines).toMatchObject([
      { total: 1, videos: [{ list: "known", kind: "vpdq", queryShare: 1, comparedShare: 1 }] },
    ]);
  });

  it("are written of a video, one a second", async () => {
    const { code, out } = await scratch.run(["hash", "--vpdq", video]);
    expect(code).toBe(0);
    const { frames } = readVpdq(out);
    expect(frames.map(({ timestamp }) => timestamp)).toEqual([0, 1, 2, 3, 4]);
    expect(readVpdq(await readFile(text, "utf8")).frames.length).toBe(30 * frames.length);
  });
});

describeWithVectors("tmk", "the reference's TMK+PDQF files", (path) => {
  it("are scored and found", async () => {
    const [chair19, chair20] = [`${path}chair-19-sd-bar.tmk`, `${path}chair-20-sd-bar.tmk`];
    const scores = (await readFile(`${path}expected-two-level-scores.txt`, "utf8")).split("\n");
    const [level1, level2] = scores
      .map((line) => line.split(/\s+/))
      .filter(([, , a, b]) => a === "chair-19-sd-bar.tmk" && b === "chair-20-sd-bar.tmk")
      .flatMap((fields) => fields.slice(0, 2).map(Number));
    const { lines } = await json("compare", "--json", chair19, chair20);
    const { tmk } = lines[0] as { tmk: { level1: number; level2: number } };
    expect(tmk.level1).toBeCloseTo(level1 ?? NaN, 5);
    expect(tmk.level2).toBeCloseTo(level2 ?? NaN, 5);
    const lists = ["--list", `${path}doorknob-hd-no-bar.tmk`, "--list", `${chair20},name=chair`];
    expect((await json("match", "--json", ...lists, chair19)).lines).toMatchObject([
      { total: 1, videos: [{ list: "chair", kind: "tmk" }] },
    ]);
  });
});

describe("wardline hash --vpdq", () => {
  it.each([[["--json"]], [["other.mp4"]]])("is not called like this: %j", async (more) => {
    const { code, out, err } = await scratch.run(["hash", "--vpdq", "clip.mp4", ...more]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^error: .+\n\(see --help\)\n$/);
  });

  it("says what is no video", async () => {
    const { code, out, err } = await scratch.run(["hash", "--vpdq", "whole.txt"]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^wardline: decode\/unsupported-format: /);
  });
});
