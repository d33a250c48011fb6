/** Receipts that do not come as the answer to a delivery: by way of a mailbox, or from the recipient when it meets us again. */
import { WardlineError, hex, sha256 } from "@wardline/protocol/encoding";
import { openReceipt } from "@wardline/protocol/envelope";
import type { MemberId } from "@wardline/protocol/identity";
import type { Trust } from "@wardline/protocol/roster";
import type { Commit } from "../../commit/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import type { Keyring } from "../../vault/index.ts";
import { rememberEnvelope } from "../delivery/keeping.ts";
import type { Outbox } from "../delivery/outbox.ts";

export interface ReceiptServices {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly keyring: Keyring;
  readonly commit: Commit;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/**
 * Settles the delivery that a sealed receipt is about; one that is settled already stays as it is. Throws what `openReceipt`
 * throws, `envelope/replayed`, and `federation/receipt-mismatch` for one about another content.
 */
export async function takeReceipt(services: ReceiptServices, container: Uint8Array): Promise<void> {
  const { trust, self, keyring, commit, outbox, clock } = services;
  const opening = { trust: trust(), self, sealingKey: keyring.sealingSeed, now: clock.now() };
  const { header, signed } = openReceipt(container, opening);
  const { author, sequence, statement, statementHash } = signed.receipt;
  // An old one must not settle anew what was queued again for a member that was restored.
  await commit.run((unit) => rememberEnvelope(unit, header));
  const waiting = outbox.waitingFor(author).get(sequence);
  if (waiting?.statement !== statement) return;
  const { bytes } = await outbox.statement(statement);
  if (hex(sha256(bytes)) !== statementHash)
    throw new WardlineError("federation/receipt-mismatch", "The receipt is for another statement.");
  await outbox.settle(waiting, signed.receipt);
}
