/** A notice that a person sends through the contact's form: they say that they did, and under which number. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Caller } from "../accounts/index.ts";
import type { Context } from "./context.ts";
import { put } from "./enqueue.ts";
import { noSuchNotice } from "./present.ts";
import { notices } from "./records.ts";
import { recordSent } from "./sent.ts";

/**
 * From now on its URLs are watched like those of any notice. Said again it changes nothing.
 * @throws `takedown/no-such-notice`, `takedown/not-by-hand`
 */
export async function markSentByHand(
  context: Context,
  id: string,
  ticket: string | undefined,
  caller: Caller,
): Promise<void> {
  await context.commit.run(async (unit) => {
    const notice = await unit.get(notices, id);
    if (!notice) throw noSuchNotice();
    if (notice.way === "hand" && notice.state === "sent") return;
    if (notice.state !== "to-send")
      throw new WardlineError("takedown/not-by-hand", "This notice does not wait for a person to send it.", {
        advice: "Look at its state; a notice is written for a person once its grouping time is over.",
      });
    const told = new Set(notice.marked?.items);
    const looked = notice.targets
      .filter(({ item }) => told.has(item))
      .map((target) => ({ target, look: { result: "online", why: "same-content" } as const }));
    for (const report of notice.reports)
      unit.record({
        kind: "notice.sent-by-hand",
        subject: [report],
        actor: `person:${caller.pseudonymFor(report)}`,
        detail: { notice: id },
      });
    // It left now, not when it was written.
    const marked = { at: unit.now, items: [...told] };
    put(unit, { ...notice, marked, ...(ticket !== undefined && { ticket }) });
    await recordSent(context, unit, id, looked);
  });
}
