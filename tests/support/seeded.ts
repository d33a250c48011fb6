/** Randomness that repeats: the same label gives the same bytes for ever. For tests and golden files only. */
import { sha256, utf8, type Random } from "@wardline/protocol/encoding";

export function seededRandom(label: string): Random {
  let pool = new Uint8Array(0);
  let blocks = 0;
  return (length) => {
    while (pool.length < length) {
      const block = sha256(utf8(`${label} ${blocks++}`));
      pool = Uint8Array.from([...pool, ...block]);
    }
    const taken = pool.slice(0, length);
    pool = pool.slice(length);
    return taken;
  };
}
