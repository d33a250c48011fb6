/**
 * Material: encryption in chunks, https://c2sp.org/chunked-encryption with AES-256-GCM (Cobblestone-256).
 * Streams in constant memory, ranges both ways, a key commitment, and every changed, cut, moved or added chunk refused.
 * At rest and for each grant; grants never see the key at rest.
 */
export {
  CHUNK_BYTES,
  HEADER_BYTES,
  SALT_BYTES,
  SEALED_CHUNK_BYTES,
  TAG_BYTES,
  openedSize,
  sealedSize,
} from "./layout.ts";
export { chunkCipher, cipherForHeader, type ChunkCipher } from "./chunks.ts";
export { encryptAll, encryptStream, type SealingOptions } from "./sealer.ts";
export { recodeChunks, recodeRange, type ReadRange } from "./recoder.ts";
export {
  decryptAll,
  decryptStream,
  opener,
  randomOpener,
  type Opener,
  type OpeningOptions,
  type RandomOpener,
} from "./opener.ts";
export { grantContext, grantSecrets } from "./grants.ts";
