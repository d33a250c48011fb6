/** Comparing with every hash, for up to 16 queries at a time: memory is read once for all of them. */
import { hashAt, HASH, liveByte, SLOTS, WANTED } from "./memory";
import { collector, output, report } from "./results";

/** Hashes that stay in the nearest cache while each query is compared with them. */
const BLOCK: u32 = 256;

/** Everything within `distance` of the first `queries` queries. */
export function scan(queries: i32, distance: u32): void {
  const slots = load<u32>(SLOTS);
  for (let first: u32 = 0; first < slots; first += BLOCK) {
    const end = min(first + BLOCK, slots);
    for (let query = 0; query < queries; query++) scanBlock(first, end, query, distance);
  }
}

@inline function scanBlock(first: u32, end: u32, query: i32, distance: u32): void {
  const wanted = WANTED + ((query as usize) << 5);
  const a = load<u64>(wanted);
  const b = load<u64>(wanted, 8);
  const c = load<u64>(wanted, 16);
  const d = load<u64>(wanted, 24);
  const most = distance as u64;
  const last = hashAt(end);
  let slot = first;
  for (let hash = hashAt(first); hash < last; hash += HASH, slot++) {
    // After three of four words it is nearly always clear that a hash is too far.
    let bits =
      popcnt<u64>(load<u64>(hash) ^ a) + popcnt<u64>(load<u64>(hash, 8) ^ b) + popcnt<u64>(load<u64>(hash, 16) ^ c);
    if (bits > most) continue;
    bits += popcnt<u64>(load<u64>(hash, 24) ^ d);
    if (bits <= most && (load<u8>(liveByte(slot)) >> (slot & 7)) & 1) report(collector(query), slot, bits as u32);
  }
}

/** The nearest of query `number` are in OUTPUT, nearest first; returns how many there are in all. */
export function finish(number: i32): u32 {
  return output(collector(number));
}
