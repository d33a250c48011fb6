import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLevelStore, type OrderedStore } from "@wardline/node/store";
import { given } from "../../../support/codes.ts";
import { limits, refusal } from "../support.ts";
import {
  collected,
  contentOf,
  del,
  everything,
  filesIn,
  newSegmented,
  put,
  read,
  valueOf,
} from "./support.ts";

const segmentName = (segment: number) => `${String(segment).padStart(8, "0")}.segment`;
const LENGTH = 700;

/** Values 0 to 11, three in a segment. */
async function filled(store: OrderedStore): Promise<void> {
  for (let at = 0; at < 12; at++) await store.batch([put(at, LENGTH)]);
}

describe("collecting", () => {
  test("removes a segment that is dead, and moves what is left of one that nearly is", async () => {
    const { store, segments, reopen } = await newSegmented();
    await filled(store);
    expect(await filesIn(segments)).toEqual([1, 2, 3, 4].map(segmentName));
    // The first is dead, of the second and third a third is needed, replaced and deleted alike.
    await store.batch([del(0), del(1), put(2, 10), del(4), put(5, 20), del(7), del(8)]);
    await collected(store, async () => {
      const left = await filesIn(segments);
      for (const gone of [1, 2, 3]) expect(left).not.toContain(segmentName(gone));
    });
    const opened = await reopen();
    for (const at of [0, 1, 4, 7, 8]) expect(await read(opened, at)).toBeUndefined();
    for (const at of [3, 6, 9, 10, 11]) expect(await read(opened, at)).toEqual(valueOf(at, LENGTH));
    expect(await read(opened, 2)).toEqual(valueOf(2, 10));
    expect(await read(opened, 5)).toEqual(valueOf(5, 20));
  });

  test("leaves a segment alone of which most is needed", async () => {
    const { store, segments } = await newSegmented();
    await filled(store);
    await store.batch([del(0), del(3), del(4), del(5)]);
    await collected(store, async () => expect(await filesIn(segments)).not.toContain(segmentName(2)));
    expect(await filesIn(segments)).toContain(segmentName(1));
  });

  test("keeps files for whoever reads an older state, and lets them go then", async () => {
    const { store, segments } = await newSegmented();
    await filled(store);
    const before = await contentOf(store);
    const snapshot = store.snapshot();
    const range = store.range(everything)[Symbol.asyncIterator]();
    await range.next();
    const deleted = Array.from({ length: 12 }, (_, at) => del(at));
    await store.batch([...deleted, put(20, LENGTH)]);
    // Values in a few more segments: when these have gone, the first ones were looked at.
    for (let at = 30; at < 36; at++) await store.batch([put(at, LENGTH)]);
    await store.batch([30, 31, 32, 33].map(del));
    for (let batch = 0; batch < 200; batch++) await store.batch([put(65_535, 10)]);
    expect(await filesIn(segments)).toEqual(expect.arrayContaining([1, 2, 3, 4].map(segmentName)));
    expect(await contentOf(snapshot)).toEqual(before);
    expect(await read(snapshot, 1)).toEqual(valueOf(1, LENGTH));
    let rest = 1;
    for (let step = await range.next(); !step.done; step = await range.next()) {
      expect(Uint8Array.from(step.value[1])).toEqual(valueOf(rest++, LENGTH));
    }
    expect(rest).toBe(12);
    expect(await read(store, 1)).toBeUndefined();
    await snapshot.close();
    const left = await filesIn(segments);
    for (const gone of [1, 2, 3]) expect(left).not.toContain(segmentName(gone));
  });

  test("never takes a value for dead because a note about it was lost: the store refuses instead", async () => {
    const { store, segments, folder, reopen } = await newSegmented();
    await filled(store);
    await store.batch([del(0), del(1)]);
    await store.close();
    const level = await openLevelStore(join(folder, "records"), { ...limits, create: false });
    const own = await Array.fromAsync(level.keys({ gte: new Uint8Array(8).fill(0xff), lt: everything.lt }));
    const positions = own.filter((key) => key[8] === 0x70);
    expect(positions).toHaveLength(12);
    await level.batch([{ type: "del", key: given(positions[2]) }]);
    await level.close();
    const opened = await reopen();
    let refused: string | undefined;
    for (let batch = 0; batch < 200 && refused === undefined; batch++)
      refused = await refusal(() => opened.batch([put(65_535, 10)]));
    expect(refused).toBe("store/damaged");
    expect(await filesIn(segments)).toContain(segmentName(1));
    expect(await read(opened, 2)).toEqual(valueOf(2, LENGTH));
  });

  test("removes what a crash left over, with the first batch and not before", async () => {
    const { store, segments, reopen } = await newSegmented();
    await filled(store);
    await store.close();
    const torn = new Uint8Array(300).fill(7);
    const current = join(segments, segmentName(4));
    await writeFile(current, Buffer.concat([await readFile(current), torn]));
    await writeFile(join(segments, segmentName(9)), torn);
    const opened = await reopen();
    expect(await contentOf(opened)).toHaveProperty("size", 12);
    expect(await filesIn(segments)).toContain(segmentName(9));
    await opened.batch([put(12, LENGTH)]);
    await opened.batch([put(13, LENGTH)]);
    expect(await filesIn(segments)).not.toContain(segmentName(9));
    const again = await reopen();
    for (let at = 0; at < 14; at++) expect(await read(again, at)).toEqual(valueOf(at, LENGTH));
  });
});
