/** The fixed-width header in clear: what a node needs to refuse an envelope before any decryption. */
import { ByteReader, ByteWriter, WardlineError, equalBytes, hex, unhex, utf8 } from "../encoding/index.ts";

/** The two things that travel in this container. */
export type ContainerKind = "envelope" | "receipt";
const magics: Record<ContainerKind, Uint8Array> = { envelope: utf8("WARDENV1"), receipt: utf8("WARDRCP1") };

/**
 * Suite 1: one Ed25519 signature over the container, HPKE with X-Wing, HKDF-SHA256 and ChaCha20-Poly1305, one Ed25519 signature over the
 * content and, in an envelope, one over the delivery.
 */
export const SUITE = 1;
export const HEADER_BYTES = 178;

/** Ids are lower-case hexadecimal, times milliseconds since 1970. */
export interface Header {
  readonly kind: ContainerKind;
  readonly federation: string;
  /** 16 bytes, random: names this delivery, not what is delivered. */
  readonly id: string;
  readonly sender: string;
  readonly senderKey: string;
  readonly recipient: string;
  readonly sealingKey: string;
  readonly created: number;
  readonly expires: number;
  readonly rosterVersion: number;
}

export function encodeHeader(header: Header): Uint8Array {
  return new ByteWriter()
    .bytes(magics[header.kind])
    .u16(SUITE)
    .bytes(unhex(header.federation, 32))
    .bytes(unhex(header.id, 16))
    .bytes(unhex(header.sender, 16))
    .bytes(unhex(header.senderKey, 32))
    .bytes(unhex(header.recipient, 16))
    .bytes(unhex(header.sealingKey, 32))
    .u64(header.created)
    .u64(header.expires)
    .u64(header.rosterVersion)
    .finish();
}

/**
 * Reads the header of an envelope or receipt without believing it: nothing is verified. Throws `envelope/truncated`, `envelope/magic`
 * or `envelope/suite`.
 */
export function inspectHeader(bytes: Uint8Array): Header {
  if (bytes.length < HEADER_BYTES) throw truncated();
  const reader = new ByteReader(bytes);
  const kind = kindOf(reader.bytes(8));
  const suite = reader.u16();
  if (suite !== SUITE) {
    throw new WardlineError(
      "envelope/suite",
      `The envelope is of suite ${suite}, which this version does not know.`,
      {
        advice: "Upgrade the older of the two nodes.",
      },
    );
  }
  return {
    kind,
    federation: hex(reader.bytes(32)),
    id: hex(reader.bytes(16)),
    sender: hex(reader.bytes(16)),
    senderKey: hex(reader.bytes(32)),
    recipient: hex(reader.bytes(16)),
    sealingKey: hex(reader.bytes(32)),
    created: number64(reader),
    expires: number64(reader),
    rosterVersion: number64(reader),
  };
}

export function truncated(): WardlineError {
  return new WardlineError("envelope/truncated", "The envelope ends before it should.", {
    advice: "Ask for it again.",
  });
}

function kindOf(magic: Uint8Array): ContainerKind {
  if (equalBytes(magic, magics.envelope)) return "envelope";
  if (equalBytes(magic, magics.receipt)) return "receipt";
  throw new WardlineError("envelope/magic", "The bytes are neither an envelope nor a receipt.");
}

/** A number beyond all use loses digits here instead of throwing: the signature decides over the bytes, limits over the value. */
function number64(reader: ByteReader): number {
  return reader.u32() * 2 ** 32 + reader.u32();
}
