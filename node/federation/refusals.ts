/**
 * Membership files that were refused and that somebody with a key had signed: an old roster shown again, one that too few
 * signed, freshness for another roster. They change nothing; they are kept so that people can ask the signers.
 */
import { isWardlineError } from "@wardline/protocol/encoding";
import {
  draftTypes,
  fileHash,
  rolesFor,
  signersOf,
  type FederationFile,
  type Trust,
} from "@wardline/protocol/roster";
import type { Unit } from "../commit/index.ts";
import { blind, defineCollection } from "../store/index.ts";
import type { FileKind } from "./membership/files.ts";

export interface Refusal {
  readonly kind: FileKind;
  readonly code: string;
  readonly file: FederationFile;
  readonly found: number;
}

/** Key: code, hash of the file. */
export const refusals = defineCollection<Refusal>("federation.refusals");

/** Of one code; the first ones are what matters, and an old file shown again and again fills no disk. */
const MOST_OF_ONE_CODE = 16;
/** What honest members bring, too: a file that came before another one that it needs, or just after its successor. */
const harmless = new Set([
  "roster/unknown-roster",
  "roster/gap",
  "roster/no-roster",
  "roster/disputed",
  "roster/lifted",
]);
/** What was superseded so short a while ago may still be on its way, from members that mean well. */
const ON_ITS_WAY = 3_600_000;

/** Keeps a refused file once, if a key that counts here has signed it; anybody can make one that none has. */
export async function keepRefusal(unit: Unit, trust: Trust, refusal: Omit<Refusal, "found">): Promise<void> {
  const { kind, code, file } = refusal;
  if (kind === "card" || kind === "successor" || harmless.has(code) || code.endsWith("/two-of-one-version"))
    return;
  if (code === "roster/rollback" && unit.now - lastChange(trust) < ON_ITS_WAY) return;
  const key = [code, blind(fileHash(file))] as const;
  if ((await unit.has(refusals, ...key)) || !isSigned(trust, kind, file, unit.now)) return;
  if ((await Array.fromAsync(unit.list(refusals, { prefix: [code] }))).length >= MOST_OF_ONE_CODE) return;
  unit.put(refusals, key, { ...refusal, found: unit.now });
  unit.record({
    kind: "federation.evidence",
    subject: [],
    actor: "node",
    detail: { code, member: "", hashes: [fileHash(file)] },
  });
}

function lastChange({ roster, freshness }: Trust): number {
  return Math.max(roster?.value.created ?? 0, freshness?.value.created ?? 0);
}

function isSigned(trust: Trust, kind: FileKind, file: FederationFile, now: number): boolean {
  const type = draftTypes.find((draft) => draft === kind) ?? "freshness";
  try {
    return rolesFor(trust, type, file.bytes).some(
      (role) => signersOf(kind, file, trust.federationId, role, now).length > 0,
    );
  } catch (error) {
    if (isWardlineError(error)) return false;
    throw error;
  }
}
