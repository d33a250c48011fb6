/**
 * Exact look-up: which records stand with this SHA-256, SHA-1 or MD5? For hundreds of millions of digests, which stay on
 * the disk, in bounded memory. The folder is sealed: without its key it tells nothing but its size.
 *
 *     const index = await openExactIndex({ folder, key });
 *     await index.add("sha256", digest, record);
 *     const records = await index.find("sha256", digest);
 */
export type { DigestKind, DigestQuery, ExactEntry, ExactIndex, ExactIndexOptions } from "./types.ts";
export { HashingError } from "../errors.ts";
export { openExactIndex } from "./exact.ts";
