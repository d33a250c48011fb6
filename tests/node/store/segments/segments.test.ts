import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RawOperation } from "@wardline/node/store";
import { describeOrderedStore } from "../../../support/store-compliance.ts";
import { newFolder } from "../support.ts";
import {
  contentOf,
  everything,
  filesIn,
  hexOf,
  keyOf,
  newSegmented,
  openSegmented,
  put,
  read,
  small,
  valueOf,
} from "./support.ts";

const openings = {
  "every value in segments": { separateFrom: 0, segment: 64 },
  "no value in segments": { separateFrom: 1000, segment: 64 },
};

for (const [name, limits] of Object.entries(openings)) {
  describe(`LevelDB with ${name} as an ordered store`, () => {
    describeOrderedStore(async () => {
      const folder = await newFolder();
      let create = true;
      return () => {
        const store = openSegmented(folder, create, limits);
        create = false;
        return store;
      };
    });
  });
}

describe("segments", () => {
  test("take large values only, and the store opens without any", async () => {
    const { segments, store, reopen } = await newSegmented();
    await store.batch([put(1, small.separateFrom - 1)]);
    expect(await filesIn(segments)).toEqual([]);
    const opened = await reopen();
    await opened.batch([put(2, small.separateFrom), put(3, 5000)]);
    await opened.batch([put(4, 500)]);
    expect(await filesIn(segments)).toEqual(["00000001.segment", "00000002.segment"]);
    const again = await reopen();
    for (const [at, length] of [
      [1, 99],
      [2, 100],
      [3, 5000],
      [4, 500],
    ] as const)
      expect(await read(again, at)).toEqual(valueOf(at, length));
    expect((await Array.fromAsync(again.keys(everything))).map(hexOf)).toEqual(
      [1, 2, 3, 4].map((at) => hexOf(keyOf(at))),
    );
  });

  test("open where values stood inline before", async () => {
    const { reopen, store, folder, segments } = await newSegmented({ ...small, separateFrom: 10_000 });
    await store.batch([put(1, 5000)]);
    await (await reopen()).close();
    const separating = await openSegmented(folder, false);
    await separating.batch([put(2, 5000)]);
    expect(await filesIn(segments)).toEqual(["00000001.segment"]);
    for (const at of [1, 2]) expect(await read(separating, at)).toEqual(valueOf(at, 5000));
    await separating.close();
  });

  test("hold values that look like what the database keeps instead of them", async () => {
    const { store, reopen } = await newSegmented();
    const value = new Uint8Array(17).fill(0xff);
    await store.batch([{ type: "put", key: keyOf(1), value }]);
    expect(await read(store, 1)).toEqual(value);
    expect(await (await reopen()).get(keyOf(1))).toEqual(value);
  });

  test(
    "show what a map shows, whatever is written, deleted, moved and opened again",
    { timeout: 120_000 },
    async () => {
      const operation = fc.record({ at: fc.nat(40), length: fc.nat(400), kept: fc.boolean() });
      const batches = fc.array(fc.array(operation, { maxLength: 6 }), { minLength: 900, maxLength: 900 });
      for (const [round, script] of fc.sample(batches, { numRuns: 2, seed: 11 }).entries()) {
        const { store, reopen } = await newSegmented();
        const model = new Map<string, string>();
        let opened = store;
        for (const [at, batch] of script.entries()) {
          const operations = batch.map(({ at: key, length, kept }): RawOperation => {
            return kept ? { ...put(key, length) } : { type: "del", key: keyOf(key) };
          });
          await opened.batch(operations);
          for (const one of operations) {
            if (one.type === "put") model.set(hexOf(one.key), hexOf(one.value));
            else model.delete(hexOf(one.key));
          }
          if (at % 300 === 150 + round) opened = await reopen();
          if (at % 50 === 0) expect(await contentOf(opened)).toEqual(new Map([...model].sort()));
        }
        expect(await contentOf(await reopen())).toEqual(new Map([...model].sort()));
      }
    },
  );
});
