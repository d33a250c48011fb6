import { copyFile, readFile, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { equalBytes } from "@wardline/protocol/encoding";
import { filesBelow, newPlace, openAt, pattern, sha256Of, stream } from "./support.ts";

const CHUNK = 16 * 1024;

describe("an item", () => {
  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 123])(
    "of %i bytes is kept over a restart",
    async (size) => {
      const place = await newPlace();
      const bytes = pattern(size);
      const stored = await (await openAt(place)).put(bytes);
      expect(stored).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        size,
        sha256: sha256Of(bytes),
      });
      const vault = await openAt(place);
      expect(equalBytes(await vault.readAll(stored.id, size), bytes)).toBe(true);
      expect(await vault.size(stored.id)).toBe(size);
      expect(await vault.has(stored.id)).toBe(true);
    },
  );

  test("comes as a stream too, and goes as one, or in part", async () => {
    const vault = await openAt(await newPlace());
    const bytes = pattern(3 * CHUNK + 50);
    const { id, sha256 } = await vault.put(stream(bytes, 1000));
    expect(sha256).toBe(sha256Of(bytes));
    const parts = await Array.fromAsync(vault.read(id));
    expect(parts.map((part) => part.length)).toEqual([CHUNK, CHUNK, CHUNK, 50]);
    const middle = await Array.fromAsync(vault.read(id, { offset: CHUNK - 2, length: 4 }));
    expect(equalBytes(Buffer.concat(middle), bytes.subarray(CHUNK - 2, CHUNK + 2))).toBe(true);
    await expect(Array.fromAsync(vault.read(id, { offset: -1, length: 4 }))).rejects.toMatchObject({
      code: "material/range",
    });
  });

  test("stored twice is two items with two keys: equal bytes are not equal on disk", async () => {
    const place = await newPlace();
    const vault = await openAt(place);
    const [one, two] = [await vault.put(pattern(500)), await vault.put(pattern(500))];
    expect(one.id).not.toBe(two.id);
    const blobs = await filesBelow(join(place.dataFolder, "vault", "blobs"));
    const [a, b] = await Promise.all(blobs.map((path) => readFile(path)));
    expect(a?.equals(b as Buffer)).toBe(false);
  });

  test("over the limit is refused while it comes, and leaves nothing", async () => {
    const place = await newPlace();
    const vault = await openAt(place, { itemLimit: 1000 });
    let asked = 0;
    async function* endless() {
      for (;;) yield pattern(100, ++asked);
    }
    await expect(vault.put(endless())).rejects.toMatchObject({ code: "vault/too-large" });
    expect(asked).toBe(11);
    await expect(vault.put(pattern(51), { limit: 50 })).rejects.toMatchObject({ code: "vault/too-large" });
    await expect(vault.put(pattern(1001), { limit: 5000 })).rejects.toMatchObject({
      code: "vault/too-large",
    });
    expect(await filesBelow(join(place.dataFolder, "vault"))).toEqual([]);
    const { id } = await vault.put(pattern(1000));
    await expect(vault.readAll(id, 999)).rejects.toMatchObject({ code: "vault/too-large" });
  });

  test("whose source fails leaves nothing", async () => {
    const place = await newPlace();
    const vault = await openAt(place);
    async function* failing() {
      yield pattern(20_000);
      throw new Error("the connection broke");
    }
    await expect(vault.put(failing())).rejects.toThrow("the connection broke");
    expect(await filesBelow(join(place.dataFolder, "vault"))).toEqual([]);
  });

  test("is stored beside many others at once", async () => {
    const vault = await openAt(await newPlace());
    const stored = await Promise.all(Array.from({ length: 60 }, (_, at) => vault.put(pattern(at * 10, at))));
    for (const [at, { id, size }] of stored.entries()) {
      expect(equalBytes(await vault.readAll(id, size), pattern(at * 10, at))).toBe(true);
    }
  });
});

