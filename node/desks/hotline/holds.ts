/** Holds that police ask for: who may, and word to them of how it goes. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { PayloadOf } from "@wardline/protocol/statements";
import { member as memberOf, type Member } from "@wardline/protocol/roster";
import { derivedId, without } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import type { HoldEvent } from "../../takedown/index.ts";
import { handle, type DeskServices } from "../desk.ts";

export function registerHolds(services: DeskServices): void {
  const { takedown } = services;
  handle(services, "lea.hold", async (unit, payload, from, signed) => {
    await checkCompetent(services, unit, payload, from);
    const { hold, report, urls, hosts, reason, reference, contact, from: start, expires } = payload;
    await takedown.placeHold(unit, {
      id: holdId(from.id, hold),
      owner: {
        member: from.id,
        hold,
        ...(reference !== undefined && { reference }),
        ...(contact !== undefined && { contact }),
      },
      legalBasis: signed.statement.legalBasis ?? "",
      reason,
      scope: { reports: report ? [report.id] : [], urls, hosts },
      from: start,
      expires,
      by: from.id,
    });
  });
  handle(services, "lea.release", async (unit, { hold, outcome, note }, from) => {
    await takedown.endHold(unit, holdId(from.id, hold), { outcome, note, by: from.id });
  });
  takedown.onHold((unit, event) => tellOwner(services, unit, event));
}

/** Bound to its owner: the same number said by another member is another hold. */
const holdId = (member: string, hold: string) => derivedId("hold", member, hold);

/**
 * Police of this country; and police of another about a report that is hosted there, which a hotline with the mandate for
 * it deals with.
 * @throws `desks/not-competent-to-hold`
 */
async function checkCompetent(
  { federation, casework }: DeskServices,
  unit: Unit,
  { report, urls, hosts }: PayloadOf<"lea.hold">,
  from: Member,
): Promise<void> {
  if (from.country === federation.self.country) return;
  const known = report && (await casework.findReport(unit, report.id));
  const theirs = known?.hosting?.country === from.country && urls.length + hosts.length === 0;
  if (theirs) return;
  throw new WardlineError(
    "desks/not-competent-to-hold",
    "This police is not competent for what it would hold.",
    {
      advice: "The police of the hosting country places a hold at its hotline.",
    },
  );
}

/** The same cost as people here see, to the police that asked. */
async function tellOwner(
  { federation }: DeskServices,
  unit: Unit,
  { hold, event, urls, cost }: HoldEvent,
): Promise<void> {
  const owner = hold.owner.member;
  if (owner === undefined || memberOf(federation.trust(), owner)?.status !== "active") return;
  const [report = ""] = hold.scope.reports;
  await federation.say(unit, {
    type: "lea.hold-status",
    to: [owner],
    payload: {
      hold: hold.owner.hold,
      event,
      expires: hold.expires,
      ...(hold.outcome !== undefined && { outcome: hold.outcome }),
      ...without(cost, "reports"),
      urls: urls.slice(0, 500),
      at: unit.now,
    },
    ...(report !== "" && { matter: report }),
    about: report,
  });
}
