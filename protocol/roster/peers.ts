/** The libp2p peer id of an Ed25519 transport key, so that cards and keys can be compared without libp2p. */
import { concat } from "../encoding/index.ts";
import { ed25519PublicKey, type MemberId } from "../identity/index.ts";
import { proveSingle } from "./possession.ts";

/** A transport key on a card, with the proof that the member holds it. */
export interface ListedPeer {
  /** Ed25519, 32 bytes. */
  readonly public: Uint8Array;
  readonly proof: Uint8Array;
}

/** Identity multihash (0x00, 36 bytes) of libp2p's key message: type 1 (Ed25519), 32 bytes of data. */
const prefix = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);
const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** The peer id as libp2p writes it, `12D3KooW…`. */
export function peerIdOf(publicKey: Uint8Array): string {
  return base58(concat(prefix, publicKey));
}

/** A transport key as a card lists it, made from its 32-byte seed. */
export function listPeer(seed: Uint8Array, federationId: string, member: MemberId): ListedPeer {
  return { public: ed25519PublicKey(seed), proof: proveSingle(seed, federationId, member, "transport") };
}

/** Base58 as Bitcoin and libp2p write it: each leading zero byte is a `1`. */
function base58(bytes: Uint8Array): string {
  let rest = BigInt(`0x${bytes.toHex()}`);
  let digits = "";
  for (; rest > 0n; rest /= 58n) digits = (alphabet[Number(rest % 58n)] ?? "") + digits;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return "1".repeat(zeros) + digits;
}
