/**
 * The acknowledgement that clears a mailbox: the recipient's signed word that it has what was kept for it. In clear, since a mailbox
 * opens nothing, and of fixed width:
 *
 *     magic "WARDACK1" · suite u16 · federation id[32] · envelope id[16] · SHA-256(container)[32] · recipient[16] · key id[32] · at u64 · signature[64]
 */
import {
  ByteReader,
  ByteWriter,
  WardlineError,
  concat,
  equalBytes,
  hex,
  pae,
  sha256,
  unhex,
  utf8,
} from "../encoding/index.ts";
import { CLOCK_SKEW, inspectHeader } from "../envelope/index.ts";
import {
  keyIdOf,
  signEd25519,
  verifyEd25519,
  type IdentitySecretKey,
  type MemberId,
} from "../identity/index.ts";
import { identityKey, type Trust } from "../roster/index.ts";

const PURPOSE = "wardline/mailbox-acknowledgement/1";
const MAGIC = utf8("WARDACK1");
const SUITE = 1;
const SIGNED_BYTES = 8 + 2 + 32 + 16 + 32 + 16 + 32 + 8;
export const ACKNOWLEDGEMENT_BYTES = SIGNED_BYTES + 64;

export interface Acknowledgement {
  /** Id in the header of the envelope or receipt that was kept. */
  readonly id: string;
  /** SHA-256 over all of its bytes: whoever was given something else cleared nothing. */
  readonly hash: string;
  readonly recipient: MemberId;
  readonly key: string;
  /** Milliseconds. */
  readonly at: number;
}

/** Acknowledges a container as it was given to `recipient`. Throws what `inspectHeader` throws. */
export function acknowledge(
  container: Uint8Array,
  signer: { readonly recipient: MemberId; readonly key: IdentitySecretKey },
  federationId: string,
  now: number,
): Uint8Array {
  const body = new ByteWriter()
    .bytes(MAGIC)
    .u16(SUITE)
    .bytes(unhex(federationId, 32))
    .bytes(unhex(inspectHeader(container).id, 16))
    .bytes(sha256(container))
    .bytes(unhex(signer.recipient, 16))
    .bytes(unhex(keyIdOf(signer.key.public), 32))
    .u64(now)
    .finish();
  return concat(body, signEd25519(signer.key.seeds.ed25519, signedBytes(federationId, body)));
}

/**
 * Reads and verifies an acknowledgement. Throws `acknowledgement/malformed`, `/federation`, `/unknown-key` (not the recipient's, not
 * valid at the time, or cut off), `/signature` or `/from-the-future`.
 */
export function openAcknowledgement(bytes: Uint8Array, trust: Trust, now: number): Acknowledgement {
  const body = bytes.subarray(0, SIGNED_BYTES);
  const { federation, ...said } = read(bytes);
  if (federation !== trust.federationId)
    throw refused("federation", "The acknowledgement belongs to another federation.");
  const key = identityKey(trust, said.recipient, said.key);
  const valid = key && key.cutoff === undefined && key.from <= said.at && said.at < key.until;
  if (!valid) throw refused("unknown-key", "The acknowledgement's key is not a valid one of its recipient.");
  const signature = bytes.subarray(SIGNED_BYTES);
  if (!verifyEd25519(key.public.ed25519, signedBytes(federation, body), signature))
    throw refused("signature", "The recipient did not sign this acknowledgement.");
  if (said.at > now + CLOCK_SKEW)
    throw refused("from-the-future", "The acknowledgement was made later than now.");
  return said;
}

function read(bytes: Uint8Array): Acknowledgement & { readonly federation: string } {
  const reader = new ByteReader(bytes);
  const known =
    bytes.length === ACKNOWLEDGEMENT_BYTES && equalBytes(reader.bytes(8), MAGIC) && reader.u16() === SUITE;
  if (!known) throw refused("malformed", "The bytes are not an acknowledgement of this version.");
  return {
    federation: hex(reader.bytes(32)),
    id: hex(reader.bytes(16)),
    hash: hex(reader.bytes(32)),
    recipient: hex(reader.bytes(16)),
    key: hex(reader.bytes(32)),
    // A number beyond all use loses digits; as a time it is refused, and the signature is over the bytes.
    at: reader.u32() * 2 ** 32 + reader.u32(),
  };
}

const signedBytes = (federationId: string, body: Uint8Array) => pae(PURPOSE, unhex(federationId, 32), body);

const refused = (what: string, message: string) => new WardlineError(`acknowledgement/${what}`, message);
