/** The custody log of a report for somebody who has nothing but this: entries, their proofs, one signed checkpoint, the key. */
import { createHash } from "node:crypto";
import { base64, concat, decodeCbor, hex } from "@wardline/protocol/encoding";
import { noteKeyId, type SignedCheckpoint } from "@wardline/protocol/log";
import type { Ledger } from "../ledger/index.ts";
import type { Reader } from "../store/index.ts";

/** Each entry about `subject` that the checkpoint covers, as a line of JSON. @throws `ledger/damaged` */
export async function* custodyLines(
  ledger: Ledger,
  reader: Reader,
  subject: string,
  checkpoint: SignedCheckpoint,
): AsyncGenerator<Uint8Array> {
  for await (const { index, erased } of ledger.ofSubject(reader, subject)) {
    if (index >= checkpoint.size) return;
    const { commitment, proof, opening } = await ledger.prove(index, checkpoint);
    const content = opening && {
      content: base64(opening.content),
      salt: opening.salt,
      reads: readable(decodeCbor(opening.content)),
    };
    yield Buffer.from(`${JSON.stringify({ index, commitment, proof, ...content, erased })}\n`);
  }
}

/** What the log has about `subject` until now, for an entry that says so: none of it can be left out of an export unseen. */
export async function logSoFar(
  ledger: Ledger,
  reader: Reader,
  subject: string,
): Promise<{ upTo: number; entries: number; sha256: string }> {
  const upTo = ledger.size;
  const digest = createHash("sha256");
  let entries = 0;
  for await (const { index, commitment, erased } of ledger.ofSubject(reader, subject)) {
    if (index >= upTo) break;
    digest.update(`${index} ${commitment} ${erased ? "erased" : "whole"}\n`);
    entries++;
  }
  return { upTo, entries, sha256: digest.digest("hex") };
}

/** Bytes have no form in JSON. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, readable(one)]));
}

/** A C2SP verifier key: name, key id, type and key. */
export function verifierKey(name: string, key: Uint8Array): string {
  const id = hex(noteKeyId({ name, public: key }));
  return `${name}+${id}+${base64(concat(Uint8Array.of(1), key))}\n`;
}
