/** One person works on a report at a time; a lease ends by itself when its holder goes away. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Caller } from "../accounts/index.ts";
import type { Unit } from "../commit/index.ts";
import type { Context } from "./context.ts";
import { putReport, requireReport } from "./reading.ts";
import type { Report } from "./records.ts";

/** The lease that counts at `now`. */
export function leaseAt(report: Report, now: number): Report["lease"] {
  return report.lease && report.lease.until > now ? report.lease : undefined;
}

/**
 * The report with the caller's lease, taken or prolonged; not yet written.
 * @throws `casework/leased` while somebody else holds it
 */
export function withLease(context: Context, unit: Unit, report: Report, { person }: Caller): Report {
  const current = leaseAt(report, unit.now);
  if (current && current.person !== person.id)
    throw new WardlineError("casework/leased", `${current.name} is working on this report.`, {
      advice: "Take another report, or ask them to give it back.",
      details: { until: current.until },
    });
  return {
    ...report,
    lease: { person: person.id, name: person.name, until: unit.now + context.settings.leaseTime },
  };
}

export async function takeLease(context: Context, unit: Unit, id: string, caller: Caller): Promise<Report> {
  return putReport(unit, withLease(context, unit, await requireReport(unit, id), caller));
}

/** Gives the caller's lease back; nothing happens when there is none. */
export async function releaseLease(unit: Unit, id: string, caller: Caller): Promise<void> {
  const { lease, ...report } = await requireReport(unit, id);
  if (lease?.person === caller.person.id) putReport(unit, report);
}
