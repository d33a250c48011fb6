/**
 * The ladder: what follows when a notice did not help. The same contact again, as often as the settings say; then the next
 * step, whose contact a person approves before its first use; in the end a person must find another way.
 */
import { without } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import { isApproved } from "./approve.ts";
import { ask, type AskingReason } from "./cases.ts";
import { markUndeliverable, proposedContact } from "./contacts.ts";
import { sentAt, tell, type Context } from "./context.ts";
import { enqueue, openNotice } from "./enqueue.ts";
import { watches, type LadderStep, type Notice, type ReportWatch } from "./records.ts";
import { targetOf } from "./targets.ts";

/** Long after a notice, and still online: somebody is told again. Never while another notice about it has not left. */
export async function tellAgain(context: Context, unit: Unit, watch: ReportWatch): Promise<ReportWatch> {
  const { settings } = context;
  const { lastNotice, rounds, report, step, contact } = watch;
  const due = lastNotice !== undefined && unit.now - lastNotice >= settings.repeatAfter;
  if (!due || rounds === 0 || onlineItems(watch).length === 0) return watch;
  if ((await context.held(unit, report)) || (await openNotice(unit, report))) return watch;
  const { notices: most = 1 } = settings.ladder.find(({ to }) => to === step) ?? {};
  if (rounds < most && (await isApproved(unit, contact))) {
    await tellNow(context, unit, watch, { contact, step, round: rounds + 1 });
    return { ...watch, rounds: rounds + 1, lastNotice: unit.now };
  }
  return climb(context, unit, watch, "still-online");
}

/** The step after this one, if its contact was approved before; otherwise a person is asked. */
async function climb(
  context: Context,
  unit: Unit,
  watch: ReportWatch,
  why: AskingReason,
): Promise<ReportWatch> {
  const next = nextStep(context, watch.step);
  if (next === undefined) return askAPerson(context, unit, watch, "exhausted", watch.step);
  return tryStep(context, unit, watch, next, why);
}

async function tryStep(
  context: Context,
  unit: Unit,
  watch: ReportWatch,
  step: LadderStep,
  why: AskingReason,
): Promise<ReportWatch> {
  const { hosting } = await context.casework.report(unit, watch.report);
  const proposed = await proposedContact(context, unit, hosting ?? watch.hosting, step);
  if (!proposed?.approved) return askAPerson(context, unit, watch, why, step);
  await tellNow(context, unit, watch, { contact: proposed.address, step, round: 1 });
  return { ...watch, lastNotice: unit.now };
}

function nextStep({ settings }: Context, step: LadderStep): LadderStep | undefined {
  const steps = settings.ladder.map(({ to }) => to);
  return steps[steps.indexOf(step) + 1];
}

/**
 * Nothing reaches the contact of this notice: it is not used again until a person approves it anew. Another contact of
 * the same step is proposed, else the next step.
 */
export async function nobodyThere(
  context: Context,
  unit: Unit,
  notice: Notice,
  status: string,
): Promise<void> {
  await markUndeliverable(unit, notice.contact, status);
  for (const report of notice.reports) {
    const watch = await unit.get(watches, report);
    const { hosting, state } = await context.casework.report(unit, report);
    if (watch?.contact !== notice.contact || (state !== "notified" && state !== "to-notify")) continue;
    if (onlineItems(watch).length === 0 || (await openNotice(unit, report))) continue;
    const another = await proposedContact(context, unit, hosting ?? watch.hosting, notice.step);
    const step = another ? notice.step : nextStep(context, notice.step);
    const after = step
      ? await tryStep(context, unit, watch, step, "undeliverable")
      : await askAPerson(context, unit, watch, "exhausted", notice.step);
    unit.put(watches, [report], after);
  }
}

const onlineItems = ({ targets }: ReportWatch): string[] =>
  targets.filter(({ watch }) => watch.state === "online").map(({ item }) => item);

async function tellNow(
  context: Context,
  unit: Unit,
  watch: ReportWatch,
  to: { contact: string; step: LadderStep; round: number },
): Promise<void> {
  const { casework } = context;
  const current = await casework.report(unit, watch.report);
  const online = onlineItems(watch);
  const items = (await casework.itemsOf(unit, watch.report)).filter((item) => online.includes(item.id));
  await enqueue(context, unit, { ...to, targets: items.map((item) => targetOf(current, item)) });
}

const sentences: Record<AskingReason, (watch: ReportWatch) => string> = {
  first: () => "A contact must be approved.",
  "still-online": ({ rounds }) => `Still online after ${rounds} notices: another contact must be approved.`,
  undeliverable: () => "Nothing reaches the contact: another contact must be approved.",
  failed: () => "The notice could not be sent: another contact must be approved.",
  exhausted: ({ rounds }) =>
    `Still online after ${rounds} notices, and nobody is left to be told: another contact must be approved, or another way found.`,
};

/** Said once: after that only the looks go on. */
async function askAPerson(
  context: Context,
  unit: Unit,
  watch: ReportWatch,
  why: AskingReason,
  step: LadderStep,
): Promise<ReportWatch> {
  const { report } = watch;
  await ask(unit, report, why, step);
  await context.casework.change(unit, report, (now) => ({
    ...now,
    state: "to-notify",
    route: { ...now.route, sentence: sentences[why](watch) },
  }));
  await tell(context, unit, { report, items: onlineItems(watch), outcome: "still-online", ...sentAt(watch) });
  return without(watch, "lastNotice");
}
