/** Entries and queries as the arrays that travel to the threads. Here, and only here, the main thread touches each one. */
import { checkEntry, checkRemoval, readHash } from "./check.ts";
import { factsOf, keyHighOf, listOf, type Facts } from "./facts.ts";
import {
  digestKinds,
  FORGET,
  PUT,
  type DigestsAsked,
  type HashesAsked,
  type PackedDigests,
} from "./messages.ts";
import type { Names } from "./names.ts";
import { mixed } from "./staging.ts";
import type { Views } from "./views.ts";
import type { Digests, Entry, Query, Removal } from "./types.ts";

const HASH_WORDS = 8;
const PUT_WORDS = 12;

/** A batch of changes, checked and ready to be sent. */
export interface Changes {
  /** For each shard. Every shard is told to forget what another takes. */
  readonly operations: Uint32Array[];
  /** How many hashes each shard would take at most. */
  readonly puts: number[];
  readonly digests: PackedDigests;
  /** Three words for each digest. */
  readonly facts: Uint32Array;
}

/** Checks all, then packs all: refused means that nothing was done. Errors: as `MatchIndex.add`. */
export function packEntries(entries: readonly Entry[], shards: number, names: Names): Changes {
  entries.forEach(checkEntry);
  const hashes = new Uint32Array(entries.length * HASH_WORDS);
  entries.forEach(({ pdq }, at) => pdq !== undefined && readHash(pdq, hashes, at * HASH_WORDS, true));
  const facts = entries.map((entry) => factsNamed(entry, names));
  const operations = createOperations(shards, entries.length);
  for (const [at, { pdq }] of entries.entries()) {
    const own = pdq === undefined ? -1 : shardOf(hashes, at * HASH_WORDS, shards);
    operations.add(own, facts[at] as Facts, hashes.subarray(at * HASH_WORDS, (at + 1) * HASH_WORDS));
  }
  return { ...operations.done(), ...packDigests(entries, facts) };
}

/** What takes entries out. Lists that nobody knows have none. Errors: `hashing/bad-entry`. */
export function packRemovals(removals: readonly Removal[], shards: number, names: Names): Changes {
  removals.forEach(checkRemoval);
  const known = removals.filter(({ list }) => names.known("list", list) !== undefined);
  const facts = known.map(({ list, key }) =>
    factsOf({ list: names.numberOf("list", list), key, source: 0, verdict: 0, disputed: false, quality: 0 }),
  );
  const operations = createOperations(shards, known.length);
  for (const one of facts) operations.add(-1, one, nothing);
  return { ...operations.done(), ...packDigests(known, facts) };
}
const nothing = new Uint32Array(HASH_WORDS);

/** Queries, checked before, for both kinds of threads. */
export function packQueries(
  queries: readonly Query[],
  views: Views,
  limit: number,
): { hashes: HashesAsked; digests: DigestsAsked } {
  const texts = queries.map(({ pdq, dihedral }) => dihedral ?? (pdq === undefined ? [] : [pdq]));
  const turns = Uint8Array.from(texts, ({ length }) => length);
  const hashes = new Uint32Array(turns.reduce((sum, count) => sum + count, 0) * HASH_WORDS);
  texts.flat().forEach((text, at) => readHash(text, hashes, at * HASH_WORDS, false));
  const qualities = Uint8Array.from(queries, ({ quality }) => quality ?? 100);
  const seen = views.of(queries.map(({ audiences }) => audiences ?? []));
  const owners = queries.flatMap((query, owner) =>
    digestKinds.flatMap((kind) => (query[kind] === undefined ? [] : [owner])),
  );
  const { digests } = packDigests(queries, []);
  return {
    hashes: { ...seen, limit, hashes, turns, qualities },
    digests: { ...seen, limit, digests, owners: Uint32Array.from(owners) },
  };
}

function factsNamed(entry: Entry, names: Names): Facts {
  const { key, quality = 100, disputed = false } = entry;
  return factsOf({
    ...{ key, quality, disputed },
    list: names.numberOf("list", entry.list),
    source: names.numberOf("source", entry.source),
    verdict: names.numberOf("verdict", entry.verdict),
  });
}

function createOperations(shards: number, most: number) {
  const operations = Array.from({ length: shards }, () => new Uint32Array(most * PUT_WORDS));
  const lengths = new Array<number>(shards).fill(0);
  const puts = new Array<number>(shards).fill(0);
  const append = (shard: number, words: ArrayLike<number>) => {
    (operations[shard] as Uint32Array).set(words, lengths[shard]);
    lengths[shard] = (lengths[shard] as number) + words.length;
  };
  return {
    /** The entry goes to the shard `own`; others forget it. */
    add(own: number, { a, b, c }: Facts, hash: Uint32Array) {
      for (let shard = 0; shard < shards; shard++) {
        if (shard !== own) append(shard, [FORGET, listOf(a), b, keyHighOf(c)]);
        else {
          append(shard, [PUT, a, b, c]);
          append(shard, hash);
          puts[shard] = (puts[shard] as number) + 1;
        }
      }
    },
    done: () => ({ operations: operations.map((words, shard) => words.slice(0, lengths[shard])), puts }),
  };
}

/** The digests of entries or queries, strongest kind first within each; facts are repeated for each digest. */
function packDigests(
  holders: readonly Digests[],
  factsOfEach: readonly Facts[],
): { digests: PackedDigests; facts: Uint32Array } {
  const kinds: number[] = [];
  const bytes: Buffer[] = [];
  const facts: number[] = [];
  holders.forEach((holder, at) =>
    digestKinds.forEach((kind, number) => {
      const digest = holder[kind];
      if (digest === undefined) return;
      kinds.push(number);
      bytes.push(Buffer.from(digest, "hex"));
      const known = factsOfEach[at];
      if (known) facts.push(known.a, known.b, known.c);
    }),
  );
  return {
    digests: { kinds: Uint8Array.from(kinds), bytes: new Uint8Array(Buffer.concat(bytes)) },
    facts: Uint32Array.from(facts),
  };
}

/** The shard of a hash: equal hashes meet in one. */
const shardOf = (hashes: Uint32Array, at: number, shards: number): number => mixed(hashes, at) % shards;
