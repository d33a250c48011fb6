/** `wardline cluster`: pictures that look alike are shown once. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createScratch, jsonLines, smoothPicture, type Scratch } from "./support.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await createScratch();
  for (const seed of [1, 2]) {
    await scratch.put(`all/${seed}.png`, await smoothPicture(seed).png().toBuffer());
    await scratch.put(`all/${seed}-small.jpg`, await smoothPicture(seed).resize(180).jpeg().toBuffer());
  }
  await scratch.put("all/1-copy.png", await smoothPicture(1).png().toBuffer());
  await scratch.put("all/alone.png", await smoothPicture(3).png().toBuffer());
});
afterAll(() => scratch.remove());

const groups = (out: string) =>
  jsonLines(out).map((line) => {
    const { group, size, members, representative } = line as {
      group: number;
      size: number;
      representative: string;
      members: { name: string; distance: number }[];
    };
    expect(members[0]).toMatchObject({ name: representative, distance: 0 });
    return [group, size, members.map(({ name }) => name).sort()];
  });

const alike = [
  [1, 3, ["all/1-copy.png", "all/1-small.jpg", "all/1.png"]],
  [2, 2, ["all/2-small.jpg", "all/2.png"]],
];

describe("wardline cluster", () => {
  it("groups the pictures of a folder", async () => {
    const { code, out, err } = await scratch.run(["cluster", "--json", "--recursive", "all"]);
    expect([code, err]).toEqual([0, ""]);
    expect(groups(out)).toEqual(alike);
  });

  it("groups hashes from standard input, and single ones when asked", async () => {
    const { out } = await scratch.run(["hash", "--json", "--recursive", "all"]);
    expect(groups((await scratch.run(["cluster", "--json"], { stdin: out })).out)).toEqual(alike);
    const all = await scratch.run(["cluster", "--json", "--all", "--distance", "0"], { stdin: out });
    expect(groups(all.out).map(([, size]) => size)).toEqual([2, 1, 1, 1, 1]);
  });

  it("tells people in words, and names what it could not group", async () => {
    await scratch.put("notes.txt", "no picture");
    const { code, out, err } = await scratch.run([
      "cluster",
      "notes.txt",
      "all/1.png",
      "all/1-copy.png",
      "all/alone.png",
    ]);
    expect(out).toMatch(
      /^notes\.txt: decode\/unsupported-format: .+\ngroup 1: 2 like all\/1\.png\n {4}0 bits {2}all\/1-copy\.png\n/,
    );
    expect(out).toMatch(/\n3 pictures, 2 after taking each group as one\n$/);
    expect([code, err]).toEqual([1, expect.stringMatching(/^wardline: cli\/some-failed: 1 of 4 pictures/)]);
  });

  it("is not called with a distance beyond 63", async () => {
    const { code, err } = await scratch.run(["cluster", "--distance", "64", "all"]);
    expect([code, err]).toEqual([2, expect.stringContaining("from 0 to 63")]);
  });
});
