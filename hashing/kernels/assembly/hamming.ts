// options: --initialMemory 2 --maximumMemory 65536
/**
 * One shard of a Hamming index over 256-bit hashes, complete up to distance 31. The room hashing/hamming speaks to it.
 *
 * A hash is cut into 16 chunks of 16 bits, seen as a ring (after permutation.ts has spread its bits). There are 16 tables,
 * one a chunk: bucket k of table t lists the hashes whose chunk t is k, each with its chunk t + 1 as a *tag* and its slot.
 *
 * **Why nothing is lost.** Two hashes differ by d(t) bits in chunk t, and by D = d(0) + ... + d(15) in all. Then for some t
 *
 *     d(t) <= D / 16   and   d(t) + d(t + 1) <= D / 8          (indices modulo 16)
 *
 * Proof: let s(n) be the sum of the first n of d(i) - D / 16, over and over around the ring. s returns to 0 after each
 * turn, so it has a greatest value, at some n. From there all sums of following terms are <= 0: of one, the first claim;
 * of two, the second. For D <= 31 integers make that d(t) <= 1 and d(t) + d(t + 1) <= 3. (The pigeonring principle: Qin
 * and Xiao, "Pigeonring", VLDB 2018.)
 *
 * So a query visits, in each table, the bucket of its own chunk (tags within 3 bits) and the 16 that differ by one bit (tags
 * within 2): 272 of a million buckets, and of their tags about 0.3 % pass by chance. Each hash that passed is compared once.
 *
 *     memory.ts       where everything lies
 *     permutation.ts  a hash's bits spread over the chunks, and back
 *     tables.ts       buckets one after another, as after a build
 *     additions.ts    chained blocks of what was added since
 *     results.ts      the nearest of what was found
 *     scan.ts         comparing with every hash
 *     tags.ts         tags near the query's
 *     query.ts        all of it for one query
 *     change.ts       adding, removing, finding one
 *     build.ts        all tables from all hashes
 *     compaction.ts   additions into the tables, in steps
 */
export { layOut, HEADER, sectionStart, sectionLength, sections, whole } from "./hamming/memory";
export { INPUT, OUTPUT } from "./hamming/memory";
export { hasRoom, add, remove, find, holds, read } from "./hamming/change";
export { prepare, query } from "./hamming/query";
export { scan, finish } from "./hamming/scan";
export { build } from "./hamming/build";
export { compact } from "./hamming/compaction";
