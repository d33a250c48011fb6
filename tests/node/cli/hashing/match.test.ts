/** `wardline match` and `wardline index`: what is known of pictures and hashes, by lists and by an index that is kept. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, open, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { describeWithVectors } from "../../../support/vectors.ts";
import { spawnWardline } from "../support.ts";
import { createScratch, digest, jsonLines, smoothPicture, type Scratch } from "./support.ts";

interface Hashes {
  file: string;
  pdq: string;
  md5: string;
  sha256: string;
}

let scratch: Scratch;
let hashes: Record<string, Hashes>;

beforeAll(async () => {
  scratch = await createScratch();
  for (const seed of [1, 2, 3]) {
    await scratch.put(`${seed}.png`, await smoothPicture(seed).png().toBuffer());
    await scratch.put(`${seed}-small.jpg`, await smoothPicture(seed).resize(180).jpeg().toBuffer());
  }
  await scratch.put("2-turned.webp", await smoothPicture(2).rotate(90).webp().toBuffer());
  await scratch.put("cut.png", (await smoothPicture(4).png().toBuffer()).subarray(0, 5000));
  const { out } = await scratch.run(["hash", "--json", "1.png", "2.png", "3.png"]);
  hashes = Object.fromEntries(jsonLines(out).map((one) => [one["file"], one as unknown as Hashes]));
  await scratch.put(
    "desk.jsonl",
    jsonLines(out)
      .slice(0, 1)
      .map((one) => JSON.stringify(one))
      .join("\n"),
  );
  const pdq = hashes["2.png"]?.pdq;
  await scratch.put(
    "partner.xml",
    `<queryResult><images><image><member id="7">Hotline B</member><id>x2</id><classification>A1</classification>
      <fingerprints><pdq>${pdq}</pdq></fingerprints><feedback><negativeFeedback type="PDQ"/></feedback></image>
      <image><id>gone</id><fingerprints><pdq>${hashes["3.png"]?.pdq}</pdq></fingerprints></image>
      <deletedImage><id>gone</id></deletedImage></images></queryResult>`,
  );
});
afterAll(() => scratch.remove());

const match = z.strictObject({
  list: z.string(),
  entry: z.int().positive(),
  source: z.string(),
  verdict: z.string(),
  kind: z.enum(["sha256", "sha1", "md5", "pdq"]),
  distance: z.int().min(0).max(63),
  turn: z.string().optional(),
  quality: z.int(),
  disputed: z.boolean(),
  decides: z.boolean(),
  frames: z.strictObject({ count: z.int(), nearest: z.number() }).optional(),
});
const answer = z.strictObject({
  query: z.string(),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  total: z.int(),
  matches: z.array(match),
  suppressedBy: match.optional(),
});
const answers = (out: string) => jsonLines(out).map((line) => answer.parse(line));

describe("wardline match", () => {
  it("says which list, whose entry, by what, how near, and whether it is disputed", async () => {
    const lists = ["--list", "desk.jsonl,name=desk", "--list", "partner.xml"];
    const { code, out, err } = await scratch.run([
      "match",
      "--json",
      ...lists,
      "1.png",
      "2-turned.webp",
      "3.png",
    ]);
    expect([code, err]).toEqual([0, ""]);
    const [same, turned, unknown] = answers(out);
    expect(same?.matches.map(({ list, kind, decides }) => [list, kind, decides])).toEqual([
      ["desk", "sha256", true],
      ["desk", "sha1", false],
      ["desk", "md5", false],
      ["desk", "pdq", false],
    ]);
    expect(turned).toMatchObject({
      query: "2-turned.webp",
      total: 1,
      matches: [
        {
          list: "partner.xml",
          entry: 1,
          source: "Hotline B",
          verdict: "A1",
          kind: "pdq",
          turn: "rot90",
          disputed: true,
        },
      ],
    });
    // Its entry was taken back further down in the list.
    expect(unknown).toEqual({ query: "3.png", total: 0, matches: [] });
  });

  it("has settings for all lists and for each", async () => {
    const [known] = answers(
      (await scratch.run(["match", "--json", "--list", "desk.jsonl", "1-small.jpg"])).out,
    );
    const distance = known?.matches[0]?.distance ?? 0;
    expect(distance).toBeGreaterThan(0);
    const total = async (...options: string[]) =>
      answers((await scratch.run(["match", "--json", ...options, "1-small.jpg"])).out)[0]?.total;
    expect(await total("--list", "desk.jsonl", "--distance", `${distance - 1}`)).toBe(0);
    expect(await total("--list", `desk.jsonl,distance=${distance}`, "--distance", "0")).toBe(1);
    expect(await total("--list", "desk.jsonl,name=a", "--list", "desk.jsonl,name=b,distance=0")).toBe(1);
  });

  it("lets a known-good list suppress", async () => {
    const { out } = await scratch.run([
      "match",
      "--json",
      "--list",
      "desk.jsonl,name=desk",
      "--known-good",
      "desk.jsonl",
      "1.png",
    ]);
    expect(answers(out)).toMatchObject([
      { total: 0, matches: [], suppressedBy: { list: "desk.jsonl", kind: "sha256", distance: 0 } },
    ]);
  });

  it("takes hashes, bare and named, and hash lines on standard input", async () => {
    const { pdq = "", md5 = "", sha256 = "" } = hashes["1.png"] ?? {};
    const asked = [pdq, `pdq:${pdq}`, md5.toUpperCase(), `sha-256:${sha256}`, `md5:${"0a".repeat(16)}`];
    const direct = answers((await scratch.run(["match", "--json", "--list", "desk.jsonl", ...asked])).out);
    expect(direct.map(({ query, matches }) => [query, matches.map(({ kind }) => kind)])).toEqual([
      [asked[0], ["pdq"]],
      [asked[1], ["pdq"]],
      [asked[2], ["md5"]],
      [asked[3], ["sha256"]],
      [asked[4], []],
    ]);
    const hashed = await scratch.run(["hash", "--json", "--dihedral", "2-turned.webp", "cut.png"]);
    const piped = await scratch.run(["match", "--json", "--list", "partner.xml"], { stdin: hashed.out });
    expect(answers(piped.out)).toMatchObject([
      { query: "2-turned.webp", total: 1, matches: [{ turn: "rot90" }] },
    ]);
    expect(piped.err).toMatch(/^standard input:2: list\/entry: The file could not be hashed/);
  });

  it("tells people in words", async () => {
    const { out } = await scratch.run([
      "match",
      "--list",
      "partner.xml",
      "--list",
      "desk.jsonl",
      "1.png",
      "2.png",
      "3.png",
    ]);
    expect(out).toBe(
      "1.png: matches\n  the same file (sha256), desk.jsonl entry 1\n" +
        "2.png: matches\n  pdq 0 of 256 bits off, partner.xml entry 1, from Hotline B, verdict A1, quality 100, DISPUTED\n" +
        "3.png: not known\n",
    );
  });

  it("knows broken files by their digests, and goes on", async () => {
    await scratch.put(
      "broken.txt",
      `sha256 ${digest("sha256", await readFile(scratch.path("cut.png")))}\nthis is nonsense\n`,
    );
    const { code, out, err } = await scratch.run([
      "match",
      "--json",
      "--list",
      "broken.txt",
      "missing",
      "cut.png",
    ]);
    expect(answers(out)).toMatchObject([
      { query: "missing", error: { code: "cli/no-file" }, total: 0 },
      { query: "cut.png", error: { code: "decode/corrupt" }, total: 1, matches: [{ kind: "sha256" }] },
    ]);
    expect(code).toBe(1);
    expect(err.split("\n").slice(0, 2)).toEqual([
      expect.stringMatching(/^broken\.txt:2: list\/line: /),
      expect.stringMatching(/^wardline: cli\/some-failed: 2 of 2 queries/),
    ]);
  });

  it.each([
    [["1.png"]],
    [["--list", "desk.jsonl", "--index", "known", "1.png"]],
    [["--list", "desk.jsonl,distance=64", "1.png"]],
    [["--list", "desk.jsonl", "--list", "desk.jsonl", "1.png"]],
    [["--list", "desk.jsonl", "--limit", "many", "1.png"]],
  ])("is not called like this: %j", async (args) => {
    const { code, out, err } = await scratch.run(["match", ...args]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^error: .+\n\(see --help\)\n$/);
  });

  it("says which list cannot be read", async () => {
    await scratch.put("letter.txt", "Dear colleagues,\n");
    for (const list of ["nowhere.csv", "letter.txt"]) {
      const { code, out, err } = await scratch.run(["match", "--list", list, "1.png"]);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(/^wardline: (?:cli\/no-file|list\/unknown-format): .+\n$/);
      expect(err).toContain(list);
    }
  });
});

describe("wardline index", () => {
  it("is built once and opened by match, with its lists and their settings", async () => {
    const lists = ["--list", "partner.xml,name=partner,distance=20", "--known-good", "desk.jsonl"];
    const built = await scratch.run(["index", "build", "--index", "known", ...lists]);
    expect([built.code, built.err]).toEqual([0, ""]);
    expect(built.out).toMatch(/^known: 2 entries with PDQ, 2 different hashes\. Opened by .+known\.key\.\n$/);
    expect((await stat(scratch.path("known.key"))).mode & 0o077).toBe(0);
    const shown = await scratch.run(["index", "show", "--index", "known"]);
    expect(shown.out).toBe(
      "partner: distance 20, quality 50, from partner.xml\n" +
        "desk.jsonl: known good, distance 31, quality 50, from desk.jsonl\n2 entries with PDQ, 2 different hashes\n",
    );
    const { out } = await scratch.run(["match", "--index", "known", "1.png", "2.png"]);
    expect(out).toBe(
      "1.png: not known\n  known good: the same file (sha256), desk.jsonl entry 1\n" +
        "2.png: matches\n  pdq 0 of 256 bits off, partner entry 1, from Hotline B, verdict A1, quality 100, DISPUTED\n",
    );
  });

  it("tells nothing without its key", async () => {
    const plain = [hashes["1.png"]?.sha256, hashes["2.png"]?.pdq, "Hotline B", "partner"];
    for (const name of await readdir(scratch.path("known"), { recursive: true })) {
      const bytes = await readFile(join(scratch.path("known"), name)).catch(() => Buffer.alloc(0));
      for (const secret of plain) expect(bytes.includes(secret ?? "")).toBe(false);
      for (const secret of plain.slice(0, 2))
        expect(bytes.includes(Buffer.from(secret ?? "", "hex"))).toBe(false);
    }
    await writeFile(scratch.path("other.key"), `wardline-key-1 ${"ab".repeat(32)}\n`, { mode: 0o400 });
    const other = await scratch.run(["match", "--index", "known", "--key-file", "other.key", "1.png"]);
    expect([other.code, other.out]).toEqual([1, ""]);
    expect(other.err).toMatch(/^wardline: hashing\/index-damaged: /);
    await chmod(scratch.path("other.key"), 0o644);
    const readable = await scratch.run(["match", "--index", "known", "--key-file", "other.key", "1.png"]);
    expect(readable.err).toMatch(/^wardline: vault\/key-file-permissions: /);
    const inside = await scratch.run([
      "index",
      "build",
      "--index",
      "inner",
      "--key-file",
      "inner/key",
      "--list",
      "desk.jsonl",
    ]);
    expect(inside.err).toMatch(/^wardline: vault\/key-file-inside: /);
  });

  it("takes no folder that holds other things", async () => {
    const { code, err } = await scratch.run(["index", "build", "--index", ".", "--list", "desk.jsonl"]);
    expect([code, err]).toEqual([1, expect.stringMatching(/^wardline: cli\/not-an-index: /)]);
    expect(existsSync(scratch.path("desk.jsonl"))).toBe(true);
  });

  it("stays as it was when a new build is broken off", async () => {
    execFileSync("mkfifo", [scratch.path("endless.txt")]);
    const child = spawnWardline(["index", "build", "--index", "known", "--list", "endless.txt"], {
      cwd: scratch.folder,
    });
    let err = "";
    child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
    const ended = once(child, "close");
    const endless = await open(scratch.path("endless.txt"), "w"); // waits until the command reads it
    await endless.write(`md5 ${"a1".repeat(16)}\n`);
    while (!existsSync(scratch.path("known.unfinished"))) await wait(20);
    child.kill("SIGINT");
    // The list goes on, so that only the signal can end the build.
    while (child.exitCode === null) {
      await endless.write(`md5 ${"a1".repeat(16)}\n`).catch(() => undefined);
      await wait(20);
    }
    await endless.close();
    expect(await ended).toEqual([1, null]);
    expect(err).toMatch(/^wardline: cli\/interrupted: /);
    expect(existsSync(scratch.path("known.unfinished"))).toBe(false);
    expect((await scratch.run(["index", "show", "--index", "known"])).out).toContain("partner: distance 20");
  });

  it("is replaced by a new build", async () => {
    expect((await scratch.run(["index", "build", "--index", "known", "--list", "desk.jsonl"])).code).toBe(0);
    expect((await scratch.run(["match", "--index", "known", "2.png", "1-small.jpg"])).out).toMatch(
      /^2\.png: not known\n1-small\.jpg: matches\n {2}pdq \d+ of 256 bits off, desk\.jsonl entry 1, quality 100\n$/,
    );
  });

  it("says when there is none, and what is missing", async () => {
    const none = await scratch.run(["match", "--index", "nowhere", "1.png"]);
    expect([none.code, none.err]).toEqual([1, expect.stringMatching(/^wardline: vault\/key-file-missing: /)]);
    expect((await scratch.run(["index", "build", "--index", "empty"])).code).toBe(2);
  });
});

describeWithVectors("vpdq/videos", "wardline match of videos", (videos) => {
  it("finds a picture of a list among the frames", async () => {
    const file = `${videos}test-padded-dimensions.mp4`;
    const [video] = jsonLines((await scratch.run(["hash", "--json", "--frames", file])).out);
    const frames = video?.["frames"] as { hash: string; quality: number }[];
    const good = frames.find(({ quality }) => quality >= 50);
    await scratch.put("frame.txt", `pdq ${good?.hash}\n`);
    const { out } = await scratch.run(["match", "--json", "--frames", "--list", "frame.txt", file]);
    expect(answers(out)).toMatchObject([{ total: 1, matches: [{ kind: "pdq", distance: 0, entry: 1 }] }]);
    expect(answers(out)[0]?.matches[0]?.frames?.count).toBeGreaterThan(0);
  });
});