describe("shredding", () => {
  test("forgets the key and removes the blob; what was copied before does not open", async () => {
    const place = await newPlace();
    const vault = await openAt(place);
    const { id, size } = await vault.put(pattern(40_000));
    const [blob] = await filesBelow(join(place.dataFolder, "vault", "blobs"));
    await copyFile(blob as string, `${place.dataFolder}/../copy`);
    await vault.shred(id);
    await vault.shred(id);
    for (const open of [vault, await openAt(place)]) {
      expect(await open.has(id)).toBe(false);
      await expect(open.readAll(id, size)).rejects.toMatchObject({ code: "vault/not-found" });
      await expect(open.grantKey(id, "g")).rejects.toMatchObject({ code: "vault/not-found" });
    }
    expect(await filesBelow(join(place.dataFolder, "vault", "blobs"))).toEqual([]);
    await copyFile(`${place.dataFolder}/../copy`, blob as string);
    await expect((await openAt(place)).readAll(id, size)).rejects.toMatchObject({ code: "vault/not-found" });
  });

  test("of one item leaves those that share its key file", async () => {
    const place = await newPlace();
    const vault = await openAt(place);
    const stored = await Promise.all(Array.from({ length: 40 }, (_, at) => vault.put(pattern(10, at))));
    await Promise.all(stored.filter((_, at) => at % 2 === 0).map(({ id }) => vault.shred(id)));
    const again = await openAt(place);
    for (const [at, { id }] of stored.entries()) expect(await again.has(id)).toBe(at % 2 === 1);
  });
});

describe("ids", () => {
  test.each([
    "",
    "../../etc/passwd",
    "..",
    "a/b",
    "A".repeat(32),
    "a".repeat(31),
    "a".repeat(33),
    `${"a".repeat(31)}/`,
    "a".repeat(32) + "\n",
    "__proto__",
    "\0".repeat(32),
  ])("of another form never reach the disk: %j", async (id) => {
    const vault = await openAt(await newPlace());
    const refused = { code: "vault/invalid-id" };
    await expect(vault.readAll(id, 1)).rejects.toMatchObject(refused);
    await expect(vault.size(id)).rejects.toMatchObject(refused);
    await expect(vault.has(id)).rejects.toMatchObject(refused);
    await expect(vault.shred(id)).rejects.toMatchObject(refused);
    await expect(vault.grantKey(id, "g")).rejects.toMatchObject(refused);
    await expect(vault.grantRange(id, "g", 0, 1)).rejects.toMatchObject(refused);
  });
});

describe("damage", () => {
  async function storedItem() {
    const place = await newPlace();
    const { id, size } = await (await openAt(place)).put(pattern(2 * CHUNK + 10));
    const [blob] = await filesBelow(join(place.dataFolder, "vault", "blobs"));
    const [keys] = await filesBelow(join(place.dataFolder, "vault", "keys"));
    return { place, id, size, blob: blob as string, keys: keys as string };
  }
  async function flip(path: string, at: number) {
    const bytes = await readFile(path);
    bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
    await writeFile(path, bytes);
  }

  test("of any part of a blob is found when it is read", async () => {
    const { place, id, size, blob } = await storedItem();
    const vault = await openAt(place);
    const { size: length } = await stat(blob);
    for (let at = 0; at < length; at += 331) {
      await flip(blob, at);
      await expect(vault.readAll(id, size), `byte ${at}`).rejects.toMatchObject({ code: "vault/damaged" });
      await flip(blob, at);
    }
    expect(equalBytes(await vault.readAll(id, size), pattern(size))).toBe(true);
  });

  test("that shortens, empties, lengthens or removes a blob is found, also for a grant", async () => {
    const { place, id, size, blob } = await storedItem();
    const vault = await openAt(place);
    const whole = await readFile(blob);
    for (const content of [
      whole.subarray(0, -1),
      whole.subarray(0, 100),
      Buffer.alloc(0),
      Buffer.concat([whole, whole]),
    ]) {
      await writeFile(blob, content);
      await expect(vault.readAll(id, size)).rejects.toMatchObject({ code: "vault/damaged" });
      await expect(vault.grantRange(id, "g", 0, 100)).rejects.toMatchObject({ code: "vault/damaged" });
    }
    await rm(blob);
    await expect(vault.readAll(id, size)).rejects.toMatchObject({ code: "vault/missing" });
  });

  test("by two blobs being swapped is found", async () => {
    const { place, id, size, blob } = await storedItem();
    const vault = await openAt(place);
    const other = await vault.put(pattern(size, 2));
    const second = (await filesBelow(join(place.dataFolder, "vault", "blobs"))).find(
      (path) => path !== blob,
    ) as string;
    const [one, two] = [await readFile(blob), await readFile(second)];
    await writeFile(blob, two);
    await writeFile(second, one);
    await expect(vault.readAll(id, size)).rejects.toMatchObject({ code: "vault/damaged" });
    await expect(vault.readAll(other.id, size)).rejects.toMatchObject({ code: "vault/damaged" });
  });

  test("of any byte of a key file is found, and nothing is written over it", async () => {
    const { place, id, keys } = await storedItem();
    const vault = await openAt(place);
    const { size: length } = await stat(keys);
    for (let at = 0; at < length; at++) {
      await flip(keys, at);
      await expect(vault.size(id), `byte ${at}`).rejects.toMatchObject({ code: "vault/keys-damaged" });
      await flip(keys, at);
    }
    await truncate(keys, 0);
    await expect(vault.size(id)).rejects.toMatchObject({ code: "vault/keys-damaged" });
    await expect(vault.shred(id)).rejects.toMatchObject({ code: "vault/keys-damaged" });
    await expect(vault.sweep(new Set())).rejects.toMatchObject({ code: "vault/keys-damaged" });
    expect((await stat(keys)).size).toBe(0);
    expect(await filesBelow(join(place.dataFolder, "vault", "blobs"))).toHaveLength(1);
  });

  test("by a key file under another's name is found", async () => {
    const { place, keys } = await storedItem();
    const name = keys.slice(-3) === "aaa" ? "bbb" : "aaa";
    await copyFile(keys, join(place.dataFolder, "vault", "keys", name));
    const vault = await openAt(place);
    await expect(vault.size(name + "0".repeat(29))).rejects.toMatchObject({ code: "vault/keys-damaged" });
  });
});

