/**
 * A match index over PDQ hashes: everything within a distance of a query, by comparing with every entry.
 * Exact by construction and about 10 ms per million entries a query, which is plenty for one organisation's own items;
 * it is also the oracle for faster designs.
 */
import { bitCount, pdqWords } from "../pdq/index.ts";

export interface SimpleOptions {
  /** Most bits that may differ. Default 31, the field's usual threshold. */
  distance?: number;
  /** Entries below this quality are left out. Default 50: poorer pictures hash to noise. */
  quality?: number;
  /** Most matches returned, nearest first; `total` still counts all. Default: no limit. */
  limit?: number;
}

export interface Matches<T> {
  total: number;
  matches: { id: string; distance: number; value: T }[];
}

export interface SimpleIndex<T> {
  readonly size: number;
  /** Adds an entry, or replaces the one with the same id. Two ids may share one hash. Error: `hashing/pdq-format`. */
  add(id: string, hash: string, quality: number, value: T): void;
  /** Forgets an entry; false when there was none. */
  remove(id: string): boolean;
  /** All entries near `hash`, nearest first, then in the order of the index. Error: `hashing/pdq-format`. */
  query(hash: string, options?: SimpleOptions): Matches<T>;
}

const words = 8;

/** An empty index. Values are kept by reference. */
export function createSimpleIndex<T>(): SimpleIndex<T> {
  let hashes = new Uint32Array(words * 64);
  const entries: { id: string; quality: number; value: T }[] = [];
  const positions = new Map<string, number>();

  const distanceAt = (position: number, query: Uint32Array, most: number) => {
    let distance = 0;
    for (let word = 0; word < words; word++) {
      distance += bitCount((hashes[position * words + word] as number) ^ (query[word] as number));
      if (distance > most) break;
    }
    return distance;
  };

  return {
    get size() {
      return entries.length;
    },
    add(id, hash, quality, value) {
      const parsed = pdqWords(hash);
      const position = positions.get(id) ?? entries.length;
      if (position * words === hashes.length) hashes = grown(hashes);
      hashes.set(parsed, position * words);
      entries[position] = { id, quality, value };
      positions.set(id, position);
    },
    remove(id) {
      const position = positions.get(id);
      if (position === undefined) return false;
      const last = entries.length - 1;
      const moved = entries.pop();
      if (moved !== undefined && moved.id !== id) {
        entries[position] = moved;
        hashes.copyWithin(position * words, last * words, (last + 1) * words);
        positions.set(moved.id, position);
      }
      positions.delete(id);
      return true;
    },
    query(hash, { distance: most = 31, quality = 50, limit = Infinity } = {}) {
      const wanted = pdqWords(hash);
      const found: Matches<T>["matches"] = [];
      for (const [position, entry] of entries.entries()) {
        if (entry.quality < quality) continue;
        const distance = distanceAt(position, wanted, most);
        if (distance <= most) found.push({ id: entry.id, distance, value: entry.value });
      }
      found.sort((a, b) => a.distance - b.distance);
      return { total: found.length, matches: found.slice(0, limit) };
    },
  };
}

function grown(hashes: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(hashes.length * 2);
  larger.set(hashes);
  return larger;
}
