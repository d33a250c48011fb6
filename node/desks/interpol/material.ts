/**
 * Asking a member for material, and taking it in: the grant becomes a durable job, which fetches range by range, goes on
 * after any stop, and says "verified" in the same unit that records the file.
 */
import { isWardlineError, unhex, WardlineError } from "@wardline/protocol/encoding";
import type { PayloadOf } from "@wardline/protocol/statements";
import type { Member } from "@wardline/protocol/roster";
import type { Caller } from "../../accounts/index.ts";
import { newId } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import type { Completion, JobRun } from "../../jobs/index.ts";
import type { DeskServices } from "../desk.ts";
import { contributionsOf, putFile, requests, requireFile, type Request } from "./records.ts";

export const transferJob = "interpol.transfer";

/** How far running transfers are, by SHA-256. Worth nothing after a restart. */
export type Transfers = Map<string, { received: number; total: number }>;

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

/** A grant for what was asked, by whom it was asked of; then its transfer is a job. @throws `desks/unknown-request` */
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
  services.jobs.schedule(unit, { kind: transferJob, id: request.id, payload: { request: request.id } });
  unit.record({
    kind: "material.granted",
    subject: [request.report.id, request.item],
    actor: from.id,
    detail: { request: request.id, member: services.federation.self.id },
  });
}

export async function receiveRefusal(
  unit: Unit,
  { request: id, reason }: PayloadOf<"material.refuse">,
  from: Member,
): Promise<void> {
  const request = await asked(unit, id, from);
  if (request.state !== "requested") return;
  end(unit, request, "refused", reason, from.id);
}

async function asked(unit: Unit, id: string, from: Member): Promise<Request> {
  const request = await unit.get(requests, id);
  if (request?.member === from.id) return request;
  throw unknownRequest();
}

const unknownRequest = () =>
  new WardlineError("desks/unknown-request", "No such material was asked of this member.");

function end(unit: Unit, request: Request, state: "refused" | "ended", reason: string, actor: string): void {
  putRequest(unit, { ...request, state, reason });
  const { id, report, item, member } = request;
  const detail = state === "refused" ? { request: id, member, reason } : { request: id, reason };
  unit.record({
    kind: state === "refused" ? "material.refused" : "material.expired",
    subject: [report.id, item],
    actor,
    detail,
  });
}

/** Fetches what was granted. An interruption tries again until the grant ends; a refusal or wrong bytes end it. */
export async function transfer(
  services: DeskServices,
  transfers: Transfers,
  id: string,
  { signal }: JobRun,
): Promise<Completion | void> {
  const { commit, clock } = services;
  const request = await commit.get(requests, id);
  const grant = request?.grant;
  if (request?.state !== "granted" || !grant) return undefined;
  if (grant.expires <= clock.now())
    return ending(id, "The grant ended before the material was fetched; ask again.");
  try {
    const material = await fetchGranted(services, transfers, request, grant, signal);
    return (unit) => arrived(services, unit, id, material);
  } catch (error) {
    signal.throwIfAborted();
    if (isWardlineError(error) && isFinal(error.code)) return ending(id, `${error.code}: ${error.message}`);
    throw error;
  } finally {
    transfers.delete(request.sha256);
  }
}

/** What another attempt would meet again. */
const isFinal = (code: string) =>
  [
    "vault/bad-grant",
    "vault/hash-mismatch",
    "vault/too-large",
    "material/unknown-grant",
    "material/grant-expired",
    "material/not-yours",
  ].includes(code);

async function fetchGranted(
  { vault, federation }: DeskServices,
  transfers: Transfers,
  request: Request,
  grant: PayloadOf<"material.grant">,
  signal: AbortSignal,
): Promise<string> {
  const { sha256, bytes, sealedBytes } = grant;
  const granted = { id: grant.grant, key: unhex(grant.key), sha256, bytes, sealedBytes };
  const receiving = await vault.receive(granted);
  const onProgress = (received: number) =>
    void transfers.set(request.sha256, { received, total: sealedBytes });
  onProgress(receiving.received);
  if (receiving.received < sealedBytes)
    await federation.material.fetch(request.member, granted, receiving, { signal, onProgress });
  return (await receiving.finish()).id;
}

const ending =
  (id: string, reason: string): Completion =>
  async (unit) => {
    const request = await unit.get(requests, id);
    if (request?.state === "granted") end(unit, request, "ended", reason, "node");
  };

/** The bytes are in the vault and have the granted hash: recorded and told to the granting member. */
async function arrived(
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

/** The job was given up after its last attempt. */
export const gaveUp = (unit: Unit, id: string): Promise<void> | void =>
  ending(id, "The material could not be fetched; ask again when the member is reachable.")(unit);
