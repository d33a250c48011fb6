/** A real ledger over a real store in folders of their own. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { unhex, utf8 } from "@wardline/protocol/encoding";
import { leafHash, openCheckpoint, verifyInclusion } from "@wardline/protocol/log";
import type { EntryProof, Ledger, NewEntry } from "@wardline/node/ledger";
import { openAt, type OpenLedger, type Place } from "./open.ts";

export { origin, logKey, type OpenLedger, type Place } from "./open.ts";

/** Where a new node keeps its store and its checkpoint; removed after the test. */
export async function newPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-ledger-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { storeFolder: join(folder, "store"), checkpointFile: join(folder, "elsewhere-checkpoint") };
}

const opened: OpenLedger[] = [];

/** Opens store and ledger as a new process would; closed after the test at the latest. */
export async function open(place: Place, options: { create?: boolean } = {}): Promise<OpenLedger> {
  const one = await openAt(place, options);
  opened.push(one);
  onTestFinished(() => one.close());
  return one;
}

/** A copy of the store as it is now, once it was closed. */
export async function copyOfStore(place: Place): Promise<string> {
  const copy = `${place.storeFolder}-copy-${opened.length}`;
  await cp(place.storeFolder, copy, { recursive: true });
  return copy;
}

export async function putBack(place: Place, copy: string): Promise<void> {
  await rm(place.storeFolder, { recursive: true });
  await cp(copy, place.storeFolder, { recursive: true });
}

/** A plain entry. */
export function entry(number: number, subject: readonly string[] = [`report-${number % 3}`]): NewEntry {
  return {
    kind: "report.noted",
    subject,
    actor: "node",
    detail: { number, bytes: utf8(`n${number}`), half: 0.5 },
  };
}

/** Appends one batch, as commit does. */
export async function append(
  { ledger, write }: OpenLedger,
  entries: readonly NewEntry[],
  now = 1000,
): Promise<void> {
  const prepared = ledger.append(entries, now);
  await write(prepared.operations);
  await prepared.applied();
}

/** What a third party does with a proof, given nothing but the log's public key. */
export function proofHolds(proof: EntryProof, origin: string, publicKey: Uint8Array): boolean {
  const checkpoint = openCheckpoint(proof.checkpoint, [{ name: origin, public: publicKey }]);
  const leaf = leafHash(unhex(proof.commitment, 32));
  const hashes = proof.proof.map((hash) => unhex(hash, 32));
  return verifyInclusion({
    index: proof.index,
    size: checkpoint.size,
    leafHash: leaf,
    proof: hashes,
    root: checkpoint.root,
  });
}

/** The names of the checks that did not pass. */
export async function failedChecks(ledger: Ledger, subject: string): Promise<string[]> {
  const { verified, checks } = await ledger.verify(subject);
  const failed = checks.filter(({ passed }) => !passed).map(({ name }) => name);
  if (verified !== (failed.length === 0)) throw new Error("verified says something else than the checks");
  return failed;
}
