/**
 * How two members agree on the secret inside Noise: each encapsulates to the other's sealing key, and both results go into
 * one derivation over everything that was said and both peer ids. Whoever cannot open its encapsulation, or
 * replays another's, ends with another secret and is not understood.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { WardlineError, concat, sha256, unhex, utf8, type Random } from "@wardline/protocol/encoding";

export interface AgreementParts {
  readonly federationId: string;
  /** Peer ids: the side that opened the hello, and the other. */
  readonly opener: string;
  readonly acceptor: string;
  /** From the encapsulation to the acceptor's key, and to the opener's. */
  readonly toAcceptor: Uint8Array;
  readonly toOpener: Uint8Array;
  /** Both encapsulations with the ids of the keys they are made for, as sent. */
  readonly transcript: readonly Uint8Array[];
}

/** The session's secret, 32 bytes. */
export function agree(parts: AgreementParts): Uint8Array {
  const label = utf8(`wardline/session/1 ${parts.opener} ${parts.acceptor} `);
  const info = concat(label, unhex(parts.federationId, 32));
  const salt = sha256(...parts.transcript);
  return new Uint8Array(hkdfSync("sha256", concat(parts.toAcceptor, parts.toOpener), salt, info, 32));
}

/** Seals one hello under the session's secret: `nonce[12] · AES-256-GCM`. `direction` keeps the two sides' keys apart. */
export function sealHello(
  secret: Uint8Array,
  direction: "opener" | "acceptor",
  hello: Uint8Array,
  random: Random,
): Uint8Array {
  const nonce = random(12);
  const cipher = createCipheriv("aes-256-gcm", helloKey(secret, direction), nonce);
  const sealed = cipher.update(hello);
  cipher.final();
  return concat(nonce, sealed, cipher.getAuthTag());
}

/** Throws `hello/seal` when the other side does not hold the same secret. */
export function openHello(
  secret: Uint8Array,
  direction: "opener" | "acceptor",
  sealed: Uint8Array,
): Uint8Array {
  try {
    const decipher = createDecipheriv("aes-256-gcm", helloKey(secret, direction), sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(-16));
    return concat(decipher.update(sealed.subarray(12, -16)), decipher.final());
  } catch (cause) {
    throw new WardlineError("hello/seal", "The hello does not open under the agreed secret.", {
      advice:
        "The peer could not open what was sealed to its member's key. Its card or its keys are not its own.",
      cause,
    });
  }
}

function helloKey(secret: Uint8Array, direction: string): Uint8Array {
  return new Uint8Array(
    hkdfSync("sha256", secret, new Uint8Array(), utf8(`wardline/hello/1 ${direction}`), 32),
  );
}
