/** What follows when a notice did not help: the same contact again, then somebody else. */
import { without } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import { enqueue, targetOf } from "./approve.ts";
import { sentAt, tell, type Context } from "./context.ts";
import type { ReportWatch } from "./records.ts";

/** Still online long after a notice: the same contact is told again, up to the configured number of times. */
export async function tellAgain(context: Context, unit: Unit, watch: ReportWatch): Promise<ReportWatch> {
  const { settings, casework } = context;
  const { lastNotice, rounds, report } = watch;
  const online = new Set(
    watch.targets.filter((target) => target.watch.state === "online").map(({ item }) => item),
  );
  const due = lastNotice !== undefined && unit.now - lastNotice >= settings.repeatAfter;
  if (!due || online.size === 0 || rounds === 0) return watch;
  if (rounds >= settings.rounds) return askAPerson(context, unit, watch, [...online]);
  const current = await casework.report(unit, report);
  const items = (await casework.itemsOf(unit, report)).filter((item) => online.has(item.id));
  await enqueue(context, unit, {
    contact: watch.contact,
    round: rounds + 1,
    targets: items.map((item) => targetOf(current, item)),
  });
  return { ...watch, rounds: rounds + 1, lastNotice: unit.now };
}

/** The contact was told as often as is useful. Said once: after that only the looks go on. */
async function askAPerson(
  context: Context,
  unit: Unit,
  watch: ReportWatch,
  items: string[],
): Promise<ReportWatch> {
  await context.casework.change(unit, watch.report, (now) => ({
    ...now,
    state: "to-notify",
    route: {
      ...now.route,
      sentence: `Still online after ${watch.rounds} notices: another contact must be approved.`,
    },
  }));
  await tell(context, unit, { report: watch.report, items, outcome: "still-online", ...sentAt(watch) });
  return without(watch, "lastNotice");
}
