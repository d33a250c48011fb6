import { copyFile, rm, truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { defineCollection, openStore, putting, type Store, type StoreOptions } from "@wardline/node/store";
import { given } from "../../../support/codes.ts";
import { copyOf, filesOf, newStore, refusal, reopen, writeTo } from "../support.ts";

const pages = defineCollection<{ at: number; body: Uint8Array }>("pages", {
  indexes: { at: ({ at }) => [[at]] },
});
const FILE = "segments/00000001.segment";
const LENGTH = 9000;

const page = (at: number) => ({ at, body: new Uint8Array(LENGTH).fill(at) });

async function write(store: Store, ...all: number[]): Promise<void> {
  for (const at of all) await store.write([store.change(putting(pages, ["page", at], page(at)))]);
}

/** A closed store with four pages. */
async function filled(): Promise<StoreOptions> {
  const { store, options } = await newStore();
  await write(store, 0, 1, 2, 3);
  await store.close();
  return options;
}

describe("a damaged segment", () => {
  test("shows at the record whose bytes were changed, and at no other", async () => {
    const options = await filled();
    const segment = given((await filesOf(options)).get(FILE));
    const length = segment.length / 4;
    for (const [record, within] of [
      [0, 0],
      [1, 30],
      [2, length >> 1],
      [3, length - 1],
    ] as const) {
      const at = record * length + within;
      await writeTo(options, FILE, segment.with(at, given(segment[at]) ^ 4));
      const store = await openStore({ ...options, limits: { ...options.limits, records: 0 } });
      for (const one of [0, 1, 2, 3]) {
        const code = await refusal(() => store.get(pages, "page", one));
        expect([record, one, code]).toEqual([record, one, one === record ? "store/damaged" : undefined]);
      }
      expect(await refusal(() => Array.fromAsync(store.list(pages, { index: "at" })))).toBe("store/damaged");
      await store.close();
    }
  });

  test("shows when its records were exchanged", async () => {
    const options = await filled();
    const segment = given((await filesOf(options)).get(FILE));
    const length = segment.length / 4;
    const parts = [1, 0, 2, 3].map((at) => segment.subarray(at * length, (at + 1) * length));
    await writeTo(options, FILE, Buffer.concat(parts));
    const store = await reopen(options);
    const codes = [0, 1, 2].map((at) => refusal(() => store.get(pages, "page", at)));
    expect(await Promise.all(codes)).toEqual(["store/damaged", "store/damaged", undefined]);
  });

  test("is refused at the start when it is missing, cut, or older than the database, and left as it was found", async () => {
    const options = await filled();
    const older = await copyOf(options);
    const store = await openStore(options);
    await write(store, 4);
    await store.close();
    const damages: ((file: string) => Promise<void>)[] = [
      (file) => unlink(file),
      (file) => truncate(file, 5 * LENGTH),
      (file) => truncate(file),
      (file) => copyFile(join(older.folder, FILE), file),
      (file) => rm(join(file, ".."), { recursive: true }),
    ];
    for (const damage of damages) {
      const copy = await copyOf(options);
      await damage(join(copy.folder, FILE));
      const before = [...(await filesOf(copy)).keys()].filter((name) => name.startsWith("segments"));
      expect(await refusal(() => openStore(copy))).toBe("store/damaged");
      const after = [...(await filesOf(copy)).keys()].filter((name) => name.startsWith("segments"));
      expect(after).toEqual(before);
    }
    expect(await refusal(async () => (await openStore(options)).close())).toBeUndefined();
  });

  test("shows when it is lost while the store is open, and is never taken as empty", async () => {
    const options = await filled();
    const store = await openStore({ ...options, limits: { ...options.limits, records: 0 } });
    await unlink(join(options.folder, FILE));
    expect(await refusal(() => store.get(pages, "page", 2))).toBe("store/damaged");
    await store.close();
  });
});
