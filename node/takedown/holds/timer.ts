/**
 * A hold's own job. Whatever is due by the clock or was left undone happens, and the job comes back when the next is due:
 * it begins, what it covers is found, both sides are reminded, it ends and lets go. A crash at any point repeats a step.
 */
import type { Unit } from "../../commit/index.ts";
import type { Completion, JobHandler } from "../../jobs/index.ts";
import type { Context } from "../context.ts";
import { takeCovered } from "./covering.ts";
import { concludeHold, endHold, letAllGo } from "./ending.ts";
import { holdJob, holds, type Hold } from "./records.ts";
import { tellOwner } from "./tell.ts";

export function holdHandler(context: Context): JobHandler<{ hold: string }> {
  const { commit, clock } = context;
  return async ({ hold: id }, { signal }): Promise<Completion | undefined> => {
    let hold = await commit.get(holds, id);
    if (!hold || hold.state === "ended") return undefined;
    const now = clock.now();
    if (hold.state !== "ending" && now >= hold.expires)
      hold = await commit.run((unit) => endHold(context, unit, id, { outcome: "expired", by: "node" }));
    if (hold.state === "ending") {
      await letAllGo(context, hold, signal);
      return (unit) => concludeHold(context, unit, id);
    }
    if (hold.state === "planned") {
      if (now < hold.from) return (unit) => comeBack(context, unit, id);
      hold = await commit.run((unit) => begin(unit, id));
    }
    const { history } = hold;
    if (hold.state === "finding") await takeCovered(context, hold, signal);
    return (unit) => settle(context, unit, id, history.length);
  };
}

async function begin(unit: Unit, id: string): Promise<Hold> {
  const hold = (await unit.get(holds, id)) as Hold;
  const begun: Hold = hold.state === "planned" ? { ...hold, state: "finding" } : hold;
  unit.put(holds, [id], begun);
  return begun;
}

/** What it covers is found, and told; or its end is near. A step taken meanwhile has scheduled the job again. */
async function settle(context: Context, unit: Unit, id: string, steps: number): Promise<void> {
  const hold = await unit.get(holds, id);
  if (!hold || hold.history.length !== steps) return;
  if (hold.state === "finding") {
    const running: Hold = { ...hold, state: "running" };
    unit.put(holds, [id], running);
    const again = hold.history.some(({ what }) => what === "extended");
    await tellOwner(context, unit, running, again ? "extended" : "in-force");
  } else if (hold.state === "running" && !hold.reminded && unit.now >= remindAt(context, hold)) {
    await remind(context, unit, hold);
  }
  await comeBack(context, unit, id);
}

async function remind(context: Context, unit: Unit, hold: Hold): Promise<void> {
  const history = [...hold.history, { at: unit.now, what: "reminded" as const, by: "node" }];
  const reminded: Hold = { ...hold, reminded: true, history };
  unit.put(holds, [hold.id], reminded);
  unit.record({
    kind: "hold.ends-soon",
    subject: [hold.id, ...hold.scope.reports],
    actor: "node",
    detail: { expires: hold.expires },
  });
  await tellOwner(context, unit, reminded, "ends-soon");
}

const remindAt = ({ settings }: Context, hold: Hold) => hold.expires - settings.holds.remindBefore;

async function comeBack(context: Context, unit: Unit, id: string): Promise<void> {
  const hold = await unit.get(holds, id);
  if (!hold || hold.state === "ended") return;
  const next = hold.state === "planned" ? hold.from : hold.reminded ? hold.expires : remindAt(context, hold);
  const at = Math.min(Math.max(next, unit.now), Math.max(hold.expires, unit.now));
  context.jobs.schedule(unit, { kind: holdJob, id, at, payload: { hold: id } });
}
