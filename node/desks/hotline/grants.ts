/**
 * Material leaves only by a grant that two custodians approved: for one member, one item, a stated legal reason, a while.
 * A request for what is not held here is refused at once, with a code.
 */
import { hex, WardlineError } from "@wardline/protocol/encoding";
import type { PayloadOf, SignedStatement } from "@wardline/protocol/statements";
import { freshnessOf, member as memberOf, type Member } from "@wardline/protocol/roster";
import type { Caller } from "../../accounts/index.ts";
import { derivedId } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import { handle, type DeskServices } from "../desk.ts";
import { cancelled, sayRefused } from "./endings.ts";
import { putRequest, requestOf, requests, requireRequest, type MaterialRequest } from "./requests.ts";

export const grantPurpose = "material.grant";
const expiryJob = "hotline.grant-expiry";

export function registerGrants(services: DeskServices): void {
  const { commit, federation } = services;
  handle(services, "material.cancel", (unit, payload, from) => cancelled(services, unit, payload, from));
  federation.material.onGiven((grant) => {
    commit.run((unit) => announceGiven(unit, grant)).catch(() => undefined); // a screen hears of the next range
  });
  handle(services, "material.request", (unit, payload, from, signed) =>
    receive(services, unit, payload, from, signed),
  );
  services.jobs.register<{ request: string }>(
    expiryJob,
    async ({ request }) =>
      (unit) =>
        expire(unit, request),
  );
}

async function announceGiven(unit: Unit, grant: string): Promise<void> {
  const request = await requestOf(unit, grant);
  if (request) unit.announce({ topic: "material-request", id: request.id });
}

async function receive(
  services: DeskServices,
  unit: Unit,
  payload: PayloadOf<"material.request">,
  from: Member,
  { statement }: SignedStatement,
): Promise<void> {
  const { request: id, report: named, item: itemId, sha256, purpose } = payload;
  const before = await unit.get(requests, id);
  if (before?.from === from.id) return;
  if (before)
    throw new WardlineError("desks/request-id-taken", "The request id belongs to another request here.");
  const item = await services.casework.item(unit, itemId);
  const held = item?.report === named.id && item.digests.sha256 === sha256 && item.original !== undefined;
  const reference = held ? (await services.casework.report(unit, named.id)).reference : named.reference;
  const request: MaterialRequest = {
    id,
    from: from.id,
    report: named.id,
    reference,
    item: itemId,
    purpose,
    legalBasis: statement.legalBasis ?? "",
    received: unit.now,
    state: "waiting",
  };
  unit.record({
    kind: "material.requested",
    subject: [named.id, itemId],
    actor: from.id,
    detail: { request: id, member: from.id, purpose, legalBasis: request.legalBasis },
  });
  if (held) putRequest(unit, request);
  else await refuse(services, unit, request, "desks/not-held: this material is not held here.", "node");
}

/**
 * One custodian's approval; with the second the grant is made and told in the same unit.
 * @throws `accounts/second-person-needed`, `desks/request-ended`, `desks/stale-membership`, `desks/member-not-active`
 */
export async function approve(services: DeskServices, id: string, caller: Caller): Promise<MaterialRequest> {
  const { commit, vault, casework, approvals } = services;
  const { item: itemId } = await requireRequest(commit, id);
  const original = (await casework.item(commit, itemId))?.original;
  // Keys are read before the unit: inside it nothing waits for a file.
  const grantId = derivedId("grant", id);
  const sealed =
    original === undefined
      ? undefined
      : {
          original,
          key: hex(await vault.grantKey(original, grantId)),
          bytes: await vault.grantSize(original),
        };
  return commit.run(async (unit) => {
    const request = await requireRequest(unit, id);
    if (request.state === "granted" || request.state === "delivered") return request;
    checkOpen(request);
    checkMember(services, unit, request);
    if (!sealed) throw notHeld();
    const { approvals: given, complete } = await approvals.approve(unit, {
      purpose: grantPurpose,
      subject: id,
      caller,
    });
    const actor = `person:${caller.pseudonymFor(request.report)}`;
    const detail = { request: id, approvals: given.length, needed: approvals.needed };
    unit.record({ kind: "material.approved", subject: [request.report, itemId], actor, detail });
    unit.announce({ topic: "material-request", id });
    return complete ? grant(services, unit, request, { id: grantId, ...sealed }) : request;
  });
}

