/** Before sealing: is there a key to seal to, and what stands in the header? */
import { WardlineError, hex, type Random } from "../encoding/index.ts";
import { keyIdOf, type encapsulate, type IdentitySecretKey } from "../identity/index.ts";
import { member, rosterVersion, sealingKeyFor, type Trust } from "../roster/index.ts";
import { LONGEST_LIFE } from "./admission.ts";
import { encodeHeader, type ContainerKind, type Header } from "./header.ts";

/** Who seals: a member and its identity key. */
export interface Sender {
  readonly member: string;
  readonly key: IdentitySecretKey;
}

/** What sealing an envelope and sealing a receipt have in common. */
export interface Sealing {
  readonly trust: Trust;
  readonly sender: Sender;
  readonly recipient: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
  /** Milliseconds; 28 days, the most, unless told. */
  readonly expiresIn?: number | undefined;
  /** Another way to encapsulate: only for golden bytes, which must come out the same each time. */
  readonly encapsulate?: typeof encapsulate | undefined;
}

export interface Prepared {
  readonly header: Header;
  /** The header's bytes. */
  readonly head: Uint8Array;
  readonly recipientKey: Uint8Array;
}

/**
 * Throws `envelope/recipient-not-active` or `envelope/no-sealing-key`: then the content waits in the outbox; it is never sealed to an
 * expired key. Throws `envelope/lifetime` for a life of more than 28 days.
 */
export function prepare(kind: ContainerKind, sealing: Sealing): Prepared {
  const { trust, sender, recipient, now, random, expiresIn = LONGEST_LIFE } = sealing;
  const sealingKey = keyOf(recipient, trust, now);
  if (!(expiresIn > 0 && expiresIn <= LONGEST_LIFE)) {
    throw new WardlineError("envelope/lifetime", "An envelope lives for at most 28 days.");
  }
  const header: Header = {
    kind,
    federation: trust.federationId,
    id: hex(random(16)),
    sender: sender.member,
    senderKey: keyIdOf(sender.key.public),
    recipient,
    sealingKey: sealingKey.id,
    created: now,
    expires: now + expiresIn,
    rosterVersion: rosterVersion(trust),
  };
  return { header, head: encodeHeader(header), recipientKey: sealingKey.public };
}

function keyOf(recipient: string, trust: Trust, now: number): { id: string; public: Uint8Array } {
  if (member(trust, recipient)?.status !== "active") {
    throw new WardlineError("envelope/recipient-not-active", "The recipient is not an active member.");
  }
  const key = sealingKeyFor(trust, recipient, now);
  if (key) return key;
  throw new WardlineError("envelope/no-sealing-key", "No sealing key of the recipient is valid now.", {
    advice: "Wait for the recipient's new member card.",
    details: { recipient },
  });
}
