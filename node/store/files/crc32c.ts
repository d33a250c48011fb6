/** CRC-32C (Castagnoli) as LevelDB uses it, four bytes at a step. The runtime has only the other CRC-32. */

const POLYNOMIAL = 0x82f63b78;
const tables = makeTables();

function makeTables(): readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  });
  const next = (table: Uint32Array) => table.map((crc) => (first[crc & 0xff] ?? 0) ^ (crc >>> 8));
  const second = next(first);
  const third = next(second);
  return [first, second, third, next(third)];
}

/** The checksum of `bytes`, unsigned. */
export function crc32c(bytes: Uint8Array): number {
  const [one, two, three, four] = tables;
  let crc = 0xffffffff;
  let at = 0;
  for (const last = bytes.length - 3; at < last; at += 4) {
    const word =
      crc ^
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24));
    crc =
      (four[word & 0xff] as number) ^
      (three[(word >>> 8) & 0xff] as number) ^
      (two[(word >>> 16) & 0xff] as number) ^
      (one[word >>> 24] as number);
  }
  for (; at < bytes.length; at++) crc = (one[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** What LevelDB writes down of a checksum: rotated and shifted, since a CRC of data with CRCs inside is weak. */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
