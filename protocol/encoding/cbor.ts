/** Deterministic CBOR (RFC 8949, section 4.2): one value, one encoding. */
import { decode, encode, rfc8949EncodeOptions } from "cborg";
import { equalBytes } from "./bytes.ts";
import { WardlineError } from "./errors.ts";
import { plainCbor } from "./plain-cbor.ts";
import { readPlainCbor } from "./read-plain-cbor.ts";

const encoding = { ...rfc8949EncodeOptions, ignoreUndefinedProperties: true };
const decoding = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  rejectDuplicateMapKeys: true,
};

/** Encodes plain values and bytes. Properties that are undefined are left out. Throws `encoding/unsupported-value`. */
export function encodeCbor(value: unknown): Uint8Array {
  try {
    return deterministic(value);
  } catch (cause) {
    throw new WardlineError("encoding/unsupported-value", "A value has no form in CBOR.", { cause });
  }
}

/** Decodes what `encodeCbor` writes, and refuses every other spelling of it. Throws `encoding/invalid-cbor`. */
export function decodeCbor(bytes: Uint8Array): unknown {
  const plain = readPlainCbor(bytes, { sorted: true });
  if (plain !== undefined) return plain;
  try {
    const value: unknown = decode(bytes, decoding);
    if (equalBytes(deterministic(value), bytes)) return value;
  } catch (cause) {
    throw new WardlineError("encoding/invalid-cbor", "The bytes are not valid CBOR.", { cause });
  }
  throw new WardlineError("encoding/invalid-cbor", "The bytes are CBOR, but not in its deterministic form.");
}

function deterministic(value: unknown): Uint8Array {
  return plainCbor(value, { sorted: true }) ?? encode(value, encoding);
}
