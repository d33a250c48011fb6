/** What receiving writes down: that an envelope was seen, what has arrived, the statement itself, and proof of two contents. */
import { WardlineError, encodeCbor } from "@wardline/protocol/encoding";
import type { Header, OpenedEnvelope } from "@wardline/protocol/envelope";
import type { SignedStatement, Statement } from "@wardline/protocol/statements";
import type { Unit } from "../../commit/index.ts";
import { keepEvidence } from "../evidence.ts";
import { envelopeIds, inflows, received, type Received } from "./collections.ts";
import { arrive, emptyInflow } from "./inflow.ts";

/** What becomes of a statement, before its handler has had its say. */
export type Verdict = Pick<Received, "result" | "code">;

const DAY = 86_400_000;

/** Throws `envelope/replayed`. */
export async function rememberEnvelope(unit: Unit, header: Header): Promise<void> {
  const key = [Math.ceil(header.expires / DAY), header.id] as const;
  if (await unit.has(envelopeIds, ...key)) throw replayed();
  unit.put(envelopeIds, key, true);
}

export async function countIn(unit: Unit, { header, epoch, sequence }: OpenedEnvelope): Promise<void> {
  const inflow = (await unit.get(inflows, header.sender)) ?? emptyInflow;
  const next = arrive(inflow, epoch, sequence);
  if (next !== inflow) unit.put(inflows, [header.sender], next);
}

/** Keeps both contents as proof; what was first stands. */
export async function refuseTwoContents(
  unit: Unit,
  known: Received,
  second: SignedStatement,
): Promise<Received> {
  await keepEvidence(unit, {
    code: "statement/two-contents",
    member: known.author,
    parts: [portable(known), portable(second)],
  });
  return { ...known, result: "rejected", code: "statement/two-contents" };
}

/** Statement, key id and signature in one: what a third party needs beside the roster. */
function portable({ bytes, signature, keyId }: Pick<Received, "bytes" | "signature" | "keyId">): Uint8Array {
  return encodeCbor({ bytes, signature, keyId });
}

function keptFrom(signed: SignedStatement, verdict: Verdict, at: number, number: number): Received {
  const { bytes, signature, keyId, hash, statement } = signed;
  const { author, type } = statement;
  return { bytes, signature, keyId, hash, author, type, about: aboutOf(statement), at, number, ...verdict };
}

/** Stores the statement with what its receipt says, and writes it into the ledger. */
export function keep(unit: Unit, signed: SignedStatement, verdict: Verdict, number: number): Received {
  const kept = keptFrom(signed, verdict, unit.now, number);
  unit.put(received, [signed.statement.id, kept.author], kept);
  record(unit, kept, signed.statement.id);
  return kept;
}

/** A signed statement without what it says, but for the report that it names: enough to keep it, send it and answer it. */
export function withoutContent(signed: SignedStatement): SignedStatement {
  const { statement } = signed;
  const { report } = statement.payload;
  return { ...signed, statement: { ...statement, payload: { report } } };
}

/** The report a statement names. */
function aboutOf({ payload }: Statement): string {
  const report = payload["report"];
  const id = typeof report === "object" && report !== null && "id" in report ? report.id : "";
  return typeof id === "string" ? id : "";
}

function record(unit: Unit, kept: Received, statement: string): void {
  const { type, hash, result, code, author, about } = kept;
  unit.record({
    kind: result === "rejected" ? "statement.rejected" : "statement.received",
    subject: about === "" ? [] : [about],
    actor: author,
    detail: { statement, type, hash, from: author, result, ...(code === undefined ? {} : { code }) },
  });
}

export const replayed = () =>
  new WardlineError("envelope/replayed", "This very envelope has come before.", {
    advice: "A retry is a new envelope with the same statement.",
  });
