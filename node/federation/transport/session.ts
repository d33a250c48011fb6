/**
 * The layer inside Noise. Noise keeps out who listens today; a secret agreed with both members' sealing keys (X25519 and
 * ML-KEM-768) keeps out who records today and computes later. Every stream has keys of its own, one each way.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { ByteWriter, WardlineError, utf8 } from "@wardline/protocol/encoding";

/** Bytes that sealing adds to a frame. */
export const SEAL_BYTES = 16;
/** Random bytes that open every stream and make its keys its own. */
export const NONCE_BYTES = 32;

/** Frames sealed in one order open in that order only. */
export interface StreamSeal {
  /** The sealed frame in parts, of a frame in parts: large ones are not copied once more. */
  seal(...parts: Uint8Array[]): Uint8Array[];
  /** Throws `peer/seal`. */
  open(sealed: Uint8Array): Uint8Array;
}

/**
 * The two directions of one stream.
 * @param side - `opener` for the peer that opened the stream, `acceptor` for the other.
 */
export function sealStream(
  secret: Uint8Array,
  protocol: string,
  nonce: Uint8Array,
  side: "opener" | "acceptor",
): StreamSeal {
  const key = (direction: string) =>
    new Uint8Array(hkdfSync("sha256", secret, nonce, utf8(`wardline/stream/1 ${protocol} ${direction}`), 32));
  const forth = key("to-acceptor");
  const back = key("to-opener");
  return side === "opener"
    ? { seal: sealer(forth), open: opener(back) }
    : { seal: sealer(back), open: opener(forth) };
}

/** AES-256-GCM under a counter; one key seals one direction of one stream, so no nonce comes twice. */
function sealer(key: Uint8Array): StreamSeal["seal"] {
  const nonce = counter();
  return (...parts) => {
    const cipher = createCipheriv("aes-256-gcm", key, nonce());
    const sealed: Uint8Array[] = parts.map((part) => cipher.update(part));
    cipher.final();
    return [...sealed, cipher.getAuthTag()];
  };
}

function opener(key: Uint8Array): StreamSeal["open"] {
  const nonce = counter();
  return (sealed) => {
    if (sealed.length < SEAL_BYTES) throw unsealable();
    const decipher = createDecipheriv("aes-256-gcm", key, nonce());
    decipher.setAuthTag(sealed.subarray(sealed.length - SEAL_BYTES));
    const frame = decipher.update(sealed.subarray(0, sealed.length - SEAL_BYTES));
    try {
      decipher.final();
    } catch (cause) {
      throw unsealable(cause);
    }
    return frame;
  };
}

function counter(): () => Uint8Array {
  let next = 0;
  return () => new ByteWriter().u32(0).u64(next++).finish();
}

const unsealable = (cause?: unknown) =>
  new WardlineError("peer/seal", "A frame does not open under the session's key.", { cause });
