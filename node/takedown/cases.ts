/**
 * One record per report that is hosted here, from the assessment until its URLs are gone: on it stand the board by age and
 * the list of contacts that wait for a person.
 */
import type { Competence } from "../jurisdiction/index.ts";
import type { Report } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import { defineCollection } from "../store/index.ts";
import type { Context, NoticeOutcome } from "./context.ts";
import { takeOut } from "./enqueue.ts";
import type { LadderStep } from "./records.ts";

export const askingReasons = [
  "first", // no notice yet
  "still-online", // the earlier contacts were told as often as is useful
  "undeliverable", // nothing reaches the contact
  "failed", // the notice was refused, or could not be written
  "exhausted", // the ladder has ended
] as const;
export type AskingReason = (typeof askingReasons)[number];

export interface Case {
  report: string;
  /** Since when it is ours to get removed. */
  since: number;
  open: boolean;
  /** A person must choose or approve a contact. */
  asking?: { step: LadderStep; why: AskingReason; since: number };
}

export const cases = defineCollection<Case>("takedown.cases", {
  indexes: {
    open: ({ open, since }) => (open ? [[since]] : []),
    asking: ({ open, asking }) => (open && asking ? [[asking.since]] : []),
  },
});

/** Keeps the cases in step with what becomes of reports. */
export function registerCases(context: Context): void {
  const { casework, federation } = context;
  casework.on("classified", async (unit, report, _, decision: Competence) => {
    if (decision.member === federation.self.id) await ask(unit, report.id, "first", "provider");
    else await closeCase(unit, report.id);
  });
  casework.on("closed", async (unit: Unit, report: Report) => {
    await takeOut(context, unit, report.id, "its report was closed.");
    await closeCase(unit, report.id);
  });
  context.outcomes.push((unit, outcome) => follow(context, unit, outcome));
}

/** A person is asked for a contact of this step. Asked again for the same, it keeps its place in the list. */
export async function ask(unit: Unit, report: string, why: AskingReason, step: LadderStep): Promise<void> {
  const { since = unit.now, asking } = (await unit.get(cases, report)) ?? {};
  const same = asking?.step === step && asking.why === why;
  put(unit, { report, since, open: true, asking: same ? asking : { step, why, since: unit.now } });
}

/** A person has answered. */
export async function answered(unit: Unit, report: string): Promise<void> {
  const { since = unit.now } = (await unit.get(cases, report)) ?? {};
  put(unit, { report, since, open: true });
}

export async function closeCase(unit: Unit, report: string): Promise<void> {
  const before = await unit.get(cases, report);
  if (before?.open) put(unit, { report, since: before.since, open: false });
}

/** Gone: off the board. Back online: on it again, at its old place. */
async function follow({ casework }: Context, unit: Unit, { report, outcome }: NoticeOutcome): Promise<void> {
  const before = await unit.get(cases, report);
  if (!before) return;
  const { state } = await casework.report(unit, report);
  if (state === "removed") await closeCase(unit, report);
  else if (outcome === "still-online" && !before.open) put(unit, { ...before, open: true });
}

function put(unit: Unit, value: Case): void {
  unit.put(cases, [value.report], value);
  unit.announce({ topic: "notice", id: value.report });
}