describe("sweeping", () => {
  test("removes items, blobs and unfinished files that no one knows, and nothing else", async () => {
    const place = await newPlace();
    const before = await openAt(place);
    const [kept, orphan] = [await before.put(pattern(100, 1)), await before.put(pattern(100, 2))];
    await writeFile(join(place.dataFolder, "vault", "incoming", "ab".repeat(16)), "cut off");
    await writeFile(join(place.dataFolder, "vault", "keys", "abc.new"), "cut off");
    const vault = await openAt(place);
    const fresh = await vault.put(pattern(100, 3));
    expect(await vault.sweep(new Set([kept.id]))).toEqual({ items: 1, receptions: 0, blobs: 2 });
    expect(await vault.has(kept.id)).toBe(true);
    expect(await vault.has(fresh.id)).toBe(true);
    expect(await vault.has(orphan.id)).toBe(false);
    expect(await readdir(join(place.dataFolder, "vault", "incoming"))).toEqual([]);
    expect(await filesBelow(join(place.dataFolder, "vault", "blobs"))).toHaveLength(2);
    expect(
      (await readdir(join(place.dataFolder, "vault", "keys"))).filter((name) => name.endsWith(".new")),
    ).toEqual([]);
    expect(await vault.sweep(new Set([kept.id]))).toEqual({ items: 0, receptions: 0, blobs: 0 });
  });

  test("spares what is being stored at that moment", async () => {
    const vault = await openAt(await newPlace());
    async function* slow() {
      yield pattern(20_000, 1);
      await vault.sweep(new Set());
      yield pattern(20_000, 2);
    }
    const { id, size } = await vault.put(slow());
    await vault.sweep(new Set());
    expect((await vault.readAll(id, size)).length).toBe(40_000);
  });

  test("while many items are stored and shredded loses none", async () => {
    const place = await newPlace();
    const vault = await openAt(place);
    let storing = true;
    const sweeping = (async () => {
      while (storing) await vault.sweep(new Set());
    })();
    const stored = await Promise.all(Array.from({ length: 80 }, (_, at) => vault.put(pattern(50, at))));
    storing = false;
    await sweeping;
    for (const [at, { id }] of stored.entries()) {
      expect(equalBytes(await vault.readAll(id, 50), pattern(50, at))).toBe(true);
    }
  });
});
