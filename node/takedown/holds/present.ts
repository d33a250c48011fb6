/** From what is kept of a hold to what the API shows. */
import type { z } from "zod";
import { compact, type holdView } from "../../casework/index.ts";
import type { Reader } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { costOf, heldOf } from "./cost.ts";
import type { Hold } from "./records.ts";
import { nameOf } from "./words.ts";

const DAY = 86_400_000;

export async function viewOf(
  { casework, clock, settings }: Context,
  reader: Reader,
  hold: Hold,
): Promise<z.infer<typeof holdView>> {
  const { id, owner, scope, state, expires, history } = hold;
  const { legalBasis, reason, placed, from, outcome, ended } = hold;
  const left = expires - clock.now();
  const over = state === "ending" || state === "ended";
  const all = await heldOf(reader, id);
  const named = async (report: string) => ({
    id: report,
    reference: (await casework.findReport(reader, report))?.reference ?? "",
  });
  return compact({
    ...{ id, legalBasis, reason, state, placed, from, expires, outcome, ended },
    owner: nameOf(casework, hold),
    member: owner.member === undefined ? undefined : casework.label(owner.member),
    reference: owner.reference,
    contact: owner.contact,
    reports: await Promise.all(scope.reports.map(named)),
    urls: scope.urls,
    hosts: scope.hosts,
    daysLeft: over ? undefined : Math.max(0, Math.floor(left / DAY)),
    endsSoon: !over && left <= settings.holds.remindBefore,
    cost: costOf(all),
    held: await Promise.all(
      all.map(async ({ report, since, until, noticedBefore }) =>
        compact({ report, reference: (await named(report)).reference, since, until, noticedBefore }),
      ),
    ),
    history: history.map(({ at, what, expires: to, note }) => compact({ at, what, expires: to, note })),
  });
}
