/** Proof of misbehaviour: two things that one member signed and that cannot both be honest. Kept for ever. */
import { hex, sha256 } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Unit } from "../commit/index.ts";
import { blind, defineCollection } from "../store/index.ts";

/** `statement/two-contents`, `advert/fork`, `roster/two-of-one-version`, `card/two-of-one-version`. */
export interface Evidence {
  readonly code: string;
  /** Whom it shows; undefined where it is not one member. */
  readonly member?: MemberId;
  readonly found: number;
  /** The two, each with all that is needed to verify it. */
  readonly parts: readonly [Uint8Array, Uint8Array];
}

/** Key: code, hash of both parts. */
export const evidence = defineCollection<Evidence>("federation.evidence");

/** Keeps evidence once, however often it is found, and writes it into the ledger. */
export async function keepEvidence(unit: Unit, found: Omit<Evidence, "found">): Promise<void> {
  const [one, other] = found.parts.map((part) => hex(sha256(part))).sort();
  const key = [found.code, blind(`${one}${other}`)] as const;
  if (await unit.has(evidence, ...key)) return;
  unit.put(evidence, key, { ...found, found: unit.now });
  unit.record({
    kind: "federation.evidence",
    subject: [],
    actor: "node",
    detail: { code: found.code, member: found.member ?? "", hashes: [one, other] },
  });
}
