/**
 * Encryption to the receiver (age, https://c2sp.org/age): opened by the `age` program, in constant memory.
 *
 * The header, which wraps a new key for each recipient, is the library's. The payload is encrypted here, natively and thirty times as fast:
 * gigabytes in JavaScript would keep the node from everything else for minutes.
 */
import { createCipheriv, hkdfSync, randomBytes } from "node:crypto";
import { Encrypter } from "age-encryption";
import { WardlineError } from "@wardline/protocol/encoding";

const NONCE_BYTES = 16;
const TAG_BYTES = 16;
const CHUNK_BYTES = 64 * 1024;

/** @throws `export/invalid-recipient` */
export function checkRecipients(recipients: readonly string[]): void {
  encrypterFor(recipients);
}

/** Whoever has the identity of one of the recipients can open it; this node cannot. */
export async function* encrypted(
  plain: AsyncIterable<Uint8Array>,
  recipients: readonly string[],
): AsyncGenerator<Uint8Array> {
  const { header, fileKey } = await headerFor(recipients);
  const nonce = randomBytes(NONCE_BYTES);
  yield Buffer.concat([header, nonce]);
  yield* streamed(plain, Buffer.from(hkdfSync("sha256", fileKey, nonce, "payload", 32)));
}

/** The header of a message without content; a recipient that wraps nothing is shown its file key. */
async function headerFor(
  recipients: readonly string[],
): Promise<{ header: Uint8Array; fileKey: Uint8Array }> {
  const encrypter = encrypterFor(recipients);
  let fileKey = new Uint8Array();
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  const message = await encrypter.encrypt(new Uint8Array());
  return { header: message.subarray(0, message.length - NONCE_BYTES - TAG_BYTES), fileKey };
}

/** STREAM: chunks of 64 KiB, each with its number, the last one marked; an empty one only if there is no other. */
async function* streamed(plain: AsyncIterable<Uint8Array>, key: Uint8Array): AsyncGenerator<Uint8Array> {
  let number = 0;
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const piece of plain) {
    waiting.push(piece);
    length += piece.length;
    if (length <= CHUNK_BYTES) continue; // which may be the last
    const bytes = Buffer.concat(waiting);
    let at = 0;
    for (; bytes.length - at > CHUNK_BYTES; at += CHUNK_BYTES)
      yield sealed(bytes.subarray(at, at + CHUNK_BYTES), key, number++, false);
    waiting = [bytes.subarray(at)];
    length = bytes.length - at;
  }
  yield sealed(Buffer.concat(waiting), key, number, true);
}

function sealed(chunk: Uint8Array, key: Uint8Array, number: number, last: boolean): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = last ? 1 : 0;
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG_BYTES });
  return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
}

function encrypterFor(recipients: readonly string[]): Encrypter {
  const encrypter = new Encrypter();
  try {
    for (const recipient of recipients) encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new WardlineError("export/invalid-recipient", "This is no age recipient.", {
      advice: "Ask the receiver for the line that begins with age1, as `age-keygen` shows it.",
      cause,
    });
  }
  return encrypter;
}
