/** Signatures spoilt in every way we could think of, the same ones in each run. */
import { concat, type Random } from "@wardline/protocol/encoding";
import { ed25519PublicKey, signEd25519 } from "@wardline/protocol/identity";
import { seededRandom } from "../../support/seeded.ts";

export interface Signed {
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

type Mutation = (signed: Signed, random: Random) => Signed;

const p = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
const smallOrder = [0n, 1n, p - 1n, y8, p - y8];

/** What only the full computation on the curve can refuse. */
const deep: Record<string, Mutation> = {
  "a bit of R": (signed, random) => ({ ...signed, signature: flip(signed.signature, pick(random, 0, 255)) }),
  "a bit of S": (signed, random) => ({
    ...signed,
    signature: flip(signed.signature, pick(random, 256, 507)),
  }),
  "a bit of the message": (signed, random) => ({
    ...signed,
    message: flip(signed.message, pick(random, 0, signed.message.length * 8 - 1)),
  }),
  "a bit of the key": (signed, random) => ({ ...signed, key: flip(signed.key, pick(random, 0, 255)) }),
  "R negated": (signed) => ({ ...signed, signature: flip(signed.signature, 255) }),
  "S negated": (signed) => withS(signed, L - sOf(signed)),
  "another's key": (signed, random) => ({ ...signed, key: ed25519PublicKey(random(32)) }),
};

/** What must be refused before anything is computed on the curve. */
const shallow: Record<string, Mutation> = {
  "S + L": (signed) => withS(signed, sOf(signed) + L),
  "S + a multiple of L": (signed, random) => withS(signed, sOf(signed) + L * BigInt(pick(random, 1, 14))),
  "the top of S": (signed, random) => ({
    ...signed,
    signature: flip(signed.signature, pick(random, 509, 511)),
  }),
  "S at the order or above": (signed, random) => withS(signed, L + BigInt(pick(random, 0, 255))),
  "a small order R": (signed, random) => withR(signed, encodePoint(anyOf(smallOrder, random), random)),
  "a small order key": (signed, random) => ({
    ...signed,
    key: encodePoint(anyOf(smallOrder, random), random),
  }),
  "R written twice": (signed, random) => withR(signed, encodePoint(p + BigInt(pick(random, 0, 18)), random)),
  "a key written twice": (signed, random) => ({
    ...signed,
    key: encodePoint(p + BigInt(pick(random, 0, 18)), random),
  }),
  "cut short": (signed, random) => ({ ...signed, signature: signed.signature.slice(0, pick(random, 0, 63)) }),
  "made longer": (signed, random) => ({
    ...signed,
    signature: concat(signed.signature, random(pick(random, 1, 9))),
  }),
  "a key cut short": (signed, random) => ({ ...signed, key: signed.key.slice(0, pick(random, 0, 31)) }),
};

/** `count` spoilt signatures, of which about `deepShare` need the full computation. */
export function* mutatedSignatures(
  count: number,
  deepShare: number,
  label: string,
): Generator<Signed & { how: string }> {
  const random = seededRandom(label);
  const [deepOnes, shallowOnes] = [Object.entries(deep), Object.entries(shallow)];
  const seed = random(32);
  const key = ed25519PublicKey(seed);
  for (let made = 0; made < count; made++) {
    const message = random(pick(random, 1, 80));
    const signed = { key, message, signature: signEd25519(seed, message) };
    const [how, mutate] = anyOf(pick(random, 0, 99) < deepShare * 100 ? deepOnes : shallowOnes, random);
    yield { how, ...mutate(signed, random) };
  }
}

function pick(random: Random, least: number, most: number): number {
  const [a = 0, b = 0] = random(2);
  return least + ((a * 256 + b) % (most - least + 1));
}

function anyOf<T>(list: readonly T[], random: Random): T {
  return list[pick(random, 0, list.length - 1)] as T;
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = bytes.slice();
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

function sOf({ signature }: Signed): bigint {
  return BigInt(`0x${signature.slice(32).reverse().toHex()}`);
}

function withS(signed: Signed, s: bigint): Signed {
  return { ...signed, signature: concat(signed.signature.subarray(0, 32), littleEndian(s)) };
}

function withR(signed: Signed, r: Uint8Array): Signed {
  return { ...signed, signature: concat(r, signed.signature.subarray(32)) };
}

/** The y coordinate with either sign of x. */
function encodePoint(y: bigint, random: Random): Uint8Array {
  const encoded = littleEndian(y);
  return pick(random, 0, 1) === 0 ? encoded : flip(encoded, 255);
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.fromHex(value.toString(16).padStart(64, "0")).reverse();
}
