/**
 * Two different files of one version, both properly signed: proof that signers told two stories. It is kept, shown and
 * passed on; anybody can check it again from the files alone.
 */
import { isWardlineError, WardlineError } from "../encoding/index.ts";
import type { MemberId } from "../identity/index.ts";
import { refusal } from "./fields.ts";
import { fileHash, type FederationFile } from "./file.ts";

export interface Evidence {
  readonly kind: "root" | "roster" | "freshness" | "card" | "successor";
  /** Of two notes of successors: the place in its line of the key that has two. */
  readonly version: number;
  /** Whose cards or notes they are. */
  readonly member?: MemberId | undefined;
  readonly first: FederationFile;
  readonly second: FederationFile;
}

/** The refusal `…/two-of-one-version` with the evidence inside. */
export function twoOfOneVersion(evidence: Evidence): WardlineError {
  const message = `Two different ${evidence.kind} files carry version ${evidence.version}.`;
  const advice =
    evidence.kind === "card" || evidence.kind === "successor"
      ? "Ask the member which is its own; its identity key may be in other hands."
      : "Stop exchanging and tell the federation: only a file signed by the root resolves this.";
  return refusal(evidence.kind, "two-of-one-version", message, { evidence }, advice);
}

/** The evidence inside such a refusal. */
export function evidenceOf(error: unknown): Evidence | undefined {
  const proves = isWardlineError(error) && error.code.endsWith("/two-of-one-version");
  return proves ? (error.details["evidence"] as Evidence) : undefined;
}

/** Whether two pieces show the same two files, in whatever order. */
export function isSameEvidence(a: Evidence, b: Evidence): boolean {
  return a.kind === b.kind && pairOf(a) === pairOf(b);
}

function pairOf({ first, second }: Evidence): string {
  return [fileHash(first), fileHash(second)].sort().join(" ");
}
