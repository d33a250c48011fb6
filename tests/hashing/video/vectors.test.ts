/**
 * Third-party data: the reference's vPDQ texts and what it says of some of their pairs, its TMK files and their scores.
 * tests/long has all pairs.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import {
  compareTmk,
  readTmk,
  readVpdq,
  writeTmk,
  writeVpdq,
  type Tmk,
  type VideoHash,
} from "@wardline/hashing/video";
import { describeWithVectors } from "../../support/vectors.ts";
import { conventions, expectPairs } from "./reference-pairs.ts";

describeWithVectors("vpdq", "the reference's vPDQ texts", (path) => {
  const texts = new Map(
    readdirSync(`${path}sample-hashes`).map((file) => [
      basename(file, ".txt"),
      readFileSync(`${path}sample-hashes/${file}`, "utf8"),
    ]),
  );
  const videos = new Map([...texts].map(([name, text]) => [name, readVpdq(text)]));
  const video = (name: string): VideoHash => videos.get(name) ?? { frames: [] };

  test("are written back as they were read", () => {
    expect(texts.size).toBe(31);
    for (const [name, text] of texts) {
      expect(video(name).frames.length).toBeGreaterThan(0);
      expect(writeVpdq(video(name))).toBe(text);
    }
  });

  test.each(conventions)("match by pairs as by %s", (_, convention, settings) => {
    // Every seventh pair has each video on both sides, and all kinds of likeness.
    const shares = expectPairs(path, convention, settings, 7);
    expect(shares.filter((share) => share === 1).length).toBeGreaterThan(1);
    expect(shares.filter((share) => share > 0 && share < 1).length).toBeGreaterThan(1);
    expect(shares.filter((share) => share === 0).length).toBeGreaterThan(1);
  });
});

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
