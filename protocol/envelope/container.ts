/**
 * The container of envelopes and receipts:
 *
 *     header[178] · encapsulation[1120] · length u32 · ciphertext · signature[64]
 *
 * The ciphertext is HPKE's over the padded content, bound to the header; the signature is the sender's over everything before it.
 */
import {
  ByteReader,
  ByteWriter,
  WardlineError,
  concat,
  equalBytes,
  lengthOf,
  pae,
  place,
  release,
  sha256,
  unhex,
  utf8,
  withScratch,
} from "../encoding/index.ts";
import {
  decapsulate,
  encapsulate as encapsulateNatively,
  signEd25519,
  verifyEd25519,
} from "../identity/index.ts";
import type { Trust } from "../roster/index.ts";
import { refuseUntimely, refuseWrongParties } from "./admission.ts";
import { HEADER_BYTES, inspectHeader, truncated, type ContainerKind, type Header } from "./header.ts";
import { TAG_BYTES, hpkeOpen, hpkeSealed } from "./hpke.ts";
import { LARGEST_PLAINTEXT, isSizeClass, sizeClass } from "./padding.ts";
import type { Prepared, Sealing } from "./prepare.ts";

const ENCAPSULATION_BYTES = 1120;
const SIGNATURE_BYTES = 64;
const LENGTH_AT = HEADER_BYTES + ENCAPSULATION_BYTES;
const CIPHERTEXT_AT = LENGTH_AT + 4;

/** Signature purposes and HPKE labels, so that an envelope never passes for a receipt. */
const purposes: Record<ContainerKind, string> = {
  envelope: "wardline/envelope/1",
  receipt: "wardline/receipt-envelope/1",
};
const labels: Record<ContainerKind, Uint8Array> = {
  envelope: utf8("wardline/envelope/1/hpke"),
  receipt: utf8("wardline/receipt-envelope/1/hpke"),
};

/** Seals `content`, given in parts, behind a header that was made for it. Throws `envelope/too-large`. */
export function sealContainer(
  prepared: Prepared,
  content: readonly Uint8Array[],
  sealing: Sealing,
): Uint8Array {
  const { header, head, recipientKey } = prepared;
  const encapsulate = sealing.encapsulate ?? encapsulateNatively;
  const { secret, ciphertext: encapsulation } = encapsulate(recipientKey, sealing.random);
  const context = { secret, info: infoOf(header.kind, head), associatedData: head };
  const sealed = withScratch(sizeClass(lengthOf(content)), (padded) => {
    place(padded, content);
    return hpkeSealed(context, padded);
  });
  const length = new ByteWriter().u32(lengthOf(sealed)).finish();
  const bytes = concat(head, encapsulation, length, ...sealed, new Uint8Array(SIGNATURE_BYTES));
  release(...sealed);
  const end = bytes.length - SIGNATURE_BYTES;
  const covered = signedBytes(header, head, bytes.subarray(HEADER_BYTES, end));
  bytes.set(signEd25519(sealing.sender.key.seeds.ed25519, covered), end);
  return bytes;
}

/** A container whose sender, recipient, times and signature were found in order. */
export interface CheckedContainer {
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  readonly senderPublicKey: Uint8Array;
  readonly encapsulation: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Everything that can be refused without the sealing key, cheapest first; the sender's signature comes before anything it covers is judged. */
export function checkContainer(
  kind: ContainerKind,
  bytes: Uint8Array,
  trust: Trust,
  self: string,
  now: number,
): CheckedContainer {
  const header = inspectHeader(bytes);
  if (header.kind !== kind)
    throw new WardlineError("envelope/magic", `Expected an ${kind}, not a ${header.kind}.`);
  const end = measure(bytes);
  const senderKey = refuseWrongParties(header, trust, self);
  const head = bytes.subarray(0, HEADER_BYTES);
  const body = bytes.subarray(HEADER_BYTES, end);
  if (!verifyEd25519(senderKey.public.ed25519, signedBytes(header, head, body), bytes.subarray(end))) {
    throw new WardlineError("envelope/signature", "The signature is not the sender's over these bytes.");
  }
  refuseUntimely(header, senderKey, trust, now);
  return {
    header,
    headerBytes: head,
    senderPublicKey: senderKey.public.ed25519,
    encapsulation: bytes.subarray(HEADER_BYTES, LENGTH_AT),
    ciphertext: bytes.subarray(CIPHERTEXT_AT, end),
  };
}

/** The content, still with its padding behind it. Throws `envelope/unknown-sealing-key` or `envelope/decryption`. */
export function decryptContainer(
  checked: CheckedContainer,
  sealingKey: (id: string) => Uint8Array | undefined,
): Uint8Array {
  const { header, headerBytes, encapsulation, ciphertext } = checked;
  const seed = sealingKey(header.sealingKey);
  if (!seed) {
    throw new WardlineError(
      "envelope/unknown-sealing-key",
      "The envelope is sealed to a key that this node no longer has.",
      {
        advice: "The sender seals the statement again to a current key.",
      },
    );
  }
  const secret = decapsulateOrUndefined(seed, encapsulation);
  const context = { info: infoOf(header.kind, headerBytes), associatedData: headerBytes };
  const plaintext = secret && hpkeOpen({ ...context, secret }, ciphertext);
  if (plaintext) return plaintext;
  throw new WardlineError(
    "envelope/decryption",
    "The ciphertext does not open: it was not made for this header and key.",
  );
}

/** As many as the longest padding: half of the largest power-of-two class. */
const zeros = new Uint8Array(LARGEST_PLAINTEXT / 16);

/** Refuses what follows the content unless it is all zero and no longer than its class asks. Throws `envelope/padding`. */
export function refuseBadPadding(plaintext: Uint8Array, contentLength: number): void {
  const padding = plaintext.subarray(contentLength);
  const asked = sizeClass(contentLength) === plaintext.length;
  if (asked && equalBytes(padding, zeros.subarray(0, padding.length))) return;
  throw new WardlineError(
    "envelope/padding",
    "The padding is not the zero bytes that the size class asks for.",
  );
}

/** Where the signature starts. Throws `envelope/truncated`, `envelope/length` (no size class) or `envelope/trailing-bytes`. */
function measure(bytes: Uint8Array): number {
  if (bytes.length < CIPHERTEXT_AT) throw truncated();
  const length = new ByteReader(bytes.subarray(LENGTH_AT)).u32();
  if (!isSizeClass(length - TAG_BYTES)) {
    throw new WardlineError("envelope/length", "The ciphertext's length is not that of a padded text.");
  }
  const end = CIPHERTEXT_AT + length;
  if (bytes.length < end + SIGNATURE_BYTES) throw truncated();
  if (bytes.length === end + SIGNATURE_BYTES) return end;
  throw new WardlineError("envelope/trailing-bytes", "Bytes follow the envelope's signature.");
}

/** A malformed point makes no secret; to the recipient that is one more ciphertext that does not open. */
function decapsulateOrUndefined(seed: Uint8Array, encapsulation: Uint8Array): Uint8Array | undefined {
  try {
    return decapsulate(seed, encapsulation);
  } catch {
    return undefined;
  }
}

function infoOf(kind: ContainerKind, head: Uint8Array): Uint8Array {
  return concat(labels[kind], sha256(head));
}

/** The long part goes in by its hash: Ed25519 reads a message twice to sign it, SHA-256 once. */
function signedBytes(header: Header, head: Uint8Array, body: Uint8Array): Uint8Array {
  return pae(purposes[header.kind], unhex(header.federation), head, sha256(body));
}
