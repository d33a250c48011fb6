/** Encryption to the receiver (age, https://age-encryption.org/v1): opened by the `age` program, in constant memory. */
import { Encrypter } from "age-encryption";
import { WardlineError } from "@wardline/protocol/encoding";

/** @throws `export/invalid-recipient` */
export function checkRecipients(recipients: readonly string[]): void {
  encrypterFor(recipients);
}

/** Whoever has the identity of one of the recipients can open it; this node cannot. */
export async function* encrypted(
  plain: AsyncIterable<Uint8Array>,
  recipients: readonly string[],
): AsyncGenerator<Uint8Array> {
  yield* await encrypterFor(recipients).encrypt(ReadableStream.from(plain));
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
