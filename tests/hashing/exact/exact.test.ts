import { readFile, rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { openExactIndex } from "@wardline/hashing/exact";
import {
  addAll,
  digestOf,
  entriesOf,
  entryOf,
  expected,
  filesOf,
  found,
  key,
  LITTLE,
  opened,
  recordOf,
  temporaryFolder,
} from "./support.ts";

test("a digest stands with all its records, ordered, and without those that were removed", async () => {
  const index = await opened(await temporaryFolder());
  const digest = digestOf("sha1", 1);
  const records = [1, 2, 3].map(recordOf).sort((a, b) => Buffer.compare(a, b));
  await Promise.all(records.map((record) => index.add("sha1", digest, record)));
  await index.add("sha1", digest, recordOf(2));
  expect(await index.find("sha1", digest)).toEqual(records);
  await index.compact();
  await index.remove("sha1", digest, recordOf(2));
  await index.remove("sha1", digest, recordOf(9));
  expect(await index.find("sha1", digest)).toEqual(records.filter((record) => !record.equals(recordOf(2))));
  await index.compact();
  expect(index.rows).toBe(2);
  await index.add("sha1", digest, recordOf(2));
  expect(await index.find("sha1", digest)).toEqual(records);
});

test("the same bytes as digests of two kinds are two digests", async () => {
  const index = await opened(await temporaryFolder());
  const md5 = digestOf("md5", 1);
  await index.add("md5", md5, recordOf(1));
  await index.add("sha1", Buffer.concat([md5, Buffer.alloc(4)]), recordOf(2));
  await index.add("sha256", Buffer.concat([md5, Buffer.alloc(16)]), recordOf(3));
  expect(await index.find("md5", md5)).toEqual([recordOf(1)]);
});

test("a digest with more records than a page holds", async () => {
  const index = await opened(await temporaryFolder());
  const digest = digestOf("md5", 1);
  const records = Array.from({ length: 1000 }, (_, at) => recordOf(at));
  await index.build([
    [...entriesOf(0, 500), ...records.map((record) => ({ kind: "md5" as const, digest, record }))],
  ]);
  expect(await index.find("md5", digest)).toEqual(records.toSorted((a, b) => Buffer.compare(a, b)));
  expect(await found(index, entriesOf(0, 500))).toEqual(expected(entriesOf(0, 500)));
});

test("everything is there while tables become runs and runs are merged, and after each opening", async () => {
  const folder = await temporaryFolder();
  const entries = entriesOf(0, 12_000);
  const some = (to: number) => entries.slice(0, to).filter((_, at) => at % 17 === 0);
  for (let from = 0; from < entries.length; from += 3000) {
    const index = await opened(folder);
    for (let at = from; at < from + 3000; at += 500) {
      await addAll(index, entries.slice(at, at + 500));
      expect(await found(index, some(at + 500))).toEqual(expected(some(at + 500)));
    }
    await index.close();
  }
  const index = await opened(folder);
  expect(await found(index, some(12_000))).toEqual(expected(some(12_000)));
  await index.compact();
  expect(index.rows).toBe(entries.length);
  expect(await filesOf(folder, ".run")).toHaveLength(1);
  expect(await found(index, entries)).toEqual(expected(entries));
  await index.verify();
});

test("a build replaces everything at once; what changes meanwhile counts on top", async () => {
  const folder = await temporaryFolder();
  const index = await opened(folder);
  const old = entriesOf(0, 3000);
  const fresh = entriesOf(10_000, 15_000);
  const meanwhile = entryOf(20_000);
  const unwanted = entryOf(10_001);
  await addAll(index, old);
  async function* batches() {
    yield fresh.slice(0, 2500);
    await index.add(meanwhile.kind, meanwhile.digest, meanwhile.record);
    await index.remove(unwanted.kind, unwanted.digest, unwanted.record);
    expect(await found(index, old)).toEqual(expected(old));
    expect(await found(index, fresh.slice(0, 10))).toEqual(Array(10).fill([]));
    yield fresh.slice(2000);
  }
  await index.build(batches());
  const left = fresh.filter(({ digest }) => Buffer.compare(digest, unwanted.digest) !== 0);
  const check = async (now: typeof index) => {
    expect(await found(now, [...left, meanwhile])).toEqual(expected([...left, meanwhile]));
    expect(await found(now, [unwanted, ...old])).toEqual(Array(3001).fill([]));
  };
  await check(index);
  await index.close();
  await check(await opened(folder));
});

test("a build whose source breaks changes nothing and leaves nothing behind", async () => {
  const folder = await temporaryFolder();
  const index = await opened(folder);
  await index.build([entriesOf(0, 2000)]);
  async function* broken() {
    yield entriesOf(5000, 9000);
    throw new Error("the list ended early");
  }
  await expect(index.build(broken())).rejects.toThrowError("the list ended early");
  expect(await found(index, entriesOf(0, 2000))).toEqual(expected(entriesOf(0, 2000)));
  expect(await found(index, entriesOf(5000, 5010))).toEqual(Array(10).fill([]));
  expect(await filesOf(folder, ".run")).toHaveLength(1);
});

test("an empty build empties it", async () => {
  const index = await opened(await temporaryFolder());
  await addAll(index, entriesOf(0, 2000));
  await index.build([]);
  expect(index.rows).toBe(0);
  expect(await index.find("sha256", digestOf("sha256", 1))).toEqual([]);
});

test("nothing of digests and records is on the disk in clear", async () => {
  const folder = await temporaryFolder();
  const index = await opened(folder);
  await index.build([entriesOf(0, 1500)]);
  await addAll(index, entriesOf(1500, 1700));
  await index.close();
  const files = await Promise.all([...(await filesOf(folder, ""))].map((file) => readFile(file)));
  const disk = Buffer.concat(files).toString("latin1");
  expect(disk.length).toBeGreaterThan(50_000);
  for (const { digest, record } of entriesOf(0, 1700)) {
    expect(disk.includes(Buffer.from(digest).toString("latin1", 0, 8))).toBe(false);
    expect(disk.includes(Buffer.from(record).toString("latin1", 0, 8))).toBe(false);
  }
});

test("what cannot be an entry is refused by name", async () => {
  const index = await opened(await temporaryFolder());
  const short = new Uint8Array(31);
  await expect(index.add("sha256", short, recordOf(1))).rejects.toMatchObject({
    code: "hashing/digest-length",
  });
  await expect(index.find("md5", short)).rejects.toMatchObject({ code: "hashing/digest-length" });
  await expect(index.add("md5", digestOf("md5", 1), short)).rejects.toMatchObject({
    code: "hashing/record-length",
  });
  expect(index.rows).toBe(0);
});

test("a closed index answers and takes nothing", async () => {
  const index = await opened(await temporaryFolder());
  await index.close();
  const refused = { code: "hashing/index-closed" };
  await expect(index.find("md5", digestOf("md5", 1))).rejects.toMatchObject(refused);
  await expect(index.add("md5", digestOf("md5", 1), recordOf(1))).rejects.toMatchObject(refused);
});

test("closing in the middle of merging and building loses nothing", async () => {
  const folder = await temporaryFolder();
  const entries = entriesOf(0, 6000);
  const index = await opened(folder);
  await addAll(index, entries);
  const building = index.build([entriesOf(10_000, 20_000)]);
  const refused = expect(building).rejects.toMatchObject({ code: "hashing/index-closed" });
  await index.close();
  await refused;
  expect(await found(await opened(folder), entries)).toEqual(expected(entries));
});

test("a disk that refuses a write is said, and nothing more is taken", async () => {
  const folder = await temporaryFolder();
  const index = await openExactIndex({ folder, key, memory: LITTLE });
  await addAll(index, entriesOf(0, 10));
  await rm(folder, { recursive: true });
  const refused = { code: "hashing/index-write" };
  await expect(addAll(index, entriesOf(10, 3000))).rejects.toMatchObject(refused);
  await expect(addAll(index, entriesOf(0, 1))).rejects.toMatchObject(refused);
  expect(await found(index, entriesOf(0, 3000))).toEqual(expected(entriesOf(0, 3000)));
  await expect(index.close()).rejects.toMatchObject(refused);
});
