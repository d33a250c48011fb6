/** Statements that a hotline receives about reports, and what each changes here. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { PayloadOf } from "@wardline/protocol/statements";
import { member as memberOf, type Member } from "@wardline/protocol/roster";
import type { ActionKind } from "@wardline/protocol/vocabulary";
import { without, type Item, type Report } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import { handle, type DeskServices } from "../desk.ts";
import { noteDelivered } from "./requests.ts";
import { tellOrigin } from "./outgoing.ts";

export function registerIncoming(services: DeskServices): void {
  const { casework } = services;
  handle(services, "report.forward", async (unit, payload, from) => {
    const { report, isNew } = await casework.receiveReport(unit, from.id, payload);
    if (isNew) await tellOrigin(services, unit, report, { event: "accepted" });
  });
  handle(services, "assessment.share", (unit, payload, from) =>
    casework.receiveAssessments(unit, from.id, payload),
  );
  handle(services, "report.update", (unit, payload, from) => applyUpdate(services, unit, payload, from));
  handle(services, "notice.outcome", (unit, payload, from) => applyOutcome(services, unit, payload, from));
  handle(services, "lea.feedback", (unit, payload, from) => applyFeedback(services, unit, payload, from));
  handle(services, "icse.outcome", (unit, payload, from) => applyIcse(services, unit, payload, from));
}

async function applyUpdate(
  { casework }: DeskServices,
  unit: Unit,
  payload: PayloadOf<"report.update">,
  from: Member,
): Promise<void> {
  const report = await casework.report(unit, payload.report.id);
  casework.checkShared(report, from.id);
  const { event, items, at, detail } = payload;
  const theirs = payload.report.reference;
  unit.record({
    kind: "report.update",
    subject: [report.id],
    actor: from.id,
    detail: { member: from.id, event, theirs },
  });
  if (event === "reported-to-lea") {
    await casework.addAction(unit, report.id, items, { kind: "reported-to-lea", by: from.id, at });
    await setTimes(casework, unit, report.id, { leaTold: at });
  }
  if (event === "accepted")
    await casework.change(unit, report.id, (now) => ({
      ...now,
      route: { ...now.route, sentence: accepted(now.route?.sentence ?? "", from.name, theirs) },
    }));
  if (event === "closed" && report.state === "forwarded") {
    await casework.addFeedback(unit, report.id, {
      member: from.id,
      status: "closed",
      at,
      ...(detail !== undefined && { note: detail }),
    });
    await casework.change(unit, report.id, (now) => ({
      ...now,
      state: "closed",
      timestamps: { ...now.timestamps, closed: unit.now },
    }));
  }
}

/** Said once, however often the member says it. */
function accepted(sentence: string, by: string, reference: string): string {
  const words = `Accepted by ${by} as ${reference}.`;
  return sentence.includes(words) ? sentence : `${sentence} ${words}`.trim();
}

const actionOf: Partial<Record<PayloadOf<"notice.outcome">["outcome"], ActionKind>> = {
  notified: "reported-to-isp",
  removed: "removed",
  unavailable: "unavailable",
};

/** The hosting country's hotline says what became of the URLs. The report is removed with its last illegal item. */
async function applyOutcome(
  { casework }: DeskServices,
  unit: Unit,
  payload: PayloadOf<"notice.outcome">,
  from: Member,
): Promise<void> {
  const { outcome, items, at, noticeSentAt, firstOfflineAt } = payload;
  const report = await casework.report(unit, payload.report.id);
  casework.checkShared(report, from.id);
  if (report.route?.member !== from.id) throw notCompetent();
  const action = actionOf[outcome];
  if (action) await casework.addAction(unit, report.id, items, { kind: action, by: from.id, at });
  const online: Item["online"] = confirmsRemoval(payload) ? "offline" : "online";
  if (outcome !== "acknowledged")
    await casework.setOnline(unit, report.id, new Map(items.map((item) => [item, online])));
  await setTimes(casework, unit, report.id, {
    ...(noticeSentAt !== undefined && { noticeSent: noticeSentAt }),
    ...(firstOfflineAt !== undefined && { firstOffline: firstOfflineAt }),
    ...(outcome === "acknowledged" && { providerAcknowledged: at }),
  });
  await settleRemoval(casework, unit, report.id, payload);
  unit.record({
    kind: "notice.outcome",
    subject: [report.id],
    actor: from.id,
    detail: { member: from.id, outcome, items: items.length },
  });
}

