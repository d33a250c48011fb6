/** `wardline list`: what partners send is checked and converted. */
import { readFile, readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createScratch, jsonLines, type Scratch } from "./support.ts";

const pdq = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const md5 = "a1".repeat(16);

let scratch: Scratch;
beforeAll(async () => {
  scratch = await createScratch();
  await scratch.put(
    "good.csv",
    `id,pdq,md5,source,verdict\n1,${pdq},${md5},Hotline B,baseline\n2,,${md5},,\n`,
  );
  await scratch.put("bad.txt", `pdq ${pdq}\npdq ${pdq.slice(2)}\npdq ${"0".repeat(64)}\n${md5}\n`);
  await scratch.put("bare.txt", `${pdq}\n`);
  await scratch.put("letter.txt", "Dear colleagues,\n");
  const page = (results: object[]) => JSON.stringify({ results });
  await scratch.put(
    "page1.json",
    page([
      { id: 1, algorithm: "MD5", hash_digest: md5 },
      { id: 2, algorithm: "PDQ", hash_digest: pdq },
    ]),
  );
  await scratch.put("page2.json", page([{ id: 1, algorithm: "MD5", hash_digest: md5, deleted: true }]));
});
afterAll(() => scratch.remove());

describe("wardline list check", () => {
  it("counts what a list holds", async () => {
    expect(await scratch.run(["list", "check", "good.csv", "page1.json"])).toEqual({
      code: 0,
      out: "good.csv: csv, 2 entries (1 pdq, 2 md5), 0 problems\npage1.json: json, 2 entries (1 pdq, 1 md5), 0 problems\n",
      err: "",
    });
  });

  it("names bad lines as compilers do, and goes on with the next list", async () => {
    const { code, out, err } = await scratch.run([
      "list",
      "check",
      "bad.txt",
      "letter.txt",
      "bare.txt",
      "none",
      "good.csv",
    ]);
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^bad\.txt:2: hashing\/pdq-format: A PDQ hash has 64/);
    expect(lines[1]).toMatch(/^bad\.txt:3: hashing\/pdq-constant: The PDQ hash has 0 of 256/);
    expect(lines[2]).toBe("bad.txt: plain, 2 entries (1 pdq, 1 md5), 2 problems");
    expect(lines[3]).toMatch(/^list\/unknown-format: letter\.txt: /);
    expect(lines[5]).toMatch(/^bare\.txt:1: list\/ambiguous: .*--bare/);
    expect(lines[7]).toMatch(/^cli\/no-file: The file none cannot be read/);
    expect(lines.at(-2)).toBe("good.csv: csv, 2 entries (1 pdq, 2 md5), 0 problems");
    expect(code).toBe(1);
    expect(err).toMatch(/^wardline: cli\/bad-lines: 5 problems were found\. /);
  });

  it("speaks JSON, and takes a word on bare hashes and formats", async () => {
    const { out } = await scratch.run(["list", "check", "--json", "bad.txt"]);
    expect(jsonLines(out)).toMatchObject([
      { list: "bad.txt", line: 2, code: "hashing/pdq-format" },
      { list: "bad.txt", line: 3, code: "hashing/pdq-constant" },
      { list: "bad.txt", format: "plain", entries: 2, pdq: 1, md5: 1, problems: 2 },
    ]);
    const bare = await scratch.run(["list", "check", "--bare", "sha256", "--format", "plain", "bare.txt"]);
    expect(bare.out).toBe("bare.txt: plain, 1 entry (1 sha256), 0 problems\n");
  });
});

describe("wardline list convert", () => {
  it.each(["plain", "csv", "xml", "json"])("writes %s that holds the same", async (to) => {
    expect(await scratch.run(["list", "convert", "good.csv", "--to", to, `out.${to}`])).toEqual({
      code: 0,
      out: "",
      err: "",
    });
    const checked = await scratch.run(["list", "check", "--json", `out.${to}`]);
    expect(jsonLines(checked.out)).toMatchObject([{ format: to, pdq: 1, md5: 2, problems: 0 }]);
    if (to === "plain") return;
    const { out } = await scratch.run(["list", "convert", `out.${to}`, "--to", "csv", "-"]);
    expect(out.replaceAll("image", "")).toBe(
      "pdq,sha256,sha1,md5,quality,id,source,sourceId,verdict,media,updated,disputed,deleted\r\n" +
        `${pdq},,,${md5},,1,Hotline B,,baseline,,,,\r\n,,,${md5},,2,,,,,,,\r\n`,
    );
  });

  it("takes several as pages of one list", async () => {
    const { code, out } = await scratch.run([
      "list",
      "convert",
      "page1.json",
      "page2.json",
      "--to",
      "plain",
      "-",
    ]);
    expect([code, out]).toEqual([0, `pdq ${pdq}\n`]);
  });

  it("leaves bad lines out, says so once, and ends with 1", async () => {
    const { code, err } = await scratch.run(["list", "convert", "bad.txt", "--to", "xml", "partial.xml"]);
    expect(code).toBe(1);
    expect(err.split("\n").map((line) => line.slice(0, 30))).toEqual([
      "bad.txt:2: hashing/pdq-format:",
      "bad.txt:3: hashing/pdq-constan",
      "wardline: cli/bad-lines: 2 pro",
      "",
    ]);
    expect(await readFile(scratch.path("partial.xml"), "utf8")).toContain(`<pdq>${pdq}</pdq>`);
  });

  it("leaves no half of a file behind", async () => {
    await scratch.put("cut.json", `[{"md5":"${md5}"},`);
    const { code, err } = await scratch.run(["list", "convert", "cut.json", "--to", "csv", "cut.csv"]);
    expect([code, err]).toEqual([1, expect.stringContaining("wardline: list/json: cut.json: ")]);
    expect((await readdir(scratch.folder)).filter((name) => name.startsWith("cut"))).toEqual(["cut.json"]);
  });

  it("has to be told what to write and where", async () => {
    for (const args of [
      ["good.csv", "out.csv"],
      ["good.csv", "--to", "csv"],
      ["good.csv", "--to", "doc", "x"],
    ]) {
      const { code, out, err } = await scratch.run(["list", "convert", ...args]);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^error: /);
    }
  });
});
