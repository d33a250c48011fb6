/**
 * Mailboxes: what a member that keeps sealed envelopes and receipts for others can check of them, and the signed acknowledgement
 * with which the recipient clears what was kept.
 */
export {
  acknowledge,
  openAcknowledgement,
  ACKNOWLEDGEMENT_BYTES,
  type Acknowledgement,
} from "./acknowledgement.ts";
export { checkDeposit } from "./deposit.ts";
