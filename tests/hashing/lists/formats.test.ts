/** What each format takes, and what it refuses by name while the rest goes on. */
import { describe, expect, test } from "vitest";
import { read, pdqs } from "./support.ts";

const [pdq, other] = pdqs;
const md5 = "a1".repeat(16);
const sha1 = "b2".repeat(20);
const sha256 = "c3".repeat(32);

const codes = ({ problems }: { problems: { line: number; code: string }[] }) =>
  problems.map(({ line, code }) => `${line} ${code}`);

describe("plain", () => {
  test("lines with the kind, or told by their length", async () => {
    const list = `# a list\r\n\npdq ${pdq}\r\nMD5:${md5.toUpperCase()}\nSHA-256 ${sha256}\n${sha1}\nimagepdq\t${other}`;
    expect(await read(list)).toMatchObject({
      format: "plain",
      entries: [{ pdq }, { md5 }, { sha256 }, { sha1 }, { pdq: other }],
      problems: [],
    });
  });

  test("64 digits alone are not guessed at", async () => {
    expect(codes(await read(pdq))).toEqual(["1 list/ambiguous"]);
    expect((await read(pdq, { bare: "pdq" })).entries).toEqual([{ pdq }]);
    expect((await read(pdq, { bare: "sha256" })).entries).toEqual([{ sha256: pdq }]);
  });

  test("bad lines are named, and the others go on", async () => {
    const list = [
      `pdq ${pdq}`,
      `pdq ${pdq.slice(1)}`,
      `pdq ${"0".repeat(64)}`,
      `pdq ${"f".repeat(62)}00`,
      `md5 ${sha1}`,
      `photodna ${md5}`,
      "what is this",
      "abcd",
      "md5 d41d8cd98f00b204e9800998ecf8427e",
      "x".repeat(3000),
      `md5 ${md5}`,
    ].join("\n");
    const all = await read(list, { limits: { longestEntry: 2000 } });
    expect(all.entries).toEqual([{ pdq }, { md5 }]);
    expect(codes(all)).toEqual([
      "2 hashing/pdq-format",
      "3 hashing/pdq-constant",
      "4 hashing/pdq-constant",
      "5 list/hash-format",
      "6 list/unknown-kind",
      "7 list/line",
      "8 list/hash-format",
      "9 list/empty-file",
      "10 list/too-long",
    ]);
  });

  test("messages hold nothing that a terminal would obey", async () => {
    const { problems } = await read(`md5 ${md5}\nmd5 \u001b[2J\u202e\u009bx`);
    expect(problems[0]?.message).toContain('"?[2j??x"');
  });

  test("more entries than allowed end the reading", async () => {
    const { entries, error } = await read(`md5 ${md5}\n`.repeat(4), { limits: { mostEntries: 3 } });
    expect([entries.length, error]).toMatchObject([3, { code: "list/too-many" }]);
  });
});

describe("CSV", () => {
  test("columns by their names, in any order, quoted where needed", async () => {
    const list =
      `ID,Verdict,"PDQ Hash",quality,MD5,Source,Note\r\n` +
      `1,"a ""b"", c",${pdq},97,${md5},"Two\r\nlines",x\r\n` +
      `2,,,,${md5},,\n`;
    expect(await read(list)).toEqual({
      format: "csv",
      entries: [
        { pdq, md5, quality: 97, id: "1", verdict: 'a "b", c', source: "Two\nlines" },
        { md5, id: "2" },
      ],
      problems: [],
      pages: [],
      error: undefined,
    });
  });

  test.each([",", ";", "\t"])("separated by %j", async (separator) => {
    const list = [`algorithm${separator}hash`, `SHA1${separator}${sha1}`, `PDQ${separator}${pdq}`].join("\n");
    expect((await read(list)).entries).toEqual([{ sha1 }, { pdq }]);
  });

  test("a type that says image or video says nothing of the hash", async () => {
    expect((await read(`hash,type\n${md5},video/mp4\n`)).entries).toEqual([{ md5, media: "video" }]);
  });

  test("bad records are named, and the others go on", async () => {
    const list = [
      "md5,pdq,quality",
      `${md5},,`,
      `${md5},${"0".repeat(64)},`, // keeps its MD5
      `"${md5}"x,,`,
      `a"b,,`,
      `${md5},,101`,
      `${md5},,,,x`,
      ",,5",
      `${md5},${pdq},5`,
      `"${md5}`,
    ].join("\n");
    const all = await read(list);
    expect(all.entries).toEqual([{ md5 }, { md5 }, { md5 }, { md5, pdq, quality: 5 }]);
    expect(codes(all)).toEqual([
      "3 hashing/pdq-constant",
      "4 list/csv-quote",
      "5 list/csv-quote",
      "6 list/quality",
      "7 list/csv-columns",
      "8 list/no-hash",
      "10 list/csv-quote",
    ]);
  });

  test("a quotation mark that is never closed costs no more than the longest entry", async () => {
    const list = `md5,id\n${md5},"open\n${`${md5},1\n`.repeat(100)}`;
    const all = await read(list, { limits: { longestEntry: 400 } });
    expect(codes(all)).toEqual(["2 list/too-long"]);
    expect(all.entries.length).toBeGreaterThan(85);
  });

  test("without a header that names a hash it is refused as a whole", async () => {
    const { error } = await read("a,b,c\n1,2,3\n", { format: "csv" });
    expect(error).toMatchObject({ code: "list/no-columns" });
  });

  test("as spreadsheets save it: UTF-16, or UTF-8 with a mark", async () => {
    const list = `\ufeffmd5,id\n${md5},é\n`;
    expect((await read(list)).entries).toEqual([{ md5, id: "é" }]);
    expect((await read(Buffer.from(list, "utf16le"))).entries).toEqual([{ md5, id: "é" }]);
  });
});

