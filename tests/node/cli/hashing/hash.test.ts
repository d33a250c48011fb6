/** `wardline hash` as people run it: real files, real sandbox. */
import { once } from "node:events";
import { appendFile, readFile, symlink } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { flatPicture, picture } from "../../../support/pictures.ts";
import { describeWithVectors } from "../../../support/vectors.ts";
import { spawnWardline } from "../support.ts";
import {
  createScratch,
  digest,
  jsonLines,
  putPictures,
  wardlineOnTerminal,
  type Scratch,
} from "./support.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await createScratch();
  await putPictures(scratch, [1, 2, 3]);
  await scratch.put("notes.jpg", "this is no picture");
  await scratch.put("cut.jpg", (await picture(4)).subarray(0, 3000));
  await scratch.put("folder/b/5.png", await picture(5, { format: "png" }));
  await scratch.put("folder/a.webp", await picture(6, { format: "webp" }));
  await scratch.put("folder/\u001b[2J\u202egpj.exe", await flatPicture(40, 40));
  await symlink("..", scratch.path("folder/up"));
});
afterAll(() => scratch.remove());

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const hashed = z.strictObject({
  file: z.string(),
  sha256: hex(64),
  sha1: hex(40),
  md5: hex(32),
  pdq: hex(64),
  quality: z.int().min(0).max(100),
  dihedral: z.array(hex(64)).length(8).optional(),
});
const failed = z.strictObject({
  file: z.string(),
  error: z.strictObject({ code: z.string().regex(/^[a-z]+\/[a-z-]+$/), message: z.string() }),
});
const line = z.union([hashed, failed]);

describe("wardline hash", () => {
  it("prints one JSON object a file, in their order, and goes on past bad ones", async () => {
    const files = ["3.jpg", "notes.jpg", "1.jpg", "missing.jpg", "cut.jpg", "folder", "2.jpg"];
    const { code, out, err } = await scratch.run(["hash", "--json", "--dihedral", ...files]);
    const lines = jsonLines(out).map((one) => line.parse(one));
    expect(lines.map(({ file }) => file)).toEqual(files);
    expect(lines.map((one) => ("error" in one ? one.error.code : "hashed"))).toEqual([
      "hashed",
      "decode/unsupported-format",
      "hashed",
      "cli/no-file",
      "decode/corrupt",
      "cli/no-file",
      "hashed",
    ]);
    expect(code).toBe(1);
    expect(err).toBe("wardline: cli/some-failed: 4 of 7 files could not be hashed. Their lines say why.\n");
    const bytes = await picture(1);
    expect(lines[2]).toMatchObject({
      sha256: digest("sha256", bytes),
      sha1: digest("sha1", bytes),
      md5: digest("md5", bytes),
    });
    const first = hashed.parse(lines[2]);
    expect(first.dihedral?.[0]).toBe(first.pdq);
  });

  it("ends with 0 when all went well, and leaves out what was not asked for", async () => {
    const { code, out, err } = await scratch.run(["hash", "--json", "1.jpg"]);
    expect([code, err]).toEqual([0, ""]);
    expect(Object.keys(jsonLines(out)[0] ?? {})).toEqual(["file", "sha256", "sha1", "md5", "pdq", "quality"]);
  });

  it("goes through folders, not through links in them, and reads names from standard input", async () => {
    const inFolder = ["folder/\u001b[2J\u202egpj.exe", "folder/a.webp", "folder/b/5.png"];
    const { code, out } = await scratch.run(["hash", "--json", "--recursive", "folder", "-"], {
      stdin: "2.jpg\n\n1.jpg\r\n",
    });
    expect(code).toBe(0);
    expect(jsonLines(out).map(({ file }) => file)).toEqual([...inFolder, "2.jpg", "1.jpg"]);
  });

  it("has readable lines in which no file name commands the terminal", async () => {
    const { out } = await scratch.run(["hash", "--recursive", "1.jpg", "notes.jpg", "folder"]);
    expect(out).toMatch(/^pdq {4}[0-9a-f]{64} {2}quality 100 {2}1\.jpg\n/);
    expect(out).toMatch(/\ndecode\/unsupported-format +notes\.jpg: This is no picture/);
    expect(out).toContain("folder/\\u{1b}[2J\\u{202e}gpj.exe");
    expect(out).not.toContain("\u001b");
  });

  it("goes on where an output ends, over a line that was cut off", async () => {
    await putPictures(scratch, [10, 11, 12, 13], "many");
    const resume = ["hash", "--recursive", "--resume", "out.jsonl", "many"];
    const whole = (await scratch.run(["hash", "--json", "--recursive", "many"])).out;
    const [first = "", second = ""] = whole.split("\n");
    await scratch.put("out.jsonl", `${first}\n${second.slice(0, 50)}`);
    expect((await scratch.run(resume)).code).toBe(0);
    expect(await readFile(scratch.path("out.jsonl"), "utf8")).toBe(whole);
    await appendFile(scratch.path("out.jsonl"), "x");
    expect(await scratch.run(resume)).toEqual({ code: 0, out: "", err: "" });
    expect(await readFile(scratch.path("out.jsonl"), "utf8")).toBe(whole);
  });

  it("stops cleanly on Ctrl-C, with whole lines", async () => {
    const child = spawnWardline(["hash", "--json", "--jobs", "1", "-"], { cwd: scratch.folder });
    let [out, err] = ["", ""];
    child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
    // Names keep coming and never end, so that only the signal can.
    child.stdin?.write("1.jpg\n2.jpg\n");
    await new Promise<void>((two) =>
      child.stdout?.on("data", (chunk: Buffer) => {
        out += chunk.toString();
        if (jsonLinesSoFar(out) === 2) two();
      }),
    );
    const ended = once(child, "close");
    child.kill("SIGINT");
    expect(await ended).toEqual([1, null]);
    expect(err).toMatch(/^wardline: cli\/interrupted: Stopped before the end\. .+--resume.+\n$/);
    expect(jsonLines(out).map(({ file }) => file)).toEqual(["1.jpg", "2.jpg"]);
  });

  it("shows on a terminal how far it is", async () => {
    const out = await wardlineOnTerminal(["hash", "--json", "1.jpg", "2.jpg", "notes.jpg"], scratch.folder);
    expect(out).toMatch(/\r\u001b\[K[0-9]+(?: of 3)? files/);
  });

  it.each([["--jobs", "0"], ["--jobs", "x"], []])("is not called like this: %s %s", async (...args) => {
    const { code, out, err } = await scratch.run(["hash", ...args]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("--help");
  });
});

const jsonLinesSoFar = (text: string) => text.split("\n").length - 1;

describeWithVectors("vpdq/videos", "wardline hash of videos", (videos) => {
  it("gives digests at once, and frames when they are asked for", async () => {
    const file = `${videos}test-padded-dimensions.mp4`;
    const bytes = await readFile(file);
    const quick = await scratch.run(["hash", "--json", file]);
    const sha256 = digest("sha256", bytes);
    expect(jsonLines(quick.out)).toEqual([
      { file, sha256, sha1: digest("sha1", bytes), md5: digest("md5", bytes) },
    ]);
    const { code, out } = await scratch.run(["hash", "--json", "--frames", file]);
    expect(code).toBe(0);
    const [video] = jsonLines(out);
    const frame = z.strictObject({
      index: z.int(),
      hash: hex(64),
      quality: z.number(),
      timestamp: z.number(),
    });
    expect(z.array(frame).min(1).parse(video?.["frames"])[0]?.timestamp).toBe(0);
    expect(video?.["sha256"]).toBe(sha256);
  });
});
