/** Asking for an export, and agreeing to it: nothing leaves before two people have. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Caller } from "../accounts/index.ts";
import { newId } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import { checkRecipients } from "./encrypt.ts";
import { exportRequests, putRequest, requireRequest, type ExportRequest } from "./records.ts";
import type { ExportServices } from "./services.ts";

export const exportPurpose = "export";

export interface Wanted {
  report: string;
  reason: string;
  receiver: string;
  recipients: string[];
  archives: boolean;
  /** Items, or every one that is held here. */
  originals: "all" | "none" | string[];
}

/** @throws `casework/no-such-report`, `export/invalid-recipient`, `export/not-held` */
export async function ask(
  { casework, random }: ExportServices,
  unit: Unit,
  wanted: Wanted,
  caller: Caller,
): Promise<ExportRequest> {
  checkRecipients(wanted.recipients);
  const report = await casework.report(unit, wanted.report);
  const held = (await casework.itemsOf(unit, report.id)).filter(({ original }) => original !== undefined);
  const ids = held.map(({ id }) => id);
  const named = wanted.originals === "all" ? ids : wanted.originals === "none" ? [] : wanted.originals;
  if (!named.every((id) => ids.includes(id))) throw notHeld();
  const by = caller.pseudonymFor(report.id);
  const { reason, receiver, recipients, archives } = wanted;
  const request: ExportRequest = {
    ...{ id: newId(random), report: report.id, reference: report.reference, reason, receiver, recipients },
    ...{ archives, originals: [...new Set(named)], asked: unit.now, by, state: "waiting", packages: [] },
  };
  const { id, originals } = request;
  const detail = { export: id, reason, receiver, recipients, archives, originals: originals.length };
  unit.record({ kind: "export.requested", subject: [report.id], actor: `person:${by}`, detail });
  return putRequest(unit, request);
}

/**
 * One custodian's approval; with the last that is needed the package can be taken for a while.
 * @throws `accounts/second-person-needed`, `export/ended`
 */
export async function approve(
  { approvals, settings }: ExportServices,
  unit: Unit,
  id: string,
  caller: Caller,
): Promise<ExportRequest> {
  const request = await requireRequest(unit, id);
  checkWaiting(request);
  const given = await approvals.approve(unit, { purpose: exportPurpose, subject: id, caller });
  unit.record({
    kind: "export.approved",
    subject: [request.report],
    actor: `person:${caller.pseudonymFor(request.report)}`,
    detail: { export: id, approvals: given.approvals.length, needed: approvals.needed },
  });
  if (!given.complete) return putRequest(unit, request);
  return putRequest(unit, { ...request, state: "approved", expires: unit.now + settings.lifetime });
}

/** @throws `export/ended` */
export async function refuse(unit: Unit, id: string, reason: string, caller: Caller): Promise<ExportRequest> {
  const request = await requireRequest(unit, id);
  checkWaiting(request);
  const actor = `person:${caller.pseudonymFor(request.report)}`;
  unit.record({ kind: "export.refused", subject: [request.report], actor, detail: { export: id, reason } });
  return putRequest(unit, { ...request, state: "refused", refusal: reason });
}

/** @throws `export/not-approved`, `export/expired` */
export function checkReady(request: ExportRequest, now: number): void {
  if (request.state !== "approved")
    throw new WardlineError("export/not-approved", "Two people have not agreed to this export.", {
      advice: "Ask another custodian to approve it.",
    });
  if ((request.expires ?? 0) > now) return;
  throw new WardlineError("export/expired", "The approval of this export is too old.", {
    advice: "Ask for the export again.",
  });
}

function checkWaiting({ state }: ExportRequest): void {
  if (state === "waiting") return;
  throw new WardlineError("export/ended", `The export is ${state} already.`, {
    advice: "Ask for another export.",
  });
}

const notHeld = () =>
  new WardlineError("export/not-held", "An item that is named is not of this report, or is not held here.", {
    advice: "Name items whose material this organisation holds.",
  });

/** Newest first; those of one report, or all. */
export async function listRequests(
  { commit }: ExportServices,
  report: string | undefined,
  limit: number,
): Promise<ExportRequest[]> {
  const where = report === undefined ? { index: "asked" } : { index: "report", prefix: [report] };
  const found: ExportRequest[] = [];
  for await (const { value } of commit.list(exportRequests, { ...where, reverse: true, limit }))
    found.push(value);
  return found;
}
