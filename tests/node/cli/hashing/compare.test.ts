/** `wardline compare`: copies, turned copies, other pictures, hashes, videos. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWithVectors } from "../../../support/vectors.ts";
import { createScratch, jsonLines, smoothPicture, type Scratch } from "./support.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await createScratch();
  const picture = smoothPicture(1);
  await scratch.put("original.png", await picture.clone().png().toBuffer());
  await scratch.put("small.jpg", await picture.clone().resize(180).jpeg().toBuffer());
  await scratch.put("turned.webp", await picture.clone().rotate(90).webp().toBuffer());
  await scratch.put("other.png", await smoothPicture(2).png().toBuffer());
  await scratch.put("flat.png", await smoothPicture(1).linear(0, 128).png().toBuffer());
  await scratch.put("bad.png", "no picture");
});
afterAll(() => scratch.remove());

const compare = async (a: string, b: string) => {
  const { code, out } = await scratch.run(["compare", "--json", a, b]);
  expect(code).toBe(0);
  return jsonLines(out)[0] as {
    same: Record<string, boolean>;
    pdq: { distance: number; best: { distance: number; turn: string } };
    meaning: string;
  };
};

describe("wardline compare", () => {
  it("knows the same file", async () => {
    expect(await compare("original.png", "original.png")).toMatchObject({
      same: { sha256: true, sha1: true, md5: true },
      pdq: { distance: 0, best: { distance: 0, turn: "orig" } },
      meaning: "The same file, byte for byte.",
    });
  });

  it("knows a copy that was encoded anew", async () => {
    const { same, pdq, meaning } = await compare("original.png", "small.jpg");
    expect(same).toEqual({ sha256: false, sha1: false, md5: false });
    expect(pdq.distance).toBeLessThanOrEqual(31);
    expect(meaning).toBe("Copies of one picture, by the usual threshold of 31.");
  });

  it("knows a turned copy, whichever comes first", async () => {
    for (const [a, b] of [
      ["original.png", "turned.webp"],
      ["turned.webp", "original.png"],
    ] as const) {
      const { pdq, meaning } = await compare(a, b);
      expect(pdq.distance).toBeGreaterThan(31);
      expect(pdq.best.distance).toBeLessThanOrEqual(31);
      expect(meaning).toMatch(/^One is the other turned or mirrored \(rot\d+\)/);
    }
  });

  it("knows other pictures, and ones that mean nothing", async () => {
    expect((await compare("original.png", "other.png")).meaning).toBe("Different pictures.");
    expect((await compare("original.png", "flat.png")).meaning).toContain("The quality is below 50");
  });

  it("takes hashes in place of files, and says it readably", async () => {
    const [{ pdq = "", md5 = "" } = {}] = jsonLines(
      (await scratch.run(["hash", "--json", "turned.webp"])).out,
    ) as {
      pdq: string;
      md5: string;
    }[];
    const { code, out } = await scratch.run(["compare", `pdq:${pdq}`, "original.png"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^pdq {6}\d+ of 256 bits differ; \d+ in the best turn \(rot\d+\)\nquality {2}100\nOne is the other/,
    );
    expect((await compare(md5, md5.toUpperCase())).meaning).toMatch(/^Probably the same file/);
    expect((await compare(`md5:${md5}`, "original.png")).meaning).toMatch(/^Different files/);
  });

  it.each([
    [["bad.png", "original.png"], "decode/unsupported-format: bad.png: "],
    [["original.png", "missing"], "cli/no-file: missing: "],
    [[`md5:${"a1".repeat(16)}`, `sha1:${"a1".repeat(20)}`], "cli/not-comparable: "],
    [[`pdq:${"0".repeat(64)}`, "original.png"], "hashing/pdq-constant: "],
  ])("says what it cannot compare: %j", async (args, message) => {
    const { code, out, err } = await scratch.run(["compare", ...args]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^wardline: [^\n]+\n$/);
    expect(err).toContain(message);
  });
});

describeWithVectors("vpdq/videos", "wardline compare of videos", (videos) => {
  it("says how much of each is in the other", async () => {
    const file = `${videos}test-padded-dimensions.mp4`;
    const { out } = await scratch.run(["compare", file, file]);
    expect(out).toContain("The same file, byte for byte.");
    expect(out).toContain("frames   100 % of the first have a counterpart in the second");
  });
});
