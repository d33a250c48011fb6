/**
 * Envelopes and receipts: sealing what is said to one recipient, refusing what is not in order with a code of its own, opening and
 * verifying the rest. Whether something was seen before is the receiver's to know; nothing here keeps state.
 */
export { inspectHeader, HEADER_BYTES, type ContainerKind, type Header } from "./header.ts";
export { CLOCK_SKEW, LONGEST_LIFE } from "./admission.ts";
export { LARGEST_PLAINTEXT, sizeClass } from "./padding.ts";
export { type Sealing, type Sender } from "./prepare.ts";
export { checkContainer } from "./container.ts";
export {
  checkEnvelope,
  openEnvelope,
  sealEnvelope,
  type OpenedEnvelope,
  type Opening,
  type SealEnvelope,
} from "./envelope.ts";
export {
  openReceipt,
  receiptResults,
  sealReceipt,
  type Receipt,
  type ReceiptDraft,
  type ReceiptResult,
  type SealReceipt,
  type SignedReceipt,
} from "./receipt.ts";
export { hpkeOpen, hpkeSeal, type HpkeContext } from "./hpke.ts";
