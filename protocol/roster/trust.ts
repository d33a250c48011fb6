/**
 * What a node believes about its federation: an immutable value. Every accepted file gives a new one; a refused file
 * changes nothing. Files are kept with their exact bytes, so that they can be passed on.
 */
import type { KeyId, MemberId } from "../identity/index.ts";
import type { CardContent } from "./card.ts";
import type { Evidence } from "./evidence.ts";
import { fileHash, type FederationFile } from "./file.ts";
import type { Freshness, Suspension } from "./freshness.ts";
import { refusal } from "./fields.ts";
import { checkRoot, readRoot, type Root } from "./root.ts";
import type { Roster } from "./roster.ts";
import type { Successor } from "./successor.ts";
import { checkThreshold } from "./threshold.ts";

/** A file with the value read from it. */
export interface Held<T> {
  readonly file: FederationFile;
  readonly value: T;
}

export interface HeldFreshness extends Held<Freshness> {
  /** The key set within which its version counts. */
  readonly keySet: string;
}

export interface Trust {
  /** SHA-256 of the first root file, lower-case hexadecimal. */
  readonly federationId: string;
  /** The whole chain, first to current. */
  readonly roots: readonly Held<Root>[];
  readonly roster?: Held<Roster> | undefined;
  readonly freshness?: HeldFreshness | undefined;
  /** Emergency suspensions in force. */
  readonly suspensions: readonly Held<Suspension>[];
  /** The newest card under each identity key. */
  readonly cards: ReadonlyMap<MemberId, ReadonlyMap<KeyId, Held<CardContent>>>;
  /** Successors of log and witness keys that the roster does not list yet; of each line in order. */
  readonly successors: readonly Held<Successor>[];
  /** Portable proofs of misbehaviour. */
  readonly evidence: readonly Evidence[];
  /** The lowest roster version that an invite allowed. */
  readonly floor: number;
}

/**
 * Starts from the first root file, whose hash the operator has compared with the invite. A root past its end is taken,
 * since newer ones may follow; until they do, nothing else is. Throws `roster/not-the-first`, `roster/threshold` and
 * what else a root is refused for.
 */
export function startTrust(rootFile: FederationFile, now: number): Trust {
  const root = readRoot(rootFile.bytes);
  if (root.version !== 1)
    throw refusal("root", "not-the-first", "A federation starts with its first root file.");
  const federationId = fileHash(rootFile);
  checkThreshold("root", rootFile, federationId, root.root, now);
  checkRoot(root, now);
  const roots = [{ file: rootFile, value: root }];
  return { federationId, roots, suspensions: [], cards: new Map(), successors: [], evidence: [], floor: 1 };
}

/** The newest root. */
export function currentRoot(trust: Trust): Held<Root> {
  const last = trust.roots.at(-1);
  if (last) return last;
  throw refusal("root", "invalid", "There is no root.");
}

/** Which roster the root has named for a version of which two were signed. */
export function resolutionOf(trust: Trust, version: number): string | undefined {
  const named = trust.roots
    .flatMap((root) => root.value.resolved)
    .findLast((each) => each.version === version);
  return named?.hash;
}

/** Whether two files of one version stand unresolved: then the node exchanges nothing until the root has spoken. */
export function isDisputed(trust: Trust): boolean {
  return trust.evidence.some(({ kind, version }) => {
    if (kind === "root") return true;
    return kind === "roster" && resolutionOf(trust, version) === undefined;
  });
}

/** A file belongs to this federation, says itself. Its signatures prove it; this gives the clearer refusal. */
export function checkFederation(
  type: "roster" | "freshness" | "suspension" | "card" | "successor",
  trust: Trust,
  named: string,
): void {
  if (named === trust.federationId) return;
  throw refusal(type, "federation", `The ${type} belongs to another federation.`);
}
