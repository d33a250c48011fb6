/**
 * Asking a member for material, and taking it in: the grant becomes a transfer, which goes on after any stop; "verified"
 * is said in the same unit that records the file.
 */
import { unhex, WardlineError } from "@wardline/protocol/encoding";
import type { PayloadOf } from "@wardline/protocol/statements";
import type { Member } from "@wardline/protocol/roster";
import type { Caller } from "../../accounts/index.ts";
import { newId } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import type { DeskServices } from "../desk.ts";
import { contributionsOf, putFile, requests, requireFile, type Request } from "./records.ts";

export interface Asked {
  member: string;
  purpose: string;
  legalBasis: string;
}

/**
 * Asks one contributor for the material. While a request for the file is open, asking again answers with that one.
 * @throws `desks/not-a-contributor`, `desks/not-held`, `desks/already-held`
 */
export async function requestMaterial(
  services: DeskServices,
  unit: Unit,
  sha256: string,
  asked: Asked,
  caller: Caller,
): Promise<Request> {
  const file = await requireFile(unit, sha256);
  const open = file.request === undefined ? undefined : await unit.get(requests, file.request);
  if (open && (open.state === "requested" || open.state === "granted")) return open;
  if (file.material !== undefined)
    throw new WardlineError("desks/already-held", "The material of this file is here and verified.", {
      advice: "Use what is here.",
    });
  const { report, item } = await holder(unit, sha256, asked.member);
  const { member, purpose, legalBasis } = asked;
  const id = newId(services.random);
  const payload = { request: id, report, item, sha256, purpose };
  await services.federation.say(unit, {
    type: "material.request",
    to: [member],
    payload,
    legalBasis,
    matter: report.id,
    about: report.id,
  });
  const actor = `person:${caller.pseudonymFor(report.id)}`;
  unit.record({
    kind: "material.requested",
    subject: [report.id, item],
    actor,
    detail: { request: id, purpose, legalBasis },
  });
  putFile(unit, { ...file, request: id });
  return putRequest(unit, {
    id,
    sha256,
    member,
    report,
    item,
    purpose,
    legalBasis,
    at: unit.now,
    state: "requested",
  });
}

async function holder(unit: Unit, sha256: string, member: string) {
  const theirs = (await contributionsOf(unit, sha256)).filter((one) => one.member === member);
  const held = theirs.find((one) => one.held);
  if (held) return held;
  const code = theirs.length > 0 ? "desks/not-held" : "desks/not-a-contributor";
  const message =
    theirs.length > 0 ? "This member has not kept the material." : "This member has not offered the file.";
  throw new WardlineError(code, message, { advice: "Ask a contributor that is marked as holding it." });
}

const putRequest = (unit: Unit, request: Request): Request => {
  unit.put(requests, [request.id], request);
  unit.announce({ topic: "contribution", id: request.sha256 });
  return request;
};

/** A grant for what was asked, by whom it was asked of; then it is fetched. @throws `desks/unknown-request` */
export async function receiveGrant(
  services: DeskServices,
  unit: Unit,
  grant: PayloadOf<"material.grant">,
  from: Member,
): Promise<void> {
  const request = await asked(unit, grant.request, from);
  const fits = grant.item === request.item && grant.sha256 === request.sha256;
  if (!fits) throw unknownRequest();
  if (request.state !== "requested") return;
  putRequest(unit, { ...request, state: "granted", grant });
  const { grant: id, key, sha256, bytes, sealedBytes, expires } = grant;
  services.federation.material.transfers.begin(unit, {
    id: request.id,
    from: from.id,
    grant: { id, key: unhex(key), sha256, bytes, sealedBytes },
    expires,
  });
  unit.record({
    kind: "material.granted",
    subject: [request.report.id, request.item],
    actor: from.id,
    detail: { request: request.id, member: services.federation.self.id },
  });
}

/** A refusal; of what was granted already, that the grant is withdrawn. */
export async function receiveRefusal(
  { federation }: DeskServices,
  unit: Unit,
  { request: id, reason }: PayloadOf<"material.refuse">,
  from: Member,
): Promise<void> {
  const request = await asked(unit, id, from);
  if (request.state === "granted" || request.state === "ended") {
    await federation.material.transfers.cancel(unit, id);
    end(unit, request, "refused", reason, { kind: "material.withdrawn", actor: from.id });
  } else if (request.state === "requested") {
    end(unit, request, "refused", reason, { kind: "material.refused", actor: from.id });
  }
}

