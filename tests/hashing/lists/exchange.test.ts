/** The published samples of the exchanges, parsed as their own clients parse them. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hashKinds, latestOf, type ListEntry } from "@wardline/hashing/lists";
import { describeWithVectors } from "../../support/vectors.ts";
import { read } from "./support.ts";

interface Expected {
  expected_parse: Record<
    string,
    { count?: number; max_timestamp?: number; entries?: object[]; order?: string[]; after_all?: object }
  >;
  [next: `next_after_${string}`]: string;
}

/** As `expected.json` names the parts of an entry. */
function inTheirWords(entry: ListEntry): object {
  const ours = hashKinds.filter((kind) => entry[kind] !== undefined).map((kind) => [kind, entry[kind]]);
  return {
    id: entry.id,
    member_id: Number(entry.sourceId),
    type: entry.media,
    deleted: entry.deleted === true,
    ...(entry.verdict === undefined ? {} : { classification: entry.verdict }),
    fingerprints: { ...Object.fromEntries(ours), ...entry.other },
  };
}

describeWithVectors("exchange", "samples of the exchanges", (folder) => {
  const sample = (name: string, piece?: number) => read(readFileSync(folder + name), {}, piece);
  const expected = JSON.parse(readFileSync(`${folder}ncmec/expected.json`, "utf8")) as Expected;

  test.each([Infinity, 1, 7])("NCMEC: entries, in pieces of %d bytes", async (piece) => {
    const wanted = expected.expected_parse["entries.xml"];
    const { entries, problems, pages, error } = await sample("ncmec/entries.xml", piece);
    expect([entries.map(inTheirWords), problems, error]).toEqual([wanted?.entries, [], undefined]);
    expect(pages).toEqual([
      { count: wanted?.count, newest: wanted?.max_timestamp, next: expected.next_after_entries },
    ]);
    expect(entries.map(({ disputed }) => disputed)).toEqual([true, undefined, undefined, undefined]);
    expect(entries[0]?.source).toBe("Example Member");
  });

  test("NCMEC: the following pages", async () => {
    const [two, three, four] = await Promise.all([2, 3, 4].map((page) => sample(`ncmec/entries${page}.xml`)));
    expect(two?.pages).toMatchObject([
      {
        newest: expected.expected_parse["entries2.xml"]?.max_timestamp,
        next: expected.next_after_entries2,
      },
    ]);
    expect(three?.pages[0]?.next).toBe(expected.next_after_entries3);
    expect(four?.pages[0]?.next).toBeUndefined();
    expect(four?.entries).toMatchObject([
      { sourceId: "101", id: "willupdate", verdict: "A2" },
      { sourceId: "101", id: "willdelete", deleted: true },
    ]);
  });

  test("NCMEC: after all pages the last word counts", async () => {
    const { order, after_all } = expected.expected_parse["four_pages"] as {
      order: string[];
      after_all: Record<string, string>;
    };
    const pages = await Promise.all(order.map((name) => sample(`ncmec/${name}`)));
    const latest = await latestOf(async function* () {
      for (const { entries } of pages) yield entries;
    });
    const stand = new Map<string, string>();
    for await (const entries of latest())
      for (const { sourceId, id, verdict } of entries)
        stand.set(`${sourceId}-${id}`, `classification ${verdict}`);
    for (const [name, state] of Object.entries(after_all)) expect(stand.get(name) ?? "deleted").toBe(state);
    expect([...stand.keys()]).toEqual(["42-image1", "42-video1", "42-image10", "101-willupdate"]);
  });

  test("NCMEC: fingerprints that are only linked to are skipped, and a page may be empty", async () => {
    const { entries } = await sample("ncmec/entries_large_fingerprints.xml");
    expect(entries.map(inTheirWords)).toMatchObject([
      { id: "largetags", fingerprints: { md5: "facefacefacefacefacefacefaceface" } },
    ]);
    expect(await sample("ncmec/entries_no_data.xml")).toMatchObject({
      entries: [],
      problems: [],
      pages: [{ count: 0 }],
      error: undefined,
    });
  });

  test.each(["status", "affirmative_feedback", "feedback_reasons", "update_feedback_result"])(
    "NCMEC: %s is no list",
    async (name) => {
      const { entries, error } = await sample(`ncmec/${name}.xml`);
      expect([entries, error]).toMatchObject([[], { code: "list/not-a-list" }]);
    },
  );

  test("StopNCII: pages with their hashes and where they go on", async () => {
    const one = await sample("stopncii/fetchhashes-page1.json");
    expect(one).toMatchObject({
      entries: [
        {
          pdq: "2afc4a5c09628a7961c14d436493bba66b89b831453baa1d556ba385554daa82",
          verdict: "Received",
          updated: 1625167804,
        },
        { pdq: "79e07de27d7295339435d63cd31cf35a7bfa29eb2885008500a588a5ea3ae75a" },
      ],
      problems: [],
      pages: [{ count: 2, newest: 1625175071 }],
    });
    expect(one.pages[0]?.next).toMatch(/NTY3$/);
    const two = await sample("stopncii/fetchhashes-page2.json", 3);
    expect(two.entries).toMatchObject([{ verdict: "Active", media: "image" }]);
    expect(two.pages[0]?.next).toBeUndefined();
  });

  test("StopNCII: records with unknown words are named, and the others go on", async () => {
    const { entries, problems, pages } = await sample("stopncii/fetchhashes-bad-enum.json");
    expect(entries).toHaveLength(1);
    expect(problems).toMatchObject([
      { code: "list/entry", line: 26 },
      { code: "list/entry", line: 45 },
    ]);
    expect(pages).toMatchObject([{ count: 3 }]);
  });

  test("Tech Against Terrorism: a page whose samples are no real hashes", async () => {
    expect(await sample("techagainstterrorism/hash-list-page.json")).toMatchObject({
      entries: [],
      problems: [
        { code: "list/hash-format", line: 7 },
        { code: "hashing/pdq-format", line: 17 },
      ],
      pages: [{ count: 2 }],
    });
  });

  test("HMA: what its requests and answers carry", async () => {
    const { cases } = JSON.parse(readFileSync(`${folder}hma/golden-requests.json`, "utf8")) as {
      cases: { request: string; json?: object }[];
    };
    const banked = cases.find(({ request }) => request === "POST /c/bank/TEST_BANK/signal")?.json;
    const pdq = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
    expect((await read(JSON.stringify(banked))).entries).toEqual([{ pdq, id: "<int>" }]);
  });
});
