/** A membership file: exact bytes, and the signatures over them. Its identity is the hash of its bytes alone. */
import { z } from "zod";
import { base64, hex, pae, parseStrictJson, sha256, unhex, utf8, WardlineError } from "../encoding/index.ts";
import {
  keyIdOf,
  signPair,
  type IdentitySecretKey,
  type KeyId,
  type PairSignature,
} from "../identity/index.ts";
import { bytesField, hashField, typeName, type FileType } from "./fields.ts";
import { mostBytes, mostSignatures } from "./limits.ts";

export interface FileSignature extends PairSignature {
  readonly keyId: KeyId;
}

export interface FederationFile {
  readonly bytes: Uint8Array;
  readonly signatures: readonly FileSignature[];
}

/** One signature over a file. Signatures of several holders are put together in one `FederationFile`. */
export function signFile(
  type: FileType,
  bytes: Uint8Array,
  federationId: string,
  key: IdentitySecretKey,
): FileSignature {
  return { keyId: keyIdOf(key.public), ...signPair(key, signedBytes(type, bytes, federationId)) };
}

/** What a file's signatures are made over: purpose, federation and exact bytes. */
export function signedBytes(type: FileType, bytes: Uint8Array, federationId: string): Uint8Array {
  return pae(typeName(type), unhex(federationId, 32), bytes);
}

/** SHA-256 of the bytes as lower-case hexadecimal. Of the first root file it is the federation id. */
export function fileHash(file: FederationFile): string {
  return hex(sha256(file.bytes));
}

/** A file as one JSON text, to hand over on a stick or in a frame. */
export function encodeFile(file: FederationFile): Uint8Array {
  return utf8(JSON.stringify(fileToJson(file)));
}

/** Reads what `encodeFile` wrote. Verifies nothing. Throws `roster/invalid`. */
export function decodeFile(bytes: Uint8Array): FederationFile {
  return readWrapper(fileField, bytes);
}

/** The JSON form of a file inside another one (an invite). */
export function fileToJson(file: FederationFile): object {
  const signatures = file.signatures.map(({ keyId, ed25519, mldsa65 }) => ({
    key: keyId,
    ed25519: base64(ed25519),
    mldsa65: base64(mldsa65),
  }));
  return { payload: base64(file.bytes), signatures };
}

const signatureField = z
  .object({ key: hashField, ed25519: bytesField({ exactly: 64 }), mldsa65: bytesField({ exactly: 3309 }) })
  .transform(({ key, ed25519, mldsa65 }): FileSignature => ({ keyId: key, ed25519, mldsa65 }));

export const fileField: z.ZodType<FederationFile> = z
  .object({
    payload: bytesField({ most: mostBytes.roster }),
    signatures: z.array(signatureField).max(mostSignatures),
  })
  .transform(({ payload, signatures }) => ({ bytes: payload, signatures }));

/** Reads JSON of a known shape that is not itself signed. Throws `roster/invalid`. */
export function readWrapper<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  try {
    return schema.parse(parseStrictJson(bytes));
  } catch (cause) {
    throw new WardlineError("roster/invalid", "The file is no membership file, or it is damaged.", { cause });
  }
}
