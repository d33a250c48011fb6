/** What a mailbox can judge of an envelope or receipt that it cannot open: everything but its content. */
import { checkContainer, inspectHeader, type Header } from "../envelope/index.ts";
import type { Trust } from "../roster/index.ts";

/**
 * The header of a container that its recipient would take as far as it can be told without the sealing key. Throws what
 * `checkEnvelope` throws for form, parties, signature and times.
 */
export function checkDeposit(bytes: Uint8Array, trust: Trust, now: number): Header {
  const { kind, recipient } = inspectHeader(bytes);
  return checkContainer(kind, bytes, trust, recipient, now).header;
}
