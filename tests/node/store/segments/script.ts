/** What writer.ts writes, so that its test can tell what must be there. */
import type { RawOperation } from "../../../../node/store/index.ts";

export const levelLimits = { cache: 2 ** 16, writeBuffer: 2 ** 16 };
export const segmentLimits = { separateFrom: 1000, segment: 100_000, lookEvery: 3 };
/** Records that are written again and again; each third time one is deleted instead. */
export const RECORDS = 40;
const EACH = 3;

export const keyOf = (record: number) => Uint8Array.of(1, record);

/** Where the last change of every record stands in batch `at`: its value says which batch wrote it. */
export function batchAt(at: number): RawOperation[] {
  return Array.from({ length: EACH }, (_, one): RawOperation => {
    const key = keyOf((at * EACH + one * 7) % RECORDS);
    return (at + one) % 3 === 0 ? { type: "del", key } : { type: "put", key, value: valueAt(at, one) };
  });
}

function valueAt(at: number, one: number): Uint8Array {
  const value = new Uint8Array(one === 0 ? 20 : 3000 + ((at * 977) % 20_000)).fill(at & 0xff);
  new DataView(value.buffer).setUint32(0, at);
  return value;
}
