/** Third-party data: the reference's vPDQ texts and what it says of their pairs, and its TMK files and their scores. */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import {
  compareTmk,
  compareVideos,
  readTmk,
  readVpdq,
  writeTmk,
  writeVpdq,
  type Tmk,
  type VideoHash,
} from "@wardline/hashing/video";
import { describeWithVectors } from "../../support/vectors.ts";

describeWithVectors("vpdq", "the reference's vPDQ texts", (path) => {
  const texts = new Map(
    readdirSync(`${path}sample-hashes`).map((file) => [
      basename(file, ".txt"),
      readFileSync(`${path}sample-hashes/${file}`, "utf8"),
    ]),
  );
  const videos = new Map([...texts].map(([name, text]) => [name, readVpdq(text)]));
  const video = (name: string): VideoHash => videos.get(name) ?? { frames: [] };
  const { pairs } = JSON.parse(readFileSync(`${path}expected-matches.json`, "utf8")) as { pairs: Pair[] };

  test("are written back as they were read", () => {
    expect(texts.size).toBe(31);
    for (const [name, text] of texts) {
      expect(video(name).frames.length).toBeGreaterThan(0);
      expect(writeVpdq(video(name))).toBe(text);
    }
  });

  test.each([
    [
      "its own program: less than 31 bits, every frame",
      "cpp_strict_lt31_no_dedupe",
      { distance: 30, distinct: false },
    ],
    ["its Python library: at most 31 bits, distinct hashes, as is our default", "pytx_le31_dedupe", {}],
  ] as const)("match by pairs as by %s", (_, convention, settings) => {
    expect(pairs).toHaveLength(256);
    for (const pair of pairs) {
      const { queryShare, comparedShare } = compareVideos(video(pair.query), video(pair.compared), settings);
      expect(queryShare * 100).toBeCloseTo(pair[convention].query_match_percent, 9);
      expect(comparedShare * 100).toBeCloseTo(pair[convention].compared_match_percent, 9);
    }
  });
});

interface Pair extends Record<"cpp_strict_lt31_no_dedupe" | "pytx_le31_dedupe", Percentages> {
  query: string;
  compared: string;
}
type Percentages = Record<"query_match_percent" | "compared_match_percent", number>;

describeWithVectors("tmk", "the reference's TMK files", (path) => {
  const files = readdirSync(path).filter((file) => file.endsWith(".tmk"));
  const hashes = new Map(files.map((file) => [file, readTmk(readFileSync(path + file))]));

  test("are written back byte for byte", () => {
    expect(files).toHaveLength(15);
    for (const [file, tmk] of hashes)
      expect(Buffer.compare(writeTmk(tmk), readFileSync(path + file))).toBe(0);
  });

  test("score as the reference says, at both levels", () => {
    const lines = readFileSync(`${path}expected-two-level-scores.txt`, "utf8").trim().split("\n");
    expect(lines).toHaveLength(105);
    for (const line of lines) {
      const [level1, level2, a = "", b = ""] = line.split(/\s+/);
      const score = compareTmk(hashes.get(a) as Tmk, hashes.get(b) as Tmk);
      expect(Math.abs(score.level1 - Number(level1))).toBeLessThan(1e-6);
      expect(Math.abs(score.level2 - Number(level2))).toBeLessThan(1e-6);
    }
  });
});
