/** What is saved comes back, whole or not at all, and tells nobody else anything. */
import { readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openOrRebuild, type MatchIndex } from "@wardline/hashing/index";
import { digestOf, expected, hashOf, testLists } from "./model.ts";
import { created, entriesUpTo, entry, key, lists, opened, ownFolder } from "./support.ts";

const damaged = expect.objectContaining({ code: "hashing/index-damaged" });
const refused = expect.objectContaining({
  code: expect.stringMatching(/^hashing\/index-(damaged|version)$/) as string,
});

/** A folder with a saved index of these entries. */
async function savedFolder(count: number, threads = 1): Promise<string> {
  const folder = await ownFolder();
  const index = await created({ store: { folder, key }, threads });
  await index.add(entriesUpTo(count));
  await index.save(`up to ${count}`);
  await index.close();
  return folder;
}

const totalOf = async (index: MatchIndex, at: number) => (await index.match({ pdq: hashOf(at) })).total;

describe("a saved index", () => {
  test("opens as it was: shards on any number of threads, folded hashes, digests, names, mark", async () => {
    const folder = await ownFolder();
    const index = await created({ store: { folder, key }, threads: 2, lists: testLists });
    const ids = testLists.map(({ id }) => id);
    const all = Array.from({ length: 300 }, (_, at) =>
      entry(at, {
        list: ids[at % ids.length] ?? "",
        source: `member ${at % 7}`,
        verdict: ["baseline", "national"][at % 2] ?? "",
        pdq: hashOf(at % 50),
        quality: at % 101,
        disputed: at % 3 === 0,
        sha256: digestOf("sha256", at % 40),
      }),
    );
    await index.add(all);
    await index.remove(all.slice(0, 60));
    await index.save("position 60");
    await index.close();
    for (const threads of [1, 2]) {
      const again = await opened(folder, { lists: testLists, threads });
      expect([again.mark, again.entries]).toEqual(["position 60", 240]);
      for (let at = 0; at < 50; at++) {
        const query = { pdq: hashOf(at), sha256: digestOf("sha256", at), audiences: ["XA", "XB"] };
        const { total, matches } = await again.match(query);
        const should = expected(testLists, all.slice(60), query);
        expect(total).toBe(should.total);
        expect(matches).toEqual(expect.arrayContaining(should.matches));
      }
      await again.add([all[0] ?? entry(0)]);
      expect(again.entries).toBe(241);
      await again.close();
    }
  });

  test("is as it was last saved; digests that were acknowledged later may be there, too", async () => {
    const folder = await savedFolder(10);
    const index = await opened(folder);
    await index.add([entry(10, { sha256: digestOf("sha256", 10), source: "a new member" })]);
    await index.close();
    const again = await opened(folder);
    expect([again.mark, again.entries]).toEqual(["up to 10", 10]);
    const { matches } = await again.match({ pdq: hashOf(10), sha256: digestOf("sha256", 10) });
    expect(matches).toMatchObject([{ kind: "sha256", key: 10, source: "a new member" }]);
    await again.add([entry(10, { sha256: digestOf("sha256", 10), source: "a new member" })]);
    expect((await again.match({ sha256: digestOf("sha256", 10) })).total).toBe(1);
  });

  test("replaces the one before and leaves nothing behind", async () => {
    const folder = await savedFolder(10);
    const index = await opened(folder);
    for (const round of [11, 12, 13]) {
      await index.add([entry(round)]);
      await index.save(`round ${round}`);
    }
    await index.close();
    expect((await readdir(folder)).sort()).toEqual(["index", "shard-4-0"]);
    const again = await opened(folder);
    expect([again.mark, again.entries]).toEqual(["round 13", 13]);
  });

  test("tells nothing to whoever has the disk", async () => {
    const folder = await ownFolder();
    const index = await created({ store: { folder, key } });
    const sha256 = digestOf("sha256", 1);
    await index.add(entriesUpTo(50).map((one) => ({ ...one, sha256 })));
    await index.save("a mark that is secret");
    await index.close();
    const words = [hashOf(1), sha256, "hotline a", "baseline", "usual", "a mark that is secret"];
    const secrets = words.flatMap((word) => [Buffer.from(word), Buffer.from(word, "hex")]);
    const reversed = Buffer.from(hashOf(1), "hex").swap32();
    for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = await readFile(join(file.parentPath, file.name));
      for (const secret of [...secrets, reversed])
        if (secret.length > 3) expect(bytes.includes(secret)).toBe(false);
    }
  });
});

