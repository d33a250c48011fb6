/** What this node has found of others' misbehaviour, for people: contradictions, and signed files that it refused. */
import { isDisputed, type Trust } from "@wardline/protocol/roster";
import type { MemberId } from "@wardline/protocol/identity";
import type { Reader } from "../store/index.ts";
import { evidence } from "./evidence.ts";
import type { FileKind } from "./membership/files.ts";
import { refusals } from "./refusals.ts";

export interface Finding {
  /** Such as `roster/two-of-one-version`, `roster/rollback`, `statement/two-contents`, `advert/fork`. */
  readonly code: string;
  readonly file?: FileKind;
  readonly version?: number;
  /** Whom it shows, where it is one member. */
  readonly member?: MemberId;
  readonly found?: number;
  /** Nothing is exchanged until a root has named the right one of the two. */
  readonly stops: boolean;
}

/** What stops the exchange first, then the newest. */
export async function findingsOf(trust: Trust, reader: Reader): Promise<Finding[]> {
  const disputed = isDisputed(trust);
  const contradictions = trust.evidence.map(({ kind, version, member }) => ({
    code: `${kind === "card" || kind === "successor" ? kind : "roster"}/two-of-one-version`,
    ...{ file: kind, version, stops: disputed && (kind === "root" || kind === "roster") },
    ...(member !== undefined && { member }),
  }));
  const proofs = await Array.fromAsync(reader.list(evidence));
  const refused = await Array.fromAsync(reader.list(refusals));
  const rest: Finding[] = [
    ...proofs.map(({ value: { code, member, found } }) => ({
      ...{ code, found, stops: false },
      ...(member !== undefined && { member }),
    })),
    ...refused.map(({ value: { code, kind, found } }) => ({ code, file: kind, found, stops: false })),
  ];
  rest.sort((a, b) => (b.found ?? 0) - (a.found ?? 0));
  return [...contradictions, ...rest];
}
