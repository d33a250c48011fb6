/** Text and its spellings as bytes. Every spelling has exactly one form: what encodes differently is refused. */
import { WardlineError } from "./errors.ts";

const encoder = new TextEncoder();
/** `ignoreBOM` keeps a byte order mark as a character, so that decoding loses nothing. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Up to here a loop is faster than asking the runtime, ten times for labels of a few words. */
const SHORT = 64;

/** The UTF-8 bytes of well-formed text. Throws `encoding/invalid-utf8` for a lone surrogate. */
export function utf8(value: string): Uint8Array {
  const short = value.length <= SHORT ? ascii(value) : undefined;
  if (short) return short;
  if (!value.isWellFormed())
    throw new WardlineError("encoding/invalid-utf8", "The text holds half a character.");
  return encoder.encode(value);
}

/** The bytes of text that is all ASCII. */
function ascii(value: string): Uint8Array | undefined {
  const bytes = new Uint8Array(value.length);
  for (let at = 0; at < bytes.length; at++) {
    const code = value.charCodeAt(at);
    if (code > 0x7f) return undefined;
    bytes[at] = code;
  }
  return bytes;
}

/** The text of UTF-8 bytes, exactly. Throws `encoding/invalid-utf8`. */
export function text(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new WardlineError("encoding/invalid-utf8", "The bytes are not valid UTF-8.", { cause });
  }
}

/** Lower-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** Reads lower-case hexadecimal, of exactly `length` bytes if given. Throws `encoding/invalid-hex`. */
export function unhex(value: string, length?: number): Uint8Array {
  const wellFormed = value.length % 2 === 0 && /^[0-9a-f]*$/.test(value);
  if (!wellFormed || (length !== undefined && value.length !== length * 2)) {
    const expected = length === undefined ? "an even number of" : `${length * 2}`;
    throw new WardlineError("encoding/invalid-hex", `Expected ${expected} lower-case hexadecimal digits.`);
  }
  return Uint8Array.fromHex(value);
}

/** Base64 with padding (RFC 4648, section 4). */
export function base64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/** Reads base64 in its one canonical form: padded, no white space, no stray bits. Throws `encoding/invalid-base64`. */
export function unbase64(value: string): Uint8Array {
  try {
    const bytes = Uint8Array.fromBase64(value, { lastChunkHandling: "strict" });
    if (bytes.toBase64() === value) return bytes;
  } catch {
    // falls through to the one refusal
  }
  throw new WardlineError("encoding/invalid-base64", "The text is not canonical base64.");
}