describe("JSON", () => {
  test("lines of wardline hash, among broken ones", async () => {
    const list = [
      JSON.stringify({ file: "a.jpg", sha256, sha1, md5, pdq, quality: 88 }),
      JSON.stringify({ file: "b.jpg", error: { code: "decode/corrupt", message: "…" } }),
      "{broken",
      "[]",
      JSON.stringify({ md5, id: 7, deleted: true, other: { pdna: "0,1" } }),
    ].join("\n");
    const all = await read(list);
    expect(all.entries).toEqual([
      { pdq, sha256, sha1, md5, quality: 88, id: "a.jpg" },
      { md5, id: "7", deleted: true, other: { pdna: "0,1" } },
    ]);
    expect(codes(all)).toEqual(["2 list/entry", "3 list/json", "4 list/entry"]);
  });

  test.each([
    ["an array of entries", (entries: string) => `[${entries}]`],
    ["a page", (entries: string) => `{"count":3,"results":[${entries}],"next":null}`],
    [
      "a page over many lines",
      (entries: string) => `{\n "a": [1, "]"],\n "results" :\n[\n${entries}\n]\n}\n`,
    ],
  ])("%s", async (_, list) => {
    const text = list(`{"md5":"${md5}","note":"a ] , \\" }"}, "${sha1}" ,{"pdq":"x"}`);
    for (const piece of [Infinity, 1]) {
      const all = await read(text, {}, piece);
      expect(all).toMatchObject({ format: "json", entries: [{ md5 }, { sha1 }], error: undefined });
      expect(all.problems).toMatchObject([{ code: "hashing/pdq-format" }]);
    }
  });

  test("several pages one after the other, and objects over several lines", async () => {
    const page = JSON.stringify({ results: [{ algorithm: "MD5", hash_digest: md5 }], next: "p2" }, null, 2);
    const entry = JSON.stringify({ md5 }, null, 1);
    const all = await read(`${page}\n${entry}\n${page}`);
    expect(all.entries).toEqual([{ md5 }, { md5 }, { md5 }]);
    expect(all.pages).toEqual([{ next: "p2" }, { next: "p2" }]);
  });

  test.each([
    ["cut off", `[{"md5":"${md5}"},{"md`],
    ["a comma too many", `[{"md5":"${md5}"},,{}]`],
    ["a comma at the end", `[{"md5":"${md5}"},]`],
    ["brackets that do not fit", `[{"md5":"${md5}"},1}`],
    ["text behind it", `[{"md5":"${md5}"}] x`],
  ])("that ends early is said so, after what it had: %s", async (_, text) => {
    const { entries, error } = await read(text);
    expect([entries, error]).toMatchObject([[{ md5 }], { code: "list/json" }]);
  });

  test("an element over the limit, and a document without a list, are refused", async () => {
    const long = await read(`[{"md5":"${"a".repeat(5000)}"}]`, { limits: { longestEntry: 1000 } }, 100);
    expect(long.error).toMatchObject({ code: "list/too-long" });
    expect((await read(`{"a":1,\n"b":[]}`)).error).toMatchObject({ code: "list/not-a-list" });
    expect((await read("[".repeat(1_000_000))).error).toMatchObject({ code: "list/json" });
  });
});

describe("XML", () => {
  const list = (entries: string, before = "") =>
    `<?xml version="1.0"?>${before}<q:queryResult xmlns:q="x"><q:images>${entries}</q:images></q:queryResult>`;
  const image = `<q:image><q:id>a&amp;b</q:id><q:fingerprints><q:md5>${md5}</q:md5></q:fingerprints></q:image>`;

  test("whatever the prefix", async () => {
    expect((await read(list(image))).entries).toEqual([{ md5, id: "a&b", media: "image" }]);
  });

  test.each([
    ["list/xml-doctype", list(image, '<!DOCTYPE q:queryResult [<!ENTITY a "b">]>')],
    ["list/xml", list(image.replace("&amp;", "&other;"))],
    ["list/xml", list(image).slice(0, -10)],
    ["list/xml", list(`${image}<q:image>`)],
    ["list/too-deep", list("<q:a>".repeat(50))],
    ["list/too-long", list(`<q:image><q:id>${"x".repeat(300_000)}`)],
    ["list/too-long", list(`<q:image a="${"x".repeat(300_000)}`)],
    ["list/too-long", list("", `<!DOCTYPE ${"x".repeat(300_000)}`)],
    ["list/encoding", '<?xml version="1.0" encoding="EBCDIC-US"?><queryResult/>'],
    ["list/not-a-list", "<html><body/></html>"],
  ])("refused: %s", async (code, text) => {
    const { error } = await read(text, { limits: { longestEntry: 100_000 } });
    expect(error).toMatchObject({ code });
  });

  test("what came before the end of a list that is cut off was read", async () => {
    const text = list(image + image);
    expect((await read(text.slice(0, -60))).entries.length).toBe(1);
  });
});

test.each([
  ["nothing", "", undefined],
  ["text", "Dear all,\nhere is the list.\n", "list/unknown-format"],
  ["bytes", "\u0000\u0001\u0002", "list/unknown-format"],
])("%s is told apart from a list", async (_, text, code) => {
  const { error, entries } = await read(text);
  expect([entries, (error as { code?: string } | undefined)?.code]).toEqual([[], code]);
});
