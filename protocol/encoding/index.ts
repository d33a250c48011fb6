/**
 * Encoding: the one error type; text, hexadecimal and base64 in canonical form; binary fields; the
 * pre-authentication encoding under every signature; JSON and CBOR that mean one thing only, held to schemas;
 * SHA-256; randomness.
 */
export { WardlineError, isWardlineError, type WardlineErrorOptions } from "./errors.ts";
export { base64, hex, text, unbase64, unhex, utf8 } from "./text.ts";
export {
  ByteReader,
  ByteWriter,
  concat,
  equalBytes,
  lengthOf,
  place,
  release,
  withScratch,
} from "./bytes.ts";
export { pae, withPae, sha256, systemRandom, type Random } from "./pae.ts";
export { parseStrictJson, writeStrictJson } from "./json.ts";
export { readerOf } from "./schema.ts";
export { decodeCbor, encodeCbor } from "./cbor.ts";
export { plainCbor } from "./plain-cbor.ts";
export { readPlainCbor } from "./read-plain-cbor.ts";
