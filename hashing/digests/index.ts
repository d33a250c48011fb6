/**
 * SHA-256, SHA-1 and MD5 of the same bytes in one pass: at once (`digestsOf`), piece by piece (`createDigester`), or of a
 * stream beside everything else (`digestsOfStream`).
 *
 * SHA-256 identifies. SHA-1 and MD5 are here because older lists carry nothing else: they collide on purpose-made
 * files, so they may find a candidate and must never decide.
 */
export { createDigester, digestsOf, type Digester, type Digests } from "./digester.ts";
export { digestsOfStream } from "./stream.ts";
