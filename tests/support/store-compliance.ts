/** What every ordered store must do, whatever keeps its bytes. */
import { expect, onTestFinished, test } from "vitest";
import type { OrderedStore, RawOperation } from "@wardline/node/store";

/** Opens the store of one test; the second call opens the same one anew, after the first was closed. */
export type OpenOrderedStore = () => Promise<() => Promise<OrderedStore>>;

const key = (...bytes: number[]) => Uint8Array.from(bytes);
const put = (at: Uint8Array, ...value: number[]): RawOperation => ({
  type: "put",
  key: at,
  value: key(...value),
});
const del = (at: Uint8Array): RawOperation => ({ type: "del", key: at });
const all = { gte: key(0), lt: key(0xff, 0xff) };

const seen = (bytes: Uint8Array | undefined) => bytes && [...bytes];
const keysOf = async (range: AsyncIterable<Uint8Array>) => (await Array.fromAsync(range)).map(seen);
const pairsOf = async (range: ReturnType<OrderedStore["range"]>) =>
  (await Array.fromAsync(range)).map(([at, value]) => [seen(at), seen(value)]);

export function describeOrderedStore(prepare: OpenOrderedStore): void {
  async function opened(): Promise<OrderedStore> {
    const store = await (await prepare())();
    onTestFinished(() => store.close());
    return store;
  }

  test("gives what was put, nothing for the rest, and nothing of what was deleted", async () => {
    const store = await opened();
    await store.batch([put(key(1), 10), put(key(2)), put(key(3), 30)]);
    await store.batch([del(key(3)), del(key(9))]);
    expect(seen(await store.get(key(1)))).toEqual([10]);
    expect(seen(await store.get(key(2)))).toEqual([]);
    expect(await store.get(key(3))).toBeUndefined();
    const many = await store.getMany([key(3), key(1), key(1), key(7)]);
    expect(many.map(seen)).toEqual([undefined, [10], [10], undefined]);
    expect(await store.getMany([])).toEqual([]);
  });

  test("lets the last operation on a key win within a batch", async () => {
    const store = await opened();
    await store.batch([put(key(1), 1), del(key(1)), put(key(1), 2), put(key(2), 1), del(key(2))]);
    expect(await pairsOf(store.range(all))).toEqual([[[1], [2]]]);
    await store.batch([]);
  });

  test("orders keys as unsigned bytes, shorter ones first", async () => {
    const store = await opened();
    const keys = [key(0x7f), key(0x80), key(1, 0), key(1), key(0xff), key(1, 0, 0), key(0)];
    await store.batch(keys.map((at) => put(at)));
    expect(await keysOf(store.keys(all))).toEqual([[0], [1], [1, 0], [1, 0, 0], [0x7f], [0x80], [0xff]]);
  });

  test("gives ranges from their first key up to their end, in both directions, and no more than asked", async () => {
    const store = await opened();
    await store.batch([1, 2, 3, 4, 5].map((at) => put(key(at), at)));
    const range = { gte: key(2), lt: key(5) };
    expect(await keysOf(store.keys(range))).toEqual([[2], [3], [4]]);
    expect(await keysOf(store.keys({ ...range, reverse: true }))).toEqual([[4], [3], [2]]);
    expect(await keysOf(store.keys({ ...range, limit: 2 }))).toEqual([[2], [3]]);
    expect(await keysOf(store.keys({ ...range, reverse: true, limit: 1 }))).toEqual([[4]]);
    expect(await keysOf(store.keys({ ...range, limit: 0 }))).toEqual([]);
    expect(await keysOf(store.keys({ gte: key(5), lt: key(2) }))).toEqual([]);
    expect(await pairsOf(store.range({ ...range, limit: 1 }))).toEqual([[[2], [2]]]);
  });

  test("says with which prefixes keys begin", async () => {
    const store = await opened();
    expect(await store.begun([key(1)])).toEqual(new Set());
    await store.batch([put(key(1, 5)), put(key(1, 6)), put(key(3)), put(key(7, 0, 1))]);
    await store.batch([del(key(3))]);
    const prefixes = [
      key(0),
      key(1),
      key(1, 6),
      key(1, 6, 0),
      key(2),
      key(3),
      key(7),
      key(7, 0),
      key(7, 1),
      key(9),
    ];
    const begun = await store.begun(prefixes);
    expect([...begun].map((at) => seen(prefixes[at]))).toEqual([[1], [1, 6], [7], [7, 0]]);
    expect(await store.begun([])).toEqual(new Set());
  });

  test("gives long ranges whole, and lets go of those that are left early", async () => {
    const store = await opened();
    const count = 3000;
    await store.batch(Array.from({ length: count }, (_, at) => put(key(at >> 8, at & 0xff), at & 0xff)));
    const keys = await keysOf(store.keys(all));
    expect(keys).toHaveLength(count);
    expect(keys[2999]).toEqual([11, 183]);
    for await (const [first] of store.range(all)) {
      expect(seen(first)).toEqual([0, 0]);
      break;
    }
  });

  test("shows a range as it was when it began, and a snapshot as it was when it was taken", async () => {
    const store = await opened();
    await store.batch([put(key(1), 1), put(key(2), 2), put(key(3), 3)]);
    const range = store.range(all)[Symbol.asyncIterator]();
    const next = async () => {
      const { value } = (await range.next()) as IteratorResult<readonly [Uint8Array, Uint8Array], undefined>;
      return value && value.map(seen);
    };
    const first = await next();
    const snapshot = store.snapshot();
    await store.batch([put(key(2), 20), del(key(3)), put(key(4), 4)]);
    const whole = [first, await next(), await next(), await next()];
    expect(whole).toEqual([[[1], [1]], [[2], [2]], [[3], [3]], undefined]);
    expect(await pairsOf(snapshot.range(all))).toEqual([
      [[1], [1]],
      [[2], [2]],
      [[3], [3]],
    ]);
    expect(seen(await snapshot.get(key(2)))).toEqual([2]);
    expect((await snapshot.getMany([key(3), key(4)])).map(seen)).toEqual([[3], undefined]);
    expect(await keysOf(store.keys(all))).toEqual([[1], [2], [4]]);
    await snapshot.close();
  });

  test("keeps what it took across closing and opening", async () => {
    const open = await prepare();
    const first = await open();
    await first.batch([put(key(1), 1)]);
    const late = first.batch([put(key(2), 2)]);
    await first.close();
    await late;
    const second = await open();
    onTestFinished(() => second.close());
    expect(await keysOf(second.keys(all))).toEqual([[1], [2]]);
  });

  test("refuses everything once it is closed", async () => {
    const store = await (await prepare())();
    await store.batch([put(key(1), 1)]);
    await store.close();
    const closed = expect.objectContaining({ code: "store/closed" }) as unknown;
    await expect(async () => store.get(key(1))).rejects.toEqual(closed);
    await expect(async () => store.getMany([key(1)])).rejects.toEqual(closed);
    await expect(async () => keysOf(store.keys(all))).rejects.toEqual(closed);
    await expect(async () => store.batch([put(key(2), 2)])).rejects.toEqual(closed);
    expect(() => store.snapshot()).toThrow("closed");
  });
}
