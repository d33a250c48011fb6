/** Whether an id may have come before, in two bytes for each: a Bloom filter over ids, which are random themselves. */

const BITS_EACH = 16;
const DIGITS = 8;
const PROBES = 4;

export interface Seen {
  /** Notes the id, of 32 hexadecimal digits. False: it was surely not noted before; true: perhaps it was. */
  note(id: string): boolean;
}

export function createSeen(ids: number): Seen {
  const bits = 2 ** Math.min(32, Math.ceil(Math.log2(Math.max(1, ids) * BITS_EACH)));
  const noted = new Uint8Array(Math.ceil(bits / 8));
  return {
    note(id) {
      let before = true;
      for (let probe = 0; probe < PROBES; probe++) {
        const bit = parseInt(id.slice(probe * DIGITS, (probe + 1) * DIGITS), 16) % bits;
        const [at, mask] = [Math.floor(bit / 8), 1 << (bit % 8)];
        const held = noted[at] ?? 0;
        if ((held & mask) === 0) before = false;
        noted[at] = held | mask;
      }
      return before;
    },
  };
}
