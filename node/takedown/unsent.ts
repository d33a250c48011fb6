/** What becomes of a notice that did not leave by itself: nothing was there to tell, it was refused, or a person sends it. */
import type { Unit } from "../commit/index.ts";
import { ask } from "./cases.ts";
import type { Context } from "./context.ts";
import { put } from "./enqueue.ts";
import type { Looked } from "./looking.ts";
import { notices } from "./records.ts";
import { recordSent, startWatch } from "./sent.ts";
import type { Moved } from "./tracing.ts";

/** All gone or moved. After a crash while sending it means that the notice had arrived and was acted on. */
export async function nothingToSend(
  context: Context,
  unit: Unit,
  id: string,
  looked: readonly Looked[],
  moved: readonly Moved[],
): Promise<void> {
  const notice = await unit.get(notices, id);
  if (!notice) return;
  if (notice.state === "sending") return recordSent(context, unit, id, looked);
  const reason =
    looked.length > 0
      ? "nothing of it was found online just before sending."
      : "its host has changed, its report was closed, or nothing of it is held to be illegal any more.";
  const { casework } = context;
  put(unit, { ...notice, state: "cancelled", reason });
  for (const report of new Set(looked.map(({ target }) => target.report))) {
    unit.record({
      kind: "notice.cancelled",
      subject: [report],
      actor: "node",
      detail: { notice: id, reason },
    });
    await casework.change(unit, report, (now) => ({
      ...now,
      route: {
        ...now.route,
        sentence: "Not found online just before the notice; looked at again until that is sure.",
      },
    }));
    await startWatch(context, unit, notice, report, looked);
  }
  await reroute(context, unit, moved);
}

/** Written and checked: it waits for a person, who sends it through the contact's form. */
export async function leaveToPerson(
  context: Context,
  unit: Unit,
  id: string,
  moved: readonly Moved[],
): Promise<void> {
  const notice = await unit.get(notices, id);
  if (!notice) return;
  put(unit, { ...notice, state: "to-send" });
  for (const report of notice.reports)
    await context.casework.change(unit, report, (now) => ({
      ...now,
      route: {
        ...now.route,
        sentence: "Written: a person sends it through the contact's form, and says so.",
      },
    }));
  await reroute(context, unit, moved);
}

const sentences: Record<string, string> = {
  "takedown/cannot-compose":
    "The notice could not be written: check the hosting and the sender's settings, and approve again.",
  "takedown/api-refused":
    "The provider's interface refused the notice: check its settings, or approve another contact.",
  "takedown/api-deferred":
    "The provider's interface did not take the notice: check its settings, or approve another contact.",
};
const unsent =
  "The mail server refused or did not take the notice: check it and the contact, and approve again.";

/** It cannot be written, or whoever takes it said no for good or not yes for long: a person looks, and approves again. */
export async function refused(context: Context, unit: Unit, id: string, code: string): Promise<void> {
  const notice = await unit.get(notices, id);
  if (!notice) return;
  put(unit, { ...notice, state: "failed", reason: code });
  for (const report of notice.reports) {
    unit.record({ kind: "notice.failed", subject: [report], actor: "node", detail: { notice: id, code } });
    await ask(unit, report, "failed", notice.step);
    await context.casework.change(unit, report, (now) => ({
      ...now,
      state: "to-notify",
      route: { ...now.route, sentence: sentences[code] ?? unsent },
    }));
  }
}

export async function reroute(context: Context, unit: Unit, moved: readonly Moved[]): Promise<void> {
  for (const { report, hosting } of moved) await context.casework.traced(unit, report, hosting);
}
