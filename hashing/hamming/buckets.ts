/**
 * The shard that answers from buckets of chunks, in WebAssembly; see hashing/kernels/assembly/hamming.ts for how, and why it
 * finds everything. Here: what comes in is checked, memory grows before it is needed, and results become arrays.
 */
import {
  BLOCK_BYTES,
  BLOCKS,
  bytesOf,
  CAPACITY,
  HEADER_WORDS,
  isConsistent,
  LOOSE,
  MERGING,
  SIZE,
  SLOTS,
  SPARE_BYTES,
} from "./header.ts";
import { checkAvailable, reach, startKernel, type Kernel } from "./kernel.ts";
import { readSections, savedSections } from "./sections.ts";
import {
  changed,
  checkBuild,
  checkHash,
  checkHashes,
  checkQuery,
  damaged,
  full,
  INDEXED_DISTANCE,
  MOST_SLOTS,
  noHash,
  WORDS,
  type Neighbours,
  type Shard,
} from "./shard.ts";

export const BUCKETS_LAYOUT = 2;

/** Memory for additions grows by this much: asking the system each time would take longer than adding. */
const GROWTH_BYTES = 4 * 1024 * 1024;
/** Queries that share one pass over all hashes. */
const QUERIES_A_SCAN = 16;
const SLOT_BITS = 24;

/** An empty shard. Errors: `hashing/out-of-memory`. */
export function createBucketShard(module: WebAssembly.Module, capacity: number): Shard {
  const kernel = startKernel(module);
  return bucketShard(kernel, layOut(kernel, capacity));
}

/** Reads what `save` wrote. Errors: `hashing/shard-damaged`, `hashing/out-of-memory`. */
export function openBucketShard(
  module: WebAssembly.Module,
  header: Uint32Array,
  pieces: Iterator<Uint8Array>,
): Shard {
  if (!isConsistent(header)) throw damaged("its counts contradict each other");
  const { [CAPACITY]: capacity = 0, [SLOTS]: slots = 0, [BLOCKS]: blocks = 0 } = header;
  const kernel = startKernel(module);
  checkAvailable(bytesOf(slots) + blocks * BLOCK_BYTES);
  const firstBlock = layOut(kernel, capacity);
  reach(kernel, firstBlock + blocks * BLOCK_BYTES);
  kernel.words(kernel.HEADER.value, HEADER_WORDS).set(header.subarray(0, HEADER_WORDS));
  readSections(pieces, sectionsOf(kernel));
  if (!kernel.whole()) throw damaged("its tables point beyond themselves");
  return bucketShard(kernel, firstBlock);
}

/** Returns where the blocks of additions begin. */
function layOut(kernel: Kernel, capacity: number): number {
  reach(kernel, 0x20000);
  const firstBlock = kernel.layOut(capacity) >>> 0;
  reach(kernel, firstBlock);
  return firstBlock;
}

function* sectionsOf(kernel: Kernel): Iterable<Uint8Array<ArrayBuffer>> {
  for (let section = 0; section < kernel.sections.value; section++)
    yield kernel.bytes(kernel.sectionStart(section), kernel.sectionLength(section));
}

