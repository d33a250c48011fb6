/**
 * Signed notes, https://c2sp.org/signed-note, with its plain Ed25519 signatures (type 0x01).
 *
 * A note is text that ends with a newline, an empty line, and signature lines
 * `— <key name> base64(key id[4] ‖ signature)`. Signatures by keys one does not know are ignored, as the
 * specification asks; one by a known key that fails refuses the whole note.
 */
import {
  WardlineError,
  base64,
  concat,
  equalBytes,
  sha256,
  text,
  unbase64,
  utf8,
} from "../encoding/index.ts";
import { signEd25519, verifyEd25519 } from "../identity/index.ts";

/** A public key that signs notes, under the name that its signature lines carry. */
export interface NoteKey {
  /** Neither empty nor with spaces or `+`. */
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly public: Uint8Array;
}

/** The signing half; the seed is 32 bytes. */
export interface NoteSigner extends NoteKey {
  readonly seed: Uint8Array;
}

/** A note whose signatures were checked. */
export interface OpenedNote {
  /** Ends with a newline. */
  readonly text: string;
  /** Those of the given keys that signed; at least one. */
  readonly signers: readonly NoteKey[];
}

const ED25519 = Uint8Array.of(0x01);
const KEY_ID_BYTES = 4;
/** A checkpoint is some 200 bytes, a cosignature about 120; this leaves room for far more than 16 signatures. */
const LARGEST_NOTE = 64 * 1024;
const MOST_SIGNATURES = 64;

/** Signs `body`, which must end with a newline; the result ends with one signature line per signer. */
export function signNote(body: string, signers: readonly NoteSigner[]): string {
  if (!body.endsWith("\n") || hasControls(body))
    throw malformed("A note's text ends with a newline and has no others controls.");
  const lines = signers.map((signer) => {
    refuseBadName(signer.name);
    const signature = concat(noteKeyId(signer), signEd25519(signer.seed, utf8(body)));
    return `— ${signer.name} ${base64(signature)}\n`;
  });
  return `${body}\n${lines.join("")}`;
}

/**
 * Checks a signed note.
 * @throws `log/malformed-note`, `log/unknown-signer` (no known key signed), `log/bad-signature` (a known key's fails).
 */
export function openNote(note: string, keys: readonly NoteKey[]): OpenedNote {
  const { body, lines } = splitNote(note);
  const message = utf8(body);
  const signers: NoteKey[] = [];
  for (const { name, keyId, signature } of lines.map(readSignatureLine)) {
    const key = keys.find((known) => known.name === name && equalBytes(noteKeyId(known), keyId));
    if (key === undefined || signers.includes(key)) continue;
    if (!verifyEd25519(key.public, message, signature)) {
      throw new WardlineError("log/bad-signature", "A known key's signature under a note does not verify.");
    }
    signers.push(key);
  }
  if (signers.length === 0)
    throw new WardlineError("log/unknown-signer", "No known key has signed this note.");
  return { text: body, signers };
}

/** The first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key): tells keys apart, proves nothing. */
export function noteKeyId(key: NoteKey): Uint8Array {
  return sha256(utf8(`${key.name}\n`), ED25519, key.public).subarray(0, KEY_ID_BYTES);
}

function splitNote(note: string): { body: string; lines: string[] } {
  if (note.length > LARGEST_NOTE || hasControls(note))
    throw malformed("A note is too long or holds control characters.");
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw malformed("A note lacks the empty line before its signatures.");
  const lines = note
    .slice(end + 2)
    .split("\n")
    .slice(0, -1);
  if (lines.length === 0 || lines.length > MOST_SIGNATURES)
    throw malformed("A note has no signatures, or too many.");
  return { body: note.slice(0, end + 1), lines };
}

function readSignatureLine(line: string): { name: string; keyId: Uint8Array; signature: Uint8Array } {
  const [, name, encoded] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
  if (name === undefined || encoded === undefined)
    throw malformed("A signature line of a note is malformed.");
  const bytes = unbase64(encoded);
  if (bytes.length <= KEY_ID_BYTES) throw malformed("A signature of a note is too short.");
  return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

function refuseBadName(name: string): void {
  if (!/^[^\s+]+$/u.test(name)) throw malformed("A note's key name is empty or holds a space or plus.");
}

/** Control characters other than the newline, which no note may hold; also what is not valid Unicode. */
function hasControls(value: string): boolean {
  return /[\u0000-\u0009\u000b-\u001f]/u.test(value) || !value.isWellFormed();
}

function malformed(message: string): WardlineError {
  return new WardlineError("log/malformed-note", message);
}

/** Notes travel and lie on disk as UTF-8. @throws `log/malformed-note` */
export function noteText(bytes: Uint8Array): string {
  try {
    return text(bytes);
  } catch (cause) {
    throw new WardlineError("log/malformed-note", "A note is not valid UTF-8.", { cause });
  }
}
