/** All tables at once from hashes that lie in slots 0 to `count` - 1, as they came in. */
import {
  BUCKETS, chunk, directoryOf, hashAt, liveByte, regionOf, SIZE, SLOTS, slotsOf, TABLES, tagsOf,
} from "./memory";
import { store24 } from "./additions";
import { permute } from "./permutation";
import { tagOf } from "./tables";

export function build(count: u32): void {
  for (let slot: u32 = 0; slot < count; slot++) permute(hashAt(slot), hashAt(slot));
  for (let table: u32 = 0; table < TABLES; table++) fill(table, count);
  memory.fill(liveByte(0), 0xff, count >> 3);
  const rest = (count & 7) as u8;
  if (rest != 0) store<u8>(liveByte(count), (1 << rest) - 1);
  store<u32>(SLOTS, count);
  store<u32>(SIZE, count);
}

/** Counting sort by the table's chunk; slots rise within a bucket. */
function fill(table: u32, count: u32): void {
  const region = regionOf(table);
  const directory = directoryOf(region);
  const tags = tagsOf(region);
  const slots = slotsOf(region);
  memory.fill(directory, 0, (BUCKETS + 1) << 2);
  for (let slot: u32 = 0; slot < count; slot++) {
    const entry = directory + (chunk(hashAt(slot), table) << 2);
    store<u32>(entry, load<u32>(entry) + 1);
  }
  let end: u32 = 0;
  for (let bucket: u32 = 0; bucket <= BUCKETS; bucket++) {
    end += load<u32>(directory + (bucket << 2));
    store<u32>(directory + (bucket << 2), end);
  }
  for (let slot = count; slot-- > 0; ) {
    const hash = hashAt(slot);
    const entry = directory + (chunk(hash, table) << 2);
    const at = load<u32>(entry) - 1;
    store<u32>(entry, at);
    store<u16>(tags + (at << 1), tagOf(hash, table));
    store24(slots + at * 3, slot);
  }
}
