/**
 * Raw key bytes as the runtime's key objects. Importing a key costs as much as using it, so objects are kept:
 * public ones in a bounded map by their bytes, secret ones only as long as their owner keeps the seed.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { WardlineError } from "../encoding/index.ts";

type Algorithm = "ed25519" | "ml-dsa-65" | "x25519" | "ml-kem-768";
const secretFormats = {
  ed25519: "raw-private",
  x25519: "raw-private",
  "ml-dsa-65": "raw-seed",
  "ml-kem-768": "raw-seed",
} as const;

/** About 200 members with a handful of keys each, so that a busy node imports each key once. */
const MOST_PUBLIC_KEYS = 2048;

const publicKeys = new Map<string, KeyObject>();
const secretKeys = new WeakMap<Uint8Array, KeyObject>();

/** The public key object of raw bytes. Throws `identity/bad-key` for bytes that the algorithm refuses. */
export function publicKeyObject(algorithm: Algorithm, bytes: Uint8Array): KeyObject {
  const name = `${algorithm} ${bytes.toHex()}`;
  const known = publicKeys.get(name);
  if (known) return known;
  const key = imported(algorithm, () =>
    createPublicKey({ key: bytes, format: "raw-public", asymmetricKeyType: algorithm }),
  );
  if (publicKeys.size >= MOST_PUBLIC_KEYS) forgetOldest();
  publicKeys.set(name, key);
  return key;
}

/** The secret key object of a seed. The array must not be changed afterwards: it is what the object is found by. */
export function secretKeyObject(algorithm: Algorithm, seed: Uint8Array): KeyObject {
  const known = secretKeys.get(seed);
  if (known?.asymmetricKeyType === algorithm) return known;
  const format = secretFormats[algorithm];
  const key = imported(algorithm, () =>
    createPrivateKey({ key: seed, format, asymmetricKeyType: algorithm }),
  );
  secretKeys.set(seed, key);
  return key;
}

/** The raw public key that belongs to a seed. */
export function publicBytesOf(algorithm: Algorithm, seed: Uint8Array): Uint8Array {
  const key = createPublicKey(secretKeyObject(algorithm, seed));
  return Uint8Array.from(key.export({ format: "raw-public" }));
}

function imported(algorithm: Algorithm, make: () => KeyObject): KeyObject {
  try {
    return make();
  } catch (cause) {
    throw new WardlineError("identity/bad-key", `These bytes are no ${algorithm} key.`, { cause });
  }
}

function forgetOldest(): void {
  for (const name of publicKeys.keys()) {
    publicKeys.delete(name);
    return;
  }
}
