/** How a grant ends before its time: withdrawn by a person here, or given up by the requester. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { PayloadOf } from "@wardline/protocol/statements";
import type { Member } from "@wardline/protocol/roster";
import type { Caller } from "../../accounts/index.ts";
import type { Unit } from "../../commit/index.ts";
import type { DeskServices } from "../desk.ts";
import { putRequest, requests, requireRequest, type MaterialRequest } from "./requests.ts";

/** Tells the requester that a request is refused, or the grant that answered it withdrawn, and why. */
export async function sayRefused(
  { federation }: DeskServices,
  unit: Unit,
  { id, from, report, item }: MaterialRequest,
  reason: string,
): Promise<void> {
  const payload = { request: id, item, reason };
  await federation.say(unit, { type: "material.refuse", to: [from], payload, matter: report, about: report });
}

/**
 * A custodian takes a grant back: from the commit on no more ranges are given, and the requester reads the reason. One
 * person suffices: holding back needs less care than giving.
 * @throws `desks/not-granted`
 */
export async function withdrawByPerson(
  services: DeskServices,
  unit: Unit,
  id: string,
  reason: string,
  caller: Caller,
): Promise<MaterialRequest> {
  const request = await requireRequest(unit, id);
  if (request.state === "withdrawn") return request;
  if (request.state !== "granted" || !request.grant) throw notGranted(request);
  const { report, item, grant } = request;
  await services.federation.material.withdraw(unit, grant.id);
  await sayRefused(services, unit, request, reason);
  const actor = `person:${caller.pseudonymFor(report)}`;
  const detail = { request: id, grant: grant.id, reason };
  unit.record({ kind: "material.withdrawn", subject: [report, item], actor, detail });
  return putRequest(unit, { ...request, state: "withdrawn", reason });
}

/** The requester needs it no longer: what was offered is not given any more. */
export async function cancelled(
  { federation }: DeskServices,
  unit: Unit,
  { request: id }: PayloadOf<"material.cancel">,
  from: Member,
): Promise<void> {
  const request = await unit.get(requests, id);
  if (request?.from !== from.id)
    throw new WardlineError("desks/unknown-request", "This member has no such request here.");
  if (request.state !== "waiting" && request.state !== "granted") return;
  if (request.grant) federation.material.settle(unit, request.grant.id);
  const { report, item } = request;
  const detail = { request: id, member: from.id };
  unit.record({ kind: "material.cancelled", subject: [report, item], actor: from.id, detail });
  putRequest(unit, { ...request, state: "cancelled" });
}

const notGranted = ({ state }: MaterialRequest) =>
  new WardlineError("desks/not-granted", `There is nothing to withdraw: the request is ${state}.`, {
    advice: state === "waiting" ? "Refuse the request instead." : "Nothing needs to be done.",
    details: { state },
  });