/** Else whoever sent a report here could have it called removed before anybody was told. */
const notCompetent = () =>
  new WardlineError("desks/not-competent", "Another member deals with the notice for this report.");

/** `unavailable` with a confirmed time: gone before anybody was told. Without one: a site that only gives no answer. */
function confirmsRemoval({ outcome, confirmedOfflineAt }: PayloadOf<"notice.outcome">): boolean {
  return outcome === "removed" || (outcome === "unavailable" && confirmedOfflineAt !== undefined);
}

async function settleRemoval(
  casework: DeskServices["casework"],
  unit: Unit,
  id: string,
  payload: PayloadOf<"notice.outcome">,
): Promise<void> {
  const report = await casework.report(unit, id);
  const illegal = casework.illegal(report, await casework.itemsOf(unit, id));
  const gone = illegal.length > 0 && illegal.every((item) => item.online === "offline");
  if (gone && report.state !== "removed" && confirmsRemoval(payload)) {
    await casework.change(unit, id, (now) => ({
      ...now,
      state: "removed",
      timestamps: { ...now.timestamps, confirmedOffline: payload.confirmedOfflineAt ?? payload.at },
    }));
    unit.record({ kind: "report.removed", subject: [id], actor: "node", detail: {} });
  }
  if (!gone && report.state === "removed") {
    await casework.change(unit, id, (now) => ({
      ...now,
      state: "forwarded",
      timestamps: without(now.timestamps, "confirmedOffline"),
    }));
    unit.record({ kind: "report.reopened", subject: [id], actor: "node", detail: {} });
  }
}

/** Police may answer the finder too, whom they know from the escalation; nobody else learns that a report exists. */
async function applyFeedback(
  services: DeskServices,
  unit: Unit,
  payload: PayloadOf<"lea.feedback">,
  from: Member,
): Promise<void> {
  const { casework } = services;
  const { status, note, at, reference } = payload;
  const { id } = await casework.report(unit, payload.report.id);
  await checkConcerned(services, unit, id, from);
  await casework.addFeedback(unit, id, { member: from.id, status, at, ...(note !== undefined && { note }) });
  unit.record({
    kind: "lea.feedback",
    subject: [id],
    actor: from.id,
    detail: { member: from.id, status, ...(reference !== undefined && { theirs: reference }) },
  });
}

async function applyIcse(
  services: DeskServices,
  unit: Unit,
  payload: PayloadOf<"icse.outcome">,
  from: Member,
): Promise<void> {
  const { outcome, item, at, series } = payload;
  const { id } = await services.casework.report(unit, payload.report.id);
  await checkConcerned(services, unit, id, from);
  await services.casework.addFeedback(unit, id, {
    member: from.id,
    status: outcome,
    at,
    ...(series !== undefined && { note: `Series ${series}` }),
  });
  unit.record({
    kind: "icse.outcome",
    subject: [id, item],
    actor: from.id,
    detail: { member: from.id, outcome, item },
  });
  if (outcome === "material-verified") await noteDelivered(services, unit, from.id, item);
}

/** What tells a member of a report's items, so that it has something to answer. */
const telling: readonly string[] = ["lea.escalation", "icse.contribution", "report.forward"];

/** @throws `desks/not-concerned` */
async function checkConcerned(
  { federation }: DeskServices,
  unit: Unit,
  report: string,
  from: Member,
): Promise<void> {
  const told = (await federation.deliveriesAbout(unit, report)).filter(({ type }) => telling.includes(type));
  if (told.some(({ to }) => to === from.id)) return;
  // A hotline that got the report escalates it to police of its own country, and names its finder to them.
  const passedOn = told.some(({ type, to }) => {
    const hotline = type === "report.forward" ? memberOf(federation.trust(), to) : undefined;
    return hotline?.kind === "hotline" && hotline.country === from.country;
  });
  if (from.kind === "lea" && passedOn) return;
  throw notConcerned();
}

/** Else any member that came to know an id could put words into the history of a report. */
const notConcerned = () =>
  new WardlineError("desks/not-concerned", "This report was never told to the member that answers.");

/** Sets times that are not known yet: the first of each counts. */
async function setTimes(
  casework: DeskServices["casework"],
  unit: Unit,
  id: string,
  times: Partial<Report["timestamps"]>,
): Promise<void> {
  await casework.change(unit, id, (now) => ({ ...now, timestamps: { ...times, ...now.timestamps } }));
}