async function grant(
  services: DeskServices,
  unit: Unit,
  request: MaterialRequest,
  { id, original, key, bytes: sealedBytes }: { id: string; original: string; key: string; bytes: number },
): Promise<MaterialRequest> {
  const { federation, casework, jobs, settings } = services;
  const item = await casework.item(unit, request.item);
  if (!item) throw notHeld();
  const expires = unit.now + settings.hotline.grantLifetime;
  federation.material.offer(unit, { grant: id, item: original, to: request.from, expires });
  const { sha256 } = item.digests;
  const payload = {
    request: request.id,
    grant: id,
    item: item.id,
    sha256,
    bytes: item.bytes,
    sealedBytes,
    key,
    mime: item.mime,
    expires,
  };
  const { from: to, report, legalBasis } = request;
  await federation.say(unit, {
    type: "material.grant",
    to: [to],
    payload,
    legalBasis,
    matter: report,
    about: report,
  });
  jobs.schedule(unit, { kind: expiryJob, id: request.id, at: expires, payload: { request: request.id } });
  unit.record({
    kind: "material.granted",
    subject: [report, item.id],
    actor: "node",
    detail: { request: request.id, grant: id, member: to, expires },
  });
  return putRequest(unit, { ...request, state: "granted", grant: { id, expires, bytes: sealedBytes } });
}

/** A custodian's refusal, with its reason told to the requester. @throws `desks/request-ended` */
export async function refuseByPerson(
  services: DeskServices,
  unit: Unit,
  id: string,
  reason: string,
  caller: Caller,
): Promise<MaterialRequest> {
  const request = await requireRequest(unit, id);
  if (request.state === "refused") return request;
  checkOpen(request);
  return refuse(services, unit, request, reason, `person:${caller.pseudonymFor(request.report)}`);
}

async function refuse(
  services: DeskServices,
  unit: Unit,
  request: MaterialRequest,
  reason: string,
  actor: string,
): Promise<MaterialRequest> {
  const { id, report, item } = request;
  await sayRefused(services, unit, request, reason);
  unit.record({ kind: "material.refused", subject: [report, item], actor, detail: { request: id, reason } });
  return putRequest(unit, { ...request, state: "refused", reason });
}

/** A grant that ended before the requester said that the material arrived. */
async function expire(unit: Unit, id: string): Promise<void> {
  const request = await unit.get(requests, id);
  if (request?.state !== "granted") return;
  unit.record({
    kind: "material.expired",
    subject: [request.report, request.item],
    actor: "node",
    detail: { request: id },
  });
  putRequest(unit, { ...request, state: "expired" });
}

function checkOpen({ state }: MaterialRequest): void {
  if (state === "waiting") return;
  throw new WardlineError("desks/request-ended", `The request is ${state} already.`, {
    advice: "The requester can ask again.",
    details: { state },
  });
}

/** No material is granted on a stale roster: a suspension may be on its way. */
function checkMember({ federation }: DeskServices, unit: Unit, { from }: MaterialRequest): void {
  const trust = federation.trust();
  if (memberOf(trust, from)?.status !== "active")
    throw new WardlineError(
      "desks/member-not-active",
      "The requesting member is not active in the federation.",
      {
        advice: "Ask the secretariat; the request can be refused meanwhile.",
      },
    );
  if (freshnessOf(trust, unit.now) === "current") return;
  throw new WardlineError(
    "desks/stale-membership",
    "The membership files are not fresh, so no material is granted now.",
    {
      advice:
        "Connect to another member, or load a newer freshness file; the federation page says how old it is.",
    },
  );
}

const notHeld = () =>
  new WardlineError("desks/not-held", "The material of this item is no longer held here.", {
    advice: "Refuse the request with that reason.",
  });
