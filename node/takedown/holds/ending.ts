/** The end of a hold: released by its owner, or over by itself. What waited is let go, report by report. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Unit } from "../../commit/index.ts";
import type { Context } from "../context.ts";
import { heldOf } from "./cost.ts";
import { releaseHeld, withdrawReport } from "./gate.ts";
import { holdJob, helds, holds, type Hold, type HoldOutcome } from "./records.ts";
import { tellOwner } from "./tell.ts";
import { nameOf } from "./words.ts";

export interface End {
  outcome: HoldOutcome;
  /** A member id, `person:` with a pseudonym, or `node`. */
  by: string;
  note?: string | undefined;
}

/**
 * Ends a hold: from the commit on it holds nothing. Ending it again changes nothing.
 * @throws `takedown/no-such-hold`
 */
export async function endHold(context: Context, unit: Unit, id: string, end: End): Promise<Hold> {
  const hold = await requireHold(unit, id);
  if (hold.state === "ending" || hold.state === "ended") return hold;
  const { outcome, by, note } = end;
  const history = [
    ...hold.history,
    { at: unit.now, what: "ended" as const, by, ...(note !== undefined && { note }) },
  ];
  const ending: Hold = { ...hold, state: "ending", outcome, ended: unit.now, history };
  unit.put(holds, [id], ending);
  unit.record({ kind: "hold.ended", subject: [id, ...hold.scope.reports], actor: by, detail: { outcome } });
  unit.announce({ topic: "hold", id });
  context.jobs.schedule(unit, { kind: holdJob, id, payload: { hold: id } });
  return ending;
}

/** @throws `takedown/no-such-hold` */
export async function requireHold(unit: Pick<Unit, "get">, id: string): Promise<Hold> {
  const hold = await unit.get(holds, id);
  if (hold) return hold;
  throw new WardlineError("takedown/no-such-hold", "There is no such hold here.", {
    advice: "Go back to the list of holds.",
  });
}

/** Lets go of every report under a hold that has ended; a report that another hold covers stays held. */
export async function letAllGo(context: Context, hold: Hold, signal: AbortSignal): Promise<void> {
  for (const { report, until } of await heldOf(context.commit, hold.id)) {
    signal.throwIfAborted();
    if (until === undefined) await context.commit.run((unit) => letGo(context, unit, hold, report));
  }
}

/** The last step, once nothing is under it any more. */
export async function concludeHold(context: Context, unit: Unit, id: string): Promise<void> {
  const hold = await requireHold(unit, id);
  const ended: Hold = { ...hold, state: "ended" };
  unit.put(holds, [id], ended);
  await tellOwner(context, unit, ended, "ended");
}

async function letGo(context: Context, unit: Unit, hold: Hold, report: string): Promise<void> {
  const held = await unit.get(helds, hold.id, report);
  if (!held || held.until !== undefined) return;
  unit.put(helds, [hold.id, report], { ...held, until: unit.now });
  const { casework } = context;
  const name = nameOf(casework, hold);
  unit.record({ kind: "hold.left", subject: [report, hold.id], actor: "node", detail: { owner: name } });
  if (hold.outcome === "do-not-notify") {
    const sentence = `${name} ended the hold and asks not to tell the provider: a person decides.`;
    await withdrawReport(context, unit, report, sentence);
  }
  if (await context.held(unit, report)) return;
  await casework.change(unit, report, (now) => ({
    ...now,
    holds: (now.holds ?? []).map((interval) => ({ ...interval, until: interval.until ?? unit.now })),
    ...(hold.outcome !== "do-not-notify" && {
      route: { ...now.route, sentence: `The hold of ${name} ended: a notice may leave.` },
    }),
  }));
  await releaseHeld(context, unit, report);
}