describe("a damaged index", () => {
  test("is seen, wherever a byte was changed", async () => {
    const folder = await savedFolder(20, 2);
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const good = await readFile(path);
      for (const share of [0, 0.3, 0.9999]) {
        const bad = Buffer.from(good);
        const at = Math.floor(share * good.length);
        bad[at] = (bad[at] as number) ^ 0x10;
        await writeFile(path, bad);
        await expect(opened(folder)).rejects.toEqual(refused);
      }
      await writeFile(path, good);
    }
    expect((await opened(folder)).entries).toBe(20);
  });

  test("is seen when a file was cut, is missing, stands in another's place, or is of another time", async () => {
    const folder = await savedFolder(20, 2);
    const path = (name: string) => join(folder, name);
    const good = await readFile(path("shard-1-0"));
    const again = async () => {
      await expect(opened(folder)).rejects.toEqual(damaged);
      await writeFile(path("shard-1-0"), good);
    };
    await truncate(path("shard-1-0"), good.length - 1);
    await again();
    await truncate(path("shard-1-0"), 24 + 65_552);
    await again();
    await rm(path("shard-1-0"));
    await again();
    await writeFile(path("shard-1-0"), await readFile(path("shard-1-1")));
    await again();

    const index = await opened(folder);
    await index.add([entry(20)]);
    await index.save();
    await index.close();
    await writeFile(path("shard-2-0"), good);
    await expect(opened(folder)).rejects.toEqual(damaged);
  });

  test("does not open with another key", async () => {
    const folder = await savedFolder(1);
    const store = { folder, key: new Uint8Array(32) };
    await expect(opened(folder, { store })).rejects.toEqual(damaged);
  });

  test("is built again by its owner, from all it has; a good one only from its mark on", async () => {
    const folder = await savedFolder(20);
    const all = entriesUpTo(25);
    const fed: string[] = [];
    const feed = async (index: MatchIndex, mark: string | undefined) => {
      fed.push(mark ?? "from the start");
      await index.build(mark === undefined ? all : all.slice(20));
    };
    const open = async () => {
      const told: string[] = [];
      const options = { lists, threads: 1, capacity: 1000, store: { folder, key } };
      const index = await openOrRebuild(options, feed, ({ code }) => void told.push(code));
      expect([index.entries, await totalOf(index, 24), await totalOf(index, 3)]).toEqual([25, 1, 1]);
      await index.close();
      return told;
    };
    expect(await open()).toEqual([]);
    const path = join(folder, "shard-1-0");
    const bytes = await readFile(path);
    bytes[70_000] = (bytes[70_000] as number) ^ 1;
    await writeFile(path, bytes);
    expect(await open()).toEqual(["hashing/index-damaged"]);
    await rm(join(folder, "index"));
    expect(await open()).toEqual(["hashing/no-index"]);
    expect(fed).toEqual(["up to 20", "from the start", "from the start"]);
  });

  test("among its digests is seen by the look-up that meets it", async () => {
    const folder = await ownFolder();
    const index = await created({ store: { folder, key } });
    const all = Array.from({ length: 200 }, (_, at) => entry(at, { sha256: digestOf("sha256", at) }));
    await index.build(all);
    await index.compact();
    await index.save();
    await index.close();
    const files = await readdir(join(folder, "digests"));
    for (const name of files) {
      const path = join(folder, "digests", name);
      const bytes = await readFile(path);
      for (let at = 0; at < bytes.length; at += 97) bytes[at] = (bytes[at] as number) ^ 1;
      await writeFile(path, bytes);
    }
    const look = async () => (await opened(folder)).matchAll(all.map(({ sha256 = "" }) => ({ sha256 })));
    await expect(look()).rejects.toMatchObject({ code: expect.stringMatching(/^hashing\/index-/) as string });
  });
});

describe("saving", () => {
  test("that fails leaves the index as it is, and can be tried again", async () => {
    const folder = await ownFolder();
    const index = await created({ store: { folder, key } });
    await index.add(entriesUpTo(5));
    await rename(folder, `${folder}-away`);
    await expect(index.save("one")).rejects.toMatchObject({ code: "hashing/index-write" });
    expect([await totalOf(index, 3), index.mark]).toEqual([1, undefined]);
    await rename(`${folder}-away`, folder);
    await index.save("two");
    await index.close();
    expect((await opened(folder)).mark).toBe("two");
  });

  test("goes on beside queries and additions, and holds what was acknowledged before", async () => {
    const folder = await ownFolder();
    const index = await created({ store: { folder, key }, capacity: 100_000 });
    await index.add(entriesUpTo(2000));
    let saved = false;
    const saving = index.save("2000").then(() => (saved = true));
    const adding: Promise<void>[] = [];
    for (let at = 2000; !saved; at++) {
      adding.push(index.add([entry(at)]));
      expect(await totalOf(index, at % 2000)).toBe(1);
    }
    await Promise.all([saving, ...adding]);
    expect(index.entries).toBe(2000 + adding.length);
    await index.close();
    const again = await opened(folder);
    expect(again.entries).toBeGreaterThanOrEqual(2000);
    expect(await totalOf(again, 1999)).toBe(1);
  });
});
