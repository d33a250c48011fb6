/** X25519 (RFC 7748), native. */
import { diffieHellman } from "node:crypto";
import { WardlineError } from "../encoding/index.ts";
import { publicKeyObject, secretKeyObject } from "./native-keys.ts";

/** The 32-byte shared secret. A point of small order, whose secret everybody knows, throws `identity/small-order`. */
export function x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const keys = {
    privateKey: secretKeyObject("x25519", secret),
    publicKey: publicKeyObject("x25519", publicKey),
  };
  try {
    return Uint8Array.from(diffieHellman(keys));
  } catch (cause) {
    throw new WardlineError("identity/small-order", "The other side's point makes no secret.", { cause });
  }
}
