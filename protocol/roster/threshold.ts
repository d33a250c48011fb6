/** Thresholds: enough distinct keys, whose holders sit in enough distinct jurisdictions. */
import { keyIdOf, verifyPair, type IdentityPublicKey } from "../identity/index.ts";
import { refusal, type FileType } from "./fields.ts";
import { signedBytes, type FederationFile } from "./file.ts";
import { mostSignatures, weakest } from "./limits.ts";

export interface RoleKey {
  readonly public: IdentityPublicKey;
  readonly jurisdiction: string;
  /** Milliseconds; a key without them lives as long as the file that lists it. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

export interface Role<Key extends RoleKey = RoleKey> {
  /** How many distinct keys must sign. */
  readonly threshold: number;
  /** In how many distinct jurisdictions their holders must sit. */
  readonly jurisdictions: number;
  readonly keys: readonly Key[];
}

/**
 * Refuses a file that too few of a role's keys have signed. A key counts once however often it signs, and only within
 * its validity at `now`; signatures of others count for nothing. Throws `roster/threshold` or `roster/one-jurisdiction`.
 */
export function checkThreshold(
  type: FileType,
  file: FederationFile,
  federationId: string,
  role: Role,
  now: number,
): void {
  if (file.signatures.length > mostSignatures) {
    throw refusal(type, "threshold", `The ${type} carries more than ${mostSignatures} signatures.`);
  }
  const signers = signersOf(type, file, federationId, role, now);
  const details = { signed: signers.length, needed: role.threshold };
  if (signers.length < role.threshold) {
    const advice = "Collect the signatures of more key holders.";
    throw refusal(type, "threshold", `Too few valid signatures stand under the ${type}.`, details, advice);
  }
  if (new Set(signers.map((key) => key.jurisdiction)).size < role.jurisdictions) {
    const advice = "Have a key holder of another jurisdiction sign as well.";
    throw refusal(
      type,
      "one-jurisdiction",
      `Too few jurisdictions have signed the ${type}.`,
      details,
      advice,
    );
  }
}

/** The keys of a role that are valid now and have signed. */
export function signersOf<Key extends RoleKey>(
  type: FileType,
  file: FederationFile,
  federationId: string,
  role: Role<Key>,
  now: number,
): Key[] {
  const message = signedBytes(type, file.bytes, federationId);
  return role.keys.filter((key) => isValidAt(key, now) && hasSigned(key, message, file));
}

/** Refuses a role that is weaker than the protocol allows, or that its own keys could never fulfil. Throws `roster/weak-threshold`. */
export function checkRole(type: FileType, name: keyof typeof weakest, role: Role): void {
  const least = weakest[name];
  const tooWeak = role.threshold < least.threshold || role.jurisdictions < least.jurisdictions;
  const jurisdictions = new Set(role.keys.map((key) => key.jurisdiction)).size;
  if (!tooWeak && role.threshold <= role.keys.length && role.jurisdictions <= jurisdictions) return;
  const needed = `${least.threshold} keys in ${least.jurisdictions} jurisdictions`;
  throw refusal(
    type,
    "weak-threshold",
    `The role ${name} needs a threshold of at least ${needed}, and that many keys.`,
  );
}

/** A set of keys as one name, whatever their order. */
export function keySetOf(keys: readonly { readonly public: IdentityPublicKey }[]): string {
  return keys
    .map((key) => keyIdOf(key.public))
    .sort()
    .join(" ");
}

function isValidAt({ from = 0, until = Infinity }: RoleKey, now: number): boolean {
  return from <= now && now < until;
}

function hasSigned(key: RoleKey, message: Uint8Array, file: FederationFile): boolean {
  const keyId = keyIdOf(key.public);
  return file.signatures.some((each) => each.keyId === keyId && verifyPair(key.public, message, each));
}
