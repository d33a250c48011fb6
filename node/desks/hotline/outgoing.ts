/** What follows from an assessment: the competent hotline, national police and INTERPOL are told, in the same unit. */
import { member as memberOf } from "@wardline/protocol/roster";
import { without, type Assessment, type Item, type Report } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import type { Competence } from "../../jurisdiction/index.ts";
import { defineCollection } from "../../store/index.ts";
import type { NoticeOutcome } from "../../takedown/index.ts";
import { activeMembers, type DeskServices } from "../desk.ts";
import { referenceOf, sayWithItems } from "./telling.ts";

/** Items that were offered to INTERPOL, so that completing a report again offers nothing twice. */
const contributed = defineCollection<{ at: number }>("hotline.contributed", {});

/** A report with illegal items has found its competent member. */
export async function passOn(
  services: DeskServices,
  unit: Unit,
  report: Report,
  all: Item[],
  decision: Competence,
): Promise<void> {
  const { federation, casework } = services;
  if (decision.member === federation.self.id) await escalate(services, unit, report, all);
  // A report that came from another member is never passed on by itself: two rosters that differ must not play ping-pong.
  else if (decision.member !== undefined && report.source !== "member")
    await sendAbroad(services, unit, report, all, decision.member);
  if (report.source !== "member")
    await contribute(services, unit, await casework.report(unit, report.id), all);
}

/** Hosted here: police of this country learn of the baseline items, once each. */
async function escalate(
  services: DeskServices,
  unit: Unit,
  report: Report,
  all: readonly Item[],
): Promise<void> {
  const { casework, federation, settings } = services;
  const police = activeMembers(services, "lea").find((one) => one.country === federation.self.country);
  if (settings.hotline.escalate !== "automatic" || !police) return;
  const actionable = await casework.actionable(unit, report, all);
  const fresh = actionable.filter(
    (item) =>
      casework.agreed(report, item)?.verdict === "baseline" &&
      !item.actions.some(({ kind }) => kind === "reported-to-lea"),
  );
  if (fresh.length > 0) await tellPolice(services, unit, report, fresh, police.id);
}

async function tellPolice(
  services: DeskServices,
  unit: Unit,
  report: Report,
  items: readonly Item[],
  police: string,
): Promise<void> {
  const { casework, federation } = services;
  const { origin } = report;
  const more = {
    urgency: "routine" as const,
    ...(origin && { origin: { member: origin.member, reference: origin.reference, report: report.id } }),
    ...(report.note !== undefined && { note: report.note }),
  };
  await sayWithItems(services, unit, { type: "lea.escalation", to: police, report, items, more });
  const ids = items.map((item) => item.id);
  const name = casework.label(police).name;
  await casework.addAction(unit, report.id, ids, {
    kind: "reported-to-lea",
    by: federation.self.id,
    at: unit.now,
    detail: name,
  });
  await casework.change(unit, report.id, (now) => ({
    ...now,
    timestamps: { ...now.timestamps, leaTold: now.timestamps.leaTold ?? unit.now },
  }));
  unit.record({
    kind: "action.reported-to-lea",
    subject: [report.id, ...ids],
    actor: "node",
    detail: { member: police, items: ids.length },
  });
  await tellOrigin(services, unit, report, { event: "reported-to-lea", items: ids });
}

/** Hosted abroad: the competent hotline gets the report; without one, that country's police, or INTERPOL. */
async function sendAbroad(
  services: DeskServices,
  unit: Unit,
  report: Report,
  all: readonly Item[],
  to: string,
): Promise<void> {
  const { casework, federation } = services;
  const kind = memberOf(federation.trust(), to)?.kind;
  const items = kind === "lea" ? await casework.actionable(unit, report, all) : casework.illegal(report, all);
  if (items.length === 0) return;
  if (kind === "lea") await tellPolice(services, unit, report, items, to);
  else await forward(services, unit, report, items, to);
  await casework.change(unit, report.id, (now) => ({
    ...now,
    state: "forwarded",
    timestamps: { ...now.timestamps, forwarded: unit.now },
  }));
}

async function forward(
  services: DeskServices,
  unit: Unit,
  report: Report,
  items: readonly Item[],
  to: string,
): Promise<void> {
  const { timestamps, note } = report;
  const more = {
    receivedAt: timestamps.received,
    capturedAt: timestamps.captured ?? timestamps.received,
    ...(note !== undefined && { note }),
  };
  await sayWithItems(services, unit, { type: "report.forward", to, report, items, more });
}

/** Baseline and national items whose material is here are offered to INTERPOL; only hashes and verdicts travel. */
async function contribute(
  services: DeskServices,
  unit: Unit,
  report: Report,
  all: readonly Item[],
): Promise<void> {
  const { casework, settings } = services;
  const [interpol] = activeMembers(services, "interpol");
  if (settings.hotline.contribute !== "automatic" || !interpol) return;
  const items: Item[] = [];
  for (const item of casework.illegal(report, all)) {
    if (item.original === undefined || (await unit.has(contributed, report.id, item.id))) continue;
    unit.put(contributed, [report.id, item.id], { at: unit.now });
    items.push(item);
  }
  if (items.length === 0) return;
  await sayWithItems(services, unit, { type: "icse.contribution", to: interpol.id, report, items, more: {} });
  const detail = { member: interpol.id, items: items.length };
  unit.record({ kind: "icse.contributed", subject: [report.id], actor: "node", detail });
}

/** Our verdicts on a report that is shared: its origin, or the member that it was forwarded to, learns of them. */
export async function shareVerdicts(
  { federation }: DeskServices,
  unit: Unit,
  report: Report,
  given: readonly { item: Item; assessment: Assessment }[],
): Promise<void> {
  const to = report.origin?.member ?? (report.state === "forwarded" ? report.route?.member : undefined);
  if (to === undefined || to === federation.self.id || given.length === 0) return;
  const assessments = given.map(({ item, assessment }) => ({
    item: item.id,
    sha256: item.digests.sha256,
    assessment,
  }));
  for (let at = 0; at < assessments.length; at += 200) {
    const payload = { report: referenceOf(report), assessments: assessments.slice(at, at + 200) };
    await federation.say(unit, {
      type: "assessment.share",
      to: [to],
      payload,
      matter: report.id,
      about: report.id,
    });
  }
}

/** A word to the member that sent the report, when one did. */
export async function tellOrigin(
  { federation }: DeskServices,
  unit: Unit,
  report: Report,
  update: { event: "accepted" | "reported-to-lea" | "moved" | "closed"; items?: string[]; detail?: string },
): Promise<void> {
  if (!report.origin) return;
  const { items = [], event, detail } = update;
  const payload = {
    report: referenceOf(report),
    event,
    items: items.slice(0, 500),
    at: unit.now,
    ...(detail !== undefined && { detail }),
  };
  await federation.say(unit, {
    type: "report.update",
    to: [report.origin.member],
    payload,
    matter: report.id,
    about: report.id,
  });
}

/** What became of the notice and the URLs, told to the member that sent the report. */
export async function tellOutcome(
  { federation, casework }: DeskServices,
  unit: Unit,
  outcome: NoticeOutcome,
): Promise<void> {
  const report = await casework.report(unit, outcome.report);
  if (!report.origin) return;
  const { items } = outcome;
  const rest = without(outcome, "report", "items");
  for (let at = 0; at < items.length; at += 500) {
    const payload = { report: referenceOf(report), items: items.slice(at, at + 500), ...rest, at: unit.now };
    await federation.say(unit, {
      type: "notice.outcome",
      to: [report.origin.member],
      payload,
      matter: report.id,
      about: report.id,
    });
  }
}
