/**
 * An envelope: one delivery of one statement to one recipient. Its content, before padding:
 *
 *     epoch u32 · sequence u64 · length u32 · statement · statement key id[32] · statement signature[64] · delivery signature[64]
 *
 * The statement's signature is its author's, for anyone to verify, by the key of the day when it was said; the delivery signature is
 * the sender's of today and says "this is what I sent you, as number so-and-so".
 */
import {
  ByteReader,
  ByteWriter,
  WardlineError,
  hex,
  isWardlineError,
  pae,
  sha256,
  unhex,
} from "../encoding/index.ts";
import { signEd25519, verifyEd25519 } from "../identity/index.ts";
import type { Trust } from "../roster/index.ts";
import { openStatement, type SignedStatement } from "../statements/index.ts";
import { refuseFuture } from "./admission.ts";
import { checkContainer, decryptContainer, refuseBadPadding, sealContainer } from "./container.ts";
import type { Header } from "./header.ts";
import { prepare, type Sealing } from "./prepare.ts";

const DELIVERY = "wardline/delivery/1";

export interface SealEnvelope extends Sealing {
  readonly signed: SignedStatement;
  /** The sender's epoch, as its card announces it. */
  readonly epoch: number;
  /** Assigned once for this recipient and statement, and kept on retry. */
  readonly sequence: number;
}

/**
 * Seals a statement to one of its recipients. Every call makes a new envelope; retrying is calling again with the same sequence. Throws
 * `envelope/author`, `envelope/not-addressed`, `envelope/recipient-not-active`, `envelope/no-sealing-key`, `envelope/lifetime`,
 * `envelope/too-large`.
 */
export function sealEnvelope(sealing: SealEnvelope): { bytes: Uint8Array; id: string } {
  const { signed, trust, sender, recipient, epoch, sequence } = sealing;
  refuseWrongAddress(signed, sender.member, recipient);
  const prepared = prepare("envelope", sealing);
  const delivery = { epoch, sequence, statementHash: unhex(signed.hash) };
  const content = [
    new ByteWriter().u32(epoch).u64(sequence).u32(signed.bytes.length).finish(),
    signed.bytes,
    unhex(signed.keyId),
    signed.signature,
    signEd25519(sender.key.seeds.ed25519, deliveryBytes(trust.federationId, prepared.head, delivery)),
  ];
  return { bytes: sealContainer(prepared, content, sealing), id: prepared.header.id };
}

/** What opens envelopes and receipts. */
export interface Opening {
  readonly trust: Trust;
  /** The own member id. */
  readonly self: string;
  /** The seed of one of the own sealing keys, by its id, while it is kept. */
  readonly sealingKey: (id: string) => Uint8Array | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface OpenedEnvelope {
  readonly header: Header;
  readonly signed: SignedStatement;
  readonly epoch: number;
  readonly sequence: number;
}

/**
 * Judges all that can be judged without the sealing key, the sender's signature included, and gives back the header. Throws
 * `envelope/truncated`, `/magic`, `/suite`, `/length`, `/trailing-bytes`, `/federation`, `/recipient`, `/unknown-sender`,
 * `/sender-not-active`, `/unknown-key`, `/key-cut-off`, `/signature`, `/roster-ahead`, `/from-the-future`, `/expired`, `/lifetime` or
 * `/key-not-valid`. Whether the envelope was seen before is the receiver's to know.
 */
export function checkEnvelope(bytes: Uint8Array, trust: Trust, self: string, now: number): Header {
  return checkContainer("envelope", bytes, trust, self, now).header;
}

/**
 * Opens an envelope and verifies everything in it. Throws what `checkEnvelope` throws, then `envelope/unknown-sealing-key`,
 * `/decryption`, `/malformed`, `/padding`, `/delivery-signature`, what `openStatement` throws (`statement/…`), `/author`
 * (the statement is another member's), `/not-addressed` or, of the statement, `/from-the-future`. Whether the author may say this is `checkStatement`'s to judge.
 */
export function openEnvelope(bytes: Uint8Array, { trust, self, sealingKey, now }: Opening): OpenedEnvelope {
  const checked = checkContainer("envelope", bytes, trust, self, now);
  const { epoch, sequence, ...content } = readContent(decryptContainer(checked, sealingKey));
  const delivery = { epoch, sequence, statementHash: sha256(content.statement) };
  const delivered = deliveryBytes(trust.federationId, checked.headerBytes, delivery);
  if (!verifyEd25519(checked.senderPublicKey, delivered, content.deliverySignature)) {
    throw new WardlineError("envelope/delivery-signature", "The sender did not sign for this delivery.");
  }
  // The delivery signature, by a key of today, vouches for a statement that was signed by a key since cut off.
  const signed = openStatement(content.statement, content.signature, content.keyId, trust, {
    vouched: true,
    hash: delivery.statementHash,
  });
  refuseWrongAddress(signed, checked.header.sender, self);
  refuseFuture(signed.statement.created, now);
  return { header: checked.header, signed, epoch, sequence };
}

interface Content {
  epoch: number;
  sequence: number;
  statement: Uint8Array;
  keyId: string;
  signature: Uint8Array;
  deliverySignature: Uint8Array;
}

function readContent(plaintext: Uint8Array): Content {
  try {
    const reader = new ByteReader(plaintext);
    const content = {
      epoch: reader.u32(),
      sequence: reader.u64(),
      statement: reader.bytes(reader.u32()),
      keyId: hex(reader.bytes(32)),
      signature: reader.bytes(64),
      deliverySignature: reader.bytes(64),
    };
    refuseBadPadding(plaintext, reader.offset);
    return content;
  } catch (cause) {
    if (isWardlineError(cause, "envelope/")) throw cause;
    throw new WardlineError("envelope/malformed", "The envelope's content is not laid out as specified.", {
      cause,
    });
  }
}

/** The author sends; everyone else who wants to say it makes a statement of their own that embeds it. */
function refuseWrongAddress({ statement }: SignedStatement, sender: string, recipient: string): void {
  if (statement.author !== sender) {
    throw new WardlineError(
      "envelope/author",
      "The statement in the envelope is another member's than the sender's.",
    );
  }
  if (!statement.to.includes(recipient)) {
    throw new WardlineError(
      "envelope/not-addressed",
      "The statement in the envelope is not addressed to its recipient.",
    );
  }
}

interface Delivery {
  epoch: number;
  sequence: number;
  statementHash: Uint8Array;
}

function deliveryBytes(
  federationId: string,
  head: Uint8Array,
  { epoch, sequence, statementHash }: Delivery,
): Uint8Array {
  const place = new ByteWriter().u32(epoch).u64(sequence).finish();
  return pae(DELIVERY, unhex(federationId), sha256(head), place, statementHash);
}
