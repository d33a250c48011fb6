/**
 * A receipt: what became of one statement at one recipient, signed, so that the sender can prove it. It travels like an envelope; its
 * content, before padding:
 *
 *     length u32 · receipt (UTF-8 JSON) · receipt signature[64]
 *
 * It names both members, the statement and its place in the sequence itself, so it needs no delivery signature.
 */
import { z } from "zod";
import {
  ByteReader,
  ByteWriter,
  WardlineError,
  isWardlineError,
  pae,
  parseStrictJson,
  readerOf,
  unhex,
  writeStrictJson,
} from "../encoding/index.ts";
import { signEd25519, verifyEd25519 } from "../identity/index.ts";
import { hexOf, idSchema, memberIdSchema } from "../statements/index.ts";
import { checkContainer, decryptContainer, refuseBadPadding, sealContainer } from "./container.ts";
import type { Opening } from "./envelope.ts";
import type { Header } from "./header.ts";
import { prepare, type Sealing } from "./prepare.ts";

const PURPOSE = "wardline/receipt/1";

export const receiptResults = ["accepted", "duplicate", "unsupported", "rejected"] as const;
export type ReceiptResult = (typeof receiptResults)[number];

const receiptSchema = z.looseObject({
  version: z.literal(1),
  /** Who received the statement and signs this. */
  author: memberIdSchema,
  /** Who sent it. */
  to: memberIdSchema,
  statement: idSchema,
  statementHash: hexOf(32),
  /** Where the statement stood in the sender's sequence to this recipient. */
  epoch: z.int().nonnegative(),
  sequence: z.int().nonnegative(),
  at: z.int().nonnegative(),
  result: z.enum(receiptResults),
  /** Why it was rejected or not supported: the stable code of the error. */
  code: z.string().max(128).optional(),
  /** Counts receipts for one statement; a higher one supersedes those before it. */
  number: z.int().positive(),
  /** Ids of the statement's attachments that have arrived and verified. */
  attachments: z.array(idSchema).max(64),
  /** Where the receiving node's own log holds the reception, and its newest checkpoint (a signed note, empty before the first). */
  logIndex: z.int().nonnegative(),
  checkpoint: z.string().max(8192),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** What the receiving node decides; the rest is known from who seals to whom. */
export type ReceiptDraft = Pick<
  Receipt,
  | "statement"
  | "statementHash"
  | "epoch"
  | "sequence"
  | "at"
  | "result"
  | "code"
  | "number"
  | "attachments"
  | "logIndex"
  | "checkpoint"
>;

/** A receipt with its proof: `bytes` are what was signed. */
export interface SignedReceipt {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyId: string;
  readonly receipt: Receipt;
}

export interface SealReceipt extends Sealing {
  readonly receipt: ReceiptDraft;
}

/** Signs a receipt and seals it to the statement's sender. Throws `envelope/malformed` and what `sealEnvelope` throws of keys and life. */
export function sealReceipt(sealing: SealReceipt): { bytes: Uint8Array; id: string; signed: SignedReceipt } {
  const { receipt, trust, sender, recipient } = sealing;
  const prepared = prepare("receipt", sealing);
  const content = { version: 1, author: sender.member, to: recipient, ...receipt };
  const bytes = writeStrictJson(content);
  const signed: SignedReceipt = {
    bytes,
    signature: signEd25519(sender.key.seeds.ed25519, receiptBytes(trust.federationId, bytes)),
    keyId: prepared.header.senderKey,
    receipt: readReceipt(content),
  };
  const plain = [new ByteWriter().u32(bytes.length).finish(), bytes, signed.signature];
  return { bytes: sealContainer(prepared, plain, sealing), id: prepared.header.id, signed };
}

/** Opens a receipt and verifies everything in it. Throws as `openEnvelope` does, with `envelope/receipt-signature` for the receipt's own. */
export function openReceipt(bytes: Uint8Array, opening: Opening): { header: Header; signed: SignedReceipt } {
  const { trust, self, sealingKey, now } = opening;
  const checked = checkContainer("receipt", bytes, trust, self, now);
  const { body, signature } = readContent(decryptContainer(checked, sealingKey));
  if (!verifyEd25519(checked.senderPublicKey, receiptBytes(trust.federationId, body), signature)) {
    throw new WardlineError("envelope/receipt-signature", "The sender did not sign this receipt.");
  }
  const receipt = readReceipt(parseStrictJson(body));
  if (receipt.author !== checked.header.sender) {
    throw new WardlineError("envelope/author", "The receipt is another member's than the sender's.");
  }
  if (receipt.to !== self)
    throw new WardlineError("envelope/not-addressed", "The receipt is for another member.");
  return {
    header: checked.header,
    signed: { bytes: body, signature, keyId: checked.header.senderKey, receipt },
  };
}

function readContent(plaintext: Uint8Array): { body: Uint8Array; signature: Uint8Array } {
  try {
    const reader = new ByteReader(plaintext);
    const content = { body: reader.bytes(reader.u32()), signature: reader.bytes(64) };
    refuseBadPadding(plaintext, reader.offset);
    return content;
  } catch (cause) {
    if (isWardlineError(cause, "envelope/")) throw cause;
    throw malformed(cause);
  }
}

const receiptReader = readerOf(receiptSchema);

function readReceipt(value: unknown): Receipt {
  const result = receiptReader(value);
  if (result.success) return result.data;
  throw malformed(undefined);
}

function malformed(cause: unknown): WardlineError {
  return new WardlineError("envelope/malformed", "The receipt is not laid out as specified.", { cause });
}

function receiptBytes(federationId: string, bytes: Uint8Array): Uint8Array {
  return pae(PURPOSE, unhex(federationId), bytes);
}
