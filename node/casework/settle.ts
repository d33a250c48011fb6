/** Where a report goes once its items have verdicts: closed, to a notice here, or on to the competent member. */
import type { Unit } from "../commit/index.ts";
import type { Reader } from "../store/index.ts";
import { isIllegalIn, type Subject } from "../jurisdiction/index.ts";
import { competence, lawHere, voicesFor, type Context } from "./context.ts";
import { retraceJob } from "./hosting/records.ts";
import { independentlySeen } from "./matching.ts";
import { putItem, putReport } from "./reading.ts";
import { reports, type Item, type Report } from "./records.ts";
import { agreedVerdict, mayAct } from "./rules.ts";

/** Items whose agreed verdict is baseline or national. */
export function illegalItems(context: Context, report: Report, all: readonly Item[]): Item[] {
  const voices = voicesFor(context, report);
  return all.filter(
    (item) => (agreedVerdict(item.assessments, voices)?.verdict ?? "not-illegal") !== "not-illegal",
  );
}

/** The illegal items that this organisation may act on, by the law that is applied here and the rule `mayAct`. */
export async function actionableItems(
  context: Context,
  reader: Reader,
  report: Report,
  all: readonly Item[],
): Promise<Item[]> {
  const actionable: Item[] = [];
  for (const item of illegalItems(context, report, all)) {
    if (!isIllegalHere(context, report, item)) continue;
    const authority = mayAct(item.assessments, {
      self: context.self.id,
      toldBy: report.origin?.member,
      needs: context.settings.actingNeedsMembers,
      independentlySeenBy: await independentlySeen(context, reader, item.digests.sha256),
    });
    if (authority) actionable.push(item);
  }
  return actionable;
}

function isIllegalHere(context: Context, report: Report, item: Item): boolean {
  const verdict = agreedVerdict(item.assessments, voicesFor(context, report))?.verdict ?? "not-illegal";
  const same = counting(item).filter((one) => one.verdict === verdict);
  return isIllegalIn(lawHere(context), {
    verdict,
    facts: same.map(({ facts }) => facts),
    judgedHere: same.some(({ author, basis }) => author === context.self.id && basis === "seen"),
  });
}

const counting = (item: Item) => item.assessments.filter((one) => !one.withdrawn);

/** Verdicts that call something illegal, and the flags of what they call so. */
function subjectOf(all: readonly Item[]): Subject {
  const illegal = all.flatMap(counting).filter(({ verdict }) => verdict !== "not-illegal");
  return {
    verdicts: [...new Set(illegal.map(({ verdict }) => verdict))],
    flags: [...new Set(illegal.flatMap(({ facts }) => facts.flags))],
  };
}

/** Records the outcome of the assessment and routes the report; tells those who act on it in the same unit. */
export async function settle(
  context: Context,
  unit: Unit,
  report: Report,
  all: Item[],
  actor: string,
): Promise<Report> {
  const illegal = illegalItems(context, report, all);
  const assessable = all.filter((item) => item.state !== "refused").length;
  const detail = { illegal: illegal.length, legal: assessable - illegal.length };
  unit.record({ kind: "report.assessed", subject: [report.id], actor, detail });
  const ended = markNotIllegal(context, unit, all, illegal);
  if (illegal.length === 0)
    return closeAsLegal(context, unit, { ...report, actions: [...report.actions, ...ended] });
  return route(context, unit, report, all);
}

/** "Not illegal" ends an item. */
function markNotIllegal({ self }: Context, unit: Unit, all: Item[], illegal: readonly Item[]) {
  const action = { kind: "not-illegal", by: self.id, at: unit.now } as const;
  for (const [index, item] of all.entries()) {
    if (illegal.includes(item) || item.state === "refused" || item.assessments.length === 0) continue;
    if (item.actions.some(({ kind }) => kind === "not-illegal")) continue;
    all[index] = putItem(unit, { ...item, actions: [...item.actions, action] });
  }
  return illegal.length === 0 ? [action] : [];
}

async function closeAsLegal(context: Context, unit: Unit, report: Report): Promise<Report> {
  const reason = "nothing on it is illegal.";
  const closed = putReport(unit, {
    ...report,
    state: "closed",
    timestamps: { ...report.timestamps, closed: unit.now },
  });
  unit.record({ kind: "report.closed", subject: [report.id], actor: "node", detail: { reason } });
  for (const tell of context.handlers.closed) await tell(unit, closed, reason);
  return closed;
}

/** Decides by the hosting country who deals with the report; also used again when the host has changed. */
export async function route(context: Context, unit: Unit, report: Report, all: Item[]): Promise<Report> {
  const subject = subjectOf(all);
  const decision = competence(context, { ...report, subject });
  const { member, sentence, said } = decision;
  const here = member === context.self.id;
  const routed = putReport(unit, {
    ...report,
    subject,
    state: here ? "to-notify" : "classified",
    route: { ...(member !== undefined && { member }), sentence, decision: said },
  });
  if (decision.by === "lookup-failed")
    context.jobs.schedule(unit, {
      kind: retraceJob,
      id: report.id,
      at: unit.now + context.settings.retraceAfter,
      payload: { report: report.id },
    });
  unit.record({
    kind: "report.routed",
    subject: [report.id],
    actor: "node",
    detail: { sentence, by: decision.by },
  });
  for (const tell of context.handlers.classified) await tell(unit, routed, all, decision);
  return (await unit.get(reports, report.id)) ?? routed;
}
