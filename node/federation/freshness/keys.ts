/** The freshness keys that this node holds, and whose turn it is to propose. */
import {
  decodeIdentitySecretKey,
  encodeIdentitySecretKey,
  keyIdOf,
  type MemberId,
} from "@wardline/protocol/identity";
import {
  freshnessHolders,
  signFile,
  signersOf,
  type FederationFile,
  type FileSignature,
  type Trust,
} from "@wardline/protocol/roster";
import type { Unit } from "../../commit/index.ts";
import { blind, defineCollection, type Reader } from "../../store/index.ts";
import type { DelegatedKey } from "../ceremony.ts";

/** Freshness keys delegated to this member. Key: key id. */
export const delegated = defineCollection<{ readonly member: string; readonly secret: Uint8Array }>(
  "federation.delegated",
);

export type CosignedKind = "freshness" | "suspension";

export function keepKeys(unit: Unit, keys: readonly DelegatedKey[]): void {
  for (const { member, key } of keys) {
    unit.put(delegated, [blind(keyIdOf(key.public))], { member, secret: encodeIdentitySecretKey(key) });
  }
}

/** Those held here that count now: a key taken off the roster signs nothing any more. */
export async function countingKeys(reader: Reader, trust: Trust, now: number): Promise<DelegatedKey[]> {
  const counting = new Set(holdersNow(trust, now).map(({ id }) => id));
  const held: DelegatedKey[] = [];
  for await (const { value } of reader.list(delegated)) {
    const key = decodeIdentitySecretKey(value.secret);
    if (counting.has(keyIdOf(key.public))) held.push({ member: value.member, key });
  }
  return held;
}

/** The keys that may sign now with their members, in the order of their ids: in that order they propose. */
export function holdersNow(trust: Trust, now: number): { readonly id: string; readonly member: MemberId }[] {
  const keys = freshnessHolders(trust)?.keys ?? [];
  return keys
    .filter(({ from = 0, until = Infinity }) => from <= now && now < until)
    .map(({ public: key, member }) => ({ id: keyIdOf(key), member }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** How many holders come before the first of these keys. */
export function turnOf(trust: Trust, keys: readonly DelegatedKey[], now: number): number {
  const own = new Set(keys.map(({ key }) => keyIdOf(key.public)));
  return Math.max(
    0,
    holdersNow(trust, now).findIndex(({ id }) => own.has(id)),
  );
}

export function signWith(
  kind: CosignedKind,
  bytes: Uint8Array,
  trust: Trust,
  keys: readonly DelegatedKey[],
): FileSignature[] {
  return keys.map(({ key }) => signFile(kind, bytes, trust.federationId, key));
}

/** The signatures that hold and count now; of one member only, if it is named. A key counts once. */
export function validSignatures(
  kind: CosignedKind,
  file: FederationFile,
  trust: Trust,
  now: number,
  member?: MemberId,
): FileSignature[] {
  const role = freshnessHolders(trust);
  if (!role) return [];
  const signers = signersOf(kind, file, trust.federationId, role, now);
  const good = new Set(
    signers.filter((one) => member === undefined || one.member === member).map((one) => keyIdOf(one.public)),
  );
  const byKey = new Map(file.signatures.map((signature) => [signature.keyId, signature]));
  return [...byKey.values()].filter(({ keyId }) => good.has(keyId));
}

/** Whether a file has enough signatures of enough countries. */
export function isComplete(kind: CosignedKind, file: FederationFile, trust: Trust, now: number): boolean {
  const role = freshnessHolders(trust);
  if (!role) return false;
  const signers = signersOf(kind, file, trust.federationId, role, now);
  const places = new Set(signers.map(({ jurisdiction }) => jurisdiction));
  return signers.length >= role.threshold && places.size >= role.jurisdictions;
}