function bucketShard(kernel: Kernel, firstBlock: number): Shard {
  let header = kernel.words(kernel.HEADER.value, HEADER_WORDS);
  let input = kernel.words(kernel.INPUT.value, WORDS * QUERIES_A_SCAN);
  let changes = 0;
  const numbers = (at: number) => header[at] as number;

  function growTo(end: number): void {
    reach(kernel, end);
    header = kernel.words(kernel.HEADER.value, HEADER_WORDS);
    input = kernel.words(kernel.INPUT.value, WORDS * QUERIES_A_SCAN);
  }

  function makeRoom(): void {
    if (kernel.hasRoom()) return;
    checkAvailable(GROWTH_BYTES);
    growTo(firstBlock + numbers(BLOCKS) * BLOCK_BYTES + GROWTH_BYTES);
  }

  function finish(number: number, limit: number): Neighbours {
    const total = kernel.finish(number) >>> 0;
    const results = kernel.words(kernel.OUTPUT.value, Math.min(total, limit));
    const slots = new Uint32Array(results.length);
    const distances = new Uint8Array(results.length);
    for (let at = 0; at < results.length; at++) {
      const result = results[at] as number;
      slots[at] = result & MOST_SLOTS;
      distances[at] = result >>> SLOT_BITS;
    }
    return { total, slots, distances };
  }

  /** Answers one by index; undefined when comparing with all is better. */
  function indexed(hash: Uint32Array, distance: number, limit: number): Neighbours | undefined {
    if (distance > INDEXED_DISTANCE) return undefined;
    input.set(hash);
    kernel.prepare(0, limit);
    return kernel.query(distance) ? finish(0, limit) : undefined;
  }

  /** Answers at most 16 in one pass over all hashes. */
  function scanned(hashes: readonly Uint32Array[], distance: number, limit: number): Neighbours[] {
    hashes.forEach((hash, number) => {
      input.set(hash, number * WORDS);
      kernel.prepare(number, limit);
    });
    kernel.scan(hashes.length, distance);
    return hashes.map((_, number) => finish(number, limit));
  }

  const shard: Shard = {
    get capacity() {
      return numbers(CAPACITY);
    },
    get size() {
      return numbers(SIZE);
    },
    get bytes() {
      return bytesOf(numbers(SLOTS)) + numbers(SLOTS) * SPARE_BYTES + numbers(BLOCKS) * BLOCK_BYTES;
    },
    get loose() {
      return numbers(LOOSE);
    },
    add(hash) {
      checkHash(hash);
      if (shard.size === shard.capacity) throw full(shard.capacity);
      makeRoom();
      input.set(hash);
      changes++;
      return kernel.add();
    },
    remove(slot) {
      if (!isHeld(slot)) return false;
      changes++;
      kernel.remove(slot);
      return true;
    },
    find(hash) {
      checkHash(hash);
      input.set(hash);
      const slot = kernel.find();
      return slot < 0 ? undefined : slot;
    },
    hashAt(slot) {
      if (!isHeld(slot)) throw noHash(slot);
      kernel.read(slot);
      return input.slice(0, WORDS);
    },
    query(hash, distance, limit) {
      checkHash(hash);
      checkQuery(distance, limit);
      return indexed(hash, distance, limit) ?? (scanned([hash], distance, limit)[0] as Neighbours);
    },
    queryBatch(hashes, distance, limit) {
      checkHashes(hashes);
      checkQuery(distance, limit);
      const wanted = Array.from({ length: hashes.length / WORDS }, (_, at) =>
        hashes.subarray(at * WORDS, (at + 1) * WORDS),
      );
      const answers = wanted.map((hash) => indexed(hash, distance, limit));
      const open = wanted.filter((_, at) => answers[at] === undefined);
      const others: Neighbours[] = [];
      for (let at = 0; at < open.length; at += QUERIES_A_SCAN)
        others.push(...scanned(open.slice(at, at + QUERIES_A_SCAN), distance, limit));
      const next = others.values();
      return answers.map((answer) => answer ?? (next.next().value as Neighbours));
    },
    build(hashes) {
      checkBuild(shard, hashes);
      const count = hashes.length / WORDS;
      checkAvailable(bytesOf(count));
      changes++;
      kernel.words(kernel.sectionStart(1), hashes.length).set(hashes);
      kernel.build(count);
    },
    compact(budget) {
      if (numbers(MERGING) === 0) checkAvailable(shard.size * SPARE_BYTES);
      changes++;
      return kernel.compact(budget) !== 0;
    },
    *save() {
      const before = changes;
      for (const piece of savedSections(BUCKETS_LAYOUT, header, [...sectionsOf(kernel)])) {
        if (changes !== before) throw changed();
        yield piece;
      }
    },
  };
  const isHeld = (slot: number) => Number.isInteger(slot) && slot >= 0 && kernel.holds(slot) !== 0;
  return shard;
}
