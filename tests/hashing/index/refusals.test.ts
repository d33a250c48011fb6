/** What the match index refuses, by name, and that refused means nothing was done. */
import { describe, expect, test } from "vitest";
import { openMatchIndex, createMatchIndex, type Entry, type ListSettings } from "@wardline/hashing/index";
import { hashOf } from "./model.ts";
import { created, entriesUpTo, entry, key, lists, ownFolder } from "./support.ts";

const refused = (code: string) => expect.objectContaining({ name: "HashingError", code });

describe("entries", () => {
  const bad: [string, string, Partial<Entry>][] = [
    ["no hexadecimal digits", "hashing/pdq-format", { pdq: "g".repeat(64) }],
    ["upper case", "hashing/pdq-format", { pdq: hashOf(1).toUpperCase() }],
    ["a digit beyond ASCII", "hashing/pdq-format", { pdq: `${hashOf(1).slice(1)}é` }],
    ["too short", "hashing/pdq-format", { pdq: hashOf(1).slice(1) }],
    ["too long", "hashing/pdq-format", { pdq: `${hashOf(1)}0` }],
    ["all zero", "hashing/pdq-constant", { pdq: "0".repeat(64) }],
    ["nearly all one", "hashing/pdq-constant", { pdq: `${"f".repeat(60)}0000` }],
    ["a short digest", "hashing/bad-entry", { sha256: "00" }],
    ["an upper-case digest", "hashing/bad-entry", { md5: "A".repeat(32) }],
    ["a key below zero", "hashing/bad-entry", { key: -1 }],
    ["a key of 49 bits", "hashing/bad-entry", { key: 2 ** 48 }],
    ["half a key", "hashing/bad-entry", { key: 0.5 }],
    ["no list", "hashing/bad-entry", { list: "" }],
    ["a quality above 100", "hashing/bad-entry", { quality: 101 }],
  ];
  test.each(bad)("%s", async (_, code, wrong) => {
    const index = await created();
    await expect(index.add([entry(1), entry(2, wrong)])).rejects.toEqual(refused(code));
    expect(index.entries).toBe(0);
    await expect(index.build([entry(2, wrong)])).rejects.toEqual(refused(code));
    const told: Entry[] = [];
    const onRefused = (one: Entry) => void told.push(one);
    expect(await index.build([entry(1), entry(2, wrong), entry(3)], { onRefused })).toBe(2);
    expect(told).toEqual([entry(2, wrong)]);
    expect(index.entries).toBe(2);
  });

  test("no hash at all, and removals that name nothing", async () => {
    const index = await created();
    const { list, source, verdict } = entry(1);
    await expect(index.add([{ list, key: 1, source, verdict }])).rejects.toEqual(
      refused("hashing/bad-entry"),
    );
    await expect(index.remove([{ list, key: -1 }])).rejects.toEqual(refused("hashing/bad-entry"));
    await index.remove([{ list: "never heard of", key: 1 }]);
  });

  test("more verdicts than a byte tells apart", async () => {
    const index = await created();
    const many = entriesUpTo(300).map((one) => ({ ...one, verdict: `verdict ${one.key}` }));
    await expect(index.add(many)).rejects.toEqual(refused("hashing/too-many-names"));
    expect(index.entries).toBe(0);
    await index.add(many.slice(0, 255));
    expect((await index.match({ pdq: hashOf(254) })).matches).toMatchObject([{ verdict: "verdict 254" }]);
  });
});

describe("queries", () => {
  test.each([
    ["no hexadecimal digits", "hashing/pdq-format", { pdq: "z".repeat(64) }],
    ["one bad turn", "hashing/pdq-format", { dihedral: [...Array<string>(7).fill(hashOf(1)), "0"] }],
    ["seven turns", "hashing/bad-query", { dihedral: Array<string>(7).fill(hashOf(1)) }],
    ["quality below zero", "hashing/bad-query", { pdq: hashOf(1), quality: -1 }],
    ["a bad digest", "hashing/bad-query", { sha1: "0".repeat(41) }],
  ])("%s", async (_, code, query) => {
    const index = await created();
    await expect(index.match(query)).rejects.toEqual(refused(code));
    expect(await index.matchAll([{ pdq: hashOf(1) }, {}])).toEqual([
      { total: 0, matches: [] },
      { total: 0, matches: [] },
    ]);
  });

  test("a limit that is none", async () => {
    const index = await created();
    for (const limit of [-1, 0.5, 65_537])
      await expect(index.match({}, { limit })).rejects.toEqual(refused("hashing/bad-query"));
  });

  test("more than may wait", async () => {
    const index = await created({ queue: 10 });
    const query = { pdq: hashOf(1) };
    const most = index.matchAll(Array<typeof query>(10).fill(query));
    await expect(index.match(query)).rejects.toEqual(refused("hashing/index-busy"));
    expect(await most).toHaveLength(10);
    expect(await index.match(query)).toEqual({ total: 0, matches: [] });
  });
});

describe("the index", () => {
  const badLists: Partial<ListSettings>[] = [
    { distance: 64 },
    { distance: -1 },
    { quality: 101 },
    { id: "" },
  ];
  test.each(badLists)("a list with %o", async (wrong) => {
    const index = await created();
    const list = { id: "one", name: "One", ...wrong };
    await expect(index.setLists([list])).rejects.toEqual(refused("hashing/bad-list"));
    await expect(createMatchIndex({ lists: [list] })).rejects.toEqual(refused("hashing/bad-list"));
  });

  test("a key that is too short, and a folder with nothing in it", async () => {
    const folder = await ownFolder();
    const short = { lists, store: { folder, key: key.subarray(1) } };
    await expect(createMatchIndex(short)).rejects.toEqual(refused("hashing/bad-key"));
    await expect(openMatchIndex({ lists, store: { folder, key } })).rejects.toEqual(
      refused("hashing/no-index"),
    );
    await expect(openMatchIndex({ lists })).rejects.toEqual(refused("hashing/no-folder"));
    await expect((await created()).save()).rejects.toEqual(refused("hashing/no-folder"));
  });

  test("more hashes than it was made for, before any of them is in", async () => {
    const index = await created({ capacity: 1 });
    await expect(index.add(entriesUpTo(5000))).rejects.toEqual(refused("hashing/full"));
    expect(index.entries).toBe(0);
    await index.add([entry(1)]);
    expect((await index.match({ pdq: hashOf(1) })).total).toBe(1);
  });

  test("more memory than it may take, before it is taken", async () => {
    const empty = (await created()).bytes;
    const index = await created({ memory: empty + 100_000 });
    await index.add(entriesUpTo(100));
    await expect(index.add(entriesUpTo(900))).rejects.toEqual(refused("hashing/out-of-memory"));
    expect(index.entries).toBe(100);
    await index.remove(entriesUpTo(50));
    expect((await index.match({ pdq: hashOf(70) })).total).toBe(1);
  });

  test("everything, once it is closed", async () => {
    const index = await created();
    const waiting = index.match({ pdq: hashOf(1) }).catch((error: unknown) => error);
    await index.close();
    await index.close();
    expect(await waiting).toEqual(refused("hashing/index-closed"));
    const calls = [
      index.add([entry(1)]),
      ...[index.remove([entry(1)]), index.build([]), index.match({}), index.matchAll([])],
      ...[index.setLists(lists), index.compact(), index.save()],
    ];
    for (const call of calls) await expect(call).rejects.toEqual(refused("hashing/index-closed"));
  });
});