async function asked(unit: Unit, id: string, from: Member): Promise<Request> {
  const request = await unit.get(requests, id);
  if (request?.member === from.id) return request;
  throw unknownRequest();
}

const unknownRequest = () =>
  new WardlineError("desks/unknown-request", "No such material was asked of this member.");

function end(
  unit: Unit,
  request: Request,
  state: "refused" | "ended" | "cancelled",
  reason: string,
  { kind, actor }: { kind: string; actor: string },
): void {
  putRequest(unit, { ...request, state, reason });
  const { id, report, item, member } = request;
  const detail = { request: id, reason, ...(state === "refused" && { member }) };
  unit.record({ kind, subject: [report.id, item], actor, detail });
}

/**
 * A person needs the material no longer: what has come is dropped, and the holder is told.
 * @throws `desks/nothing-to-cancel`
 */
export async function cancelRequest(
  { federation }: DeskServices,
  unit: Unit,
  sha256: string,
  caller: Caller,
): Promise<void> {
  const request = await openRequest(unit, sha256);
  const { id, item, member, report } = request;
  await federation.material.transfers.cancel(unit, id);
  const payload = { request: id, item };
  const say = {
    type: "material.cancel",
    to: [member],
    payload,
    matter: report.id,
    about: report.id,
  } as const;
  await federation.say(unit, say);
  const actor = `person:${caller.pseudonymFor(report.id)}`;
  end(unit, request, "cancelled", "Cancelled here.", { kind: "material.cancelled", actor });
}

/** A person lets the transfer rest, or go on. @throws `desks/nothing-to-cancel` */
export async function setTransfer(
  { federation }: DeskServices,
  unit: Unit,
  sha256: string,
  what: "pause" | "resume",
): Promise<void> {
  const { id } = await openRequest(unit, sha256);
  await federation.material.transfers[what](unit, id);
}

async function openRequest(unit: Unit, sha256: string): Promise<Request> {
  const { request: id } = await requireFile(unit, sha256);
  const request = id === undefined ? undefined : await unit.get(requests, id);
  if (request?.state === "requested" || request?.state === "granted") return request;
  throw new WardlineError("desks/nothing-to-cancel", "No material of this file is asked for or on its way.", {
    advice: "Look at the file again; it may have arrived meanwhile.",
  });
}

/** The bytes are in the vault and have the granted hash: recorded and told to the granting member. */
export async function arrived(
  { federation }: DeskServices,
  unit: Unit,
  id: string,
  material: string,
): Promise<void> {
  const request = await unit.get(requests, id);
  if (request?.state !== "granted") return;
  const { report, item, member, sha256, grant } = request;
  putRequest(unit, { ...request, state: "verified" });
  putFile(unit, { ...(await requireFile(unit, sha256)), material });
  const payload = { report, item, outcome: "material-verified" as const, at: unit.now };
  await federation.say(unit, {
    type: "icse.outcome",
    to: [member],
    payload,
    matter: report.id,
    about: report.id,
  });
  unit.record({
    kind: "material.verified",
    subject: [report.id, item],
    actor: "node",
    detail: { request: id, bytes: grant?.bytes ?? 0 },
  });
}

/** What people read when a transfer ended without the material. */
const endings: Readonly<Record<string, string>> = {
  "material/grant-expired": "The grant ended before the material was fetched; ask again.",
  "material/grant-withdrawn": "The holder withdrew the grant.",
  "material/unknown-grant": "The holder has no such grant any more; ask again.",
  "vault/bad-grant": "The grant's hash and lengths do not fit together; ask the holder to grant it again.",
  "vault/hash-mismatch":
    "What arrived is not the granted file, and nothing was kept; ask the holder to check it.",
  "vault/too-large": "The file is larger than this node takes (setting vault.itemLimit).",
};

export async function ended(unit: Unit, id: string, code: string): Promise<void> {
  const request = await unit.get(requests, id);
  if (request?.state !== "granted") return;
  const reason = endings[code] ?? `The holder kept giving something else than the granted file (${code}).`;
  end(unit, request, "ended", reason, { kind: "material.expired", actor: "node" });
}

/** Screens that show the file look again. */
export async function changed(unit: Unit, id: string): Promise<void> {
  const request = await unit.get(requests, id);
  if (request) unit.announce({ topic: "contribution", id: request.sha256 });
}
