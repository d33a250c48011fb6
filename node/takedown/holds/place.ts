/** A hold comes in, or is said again. It is in force from the commit on; what it covers is looked up afterwards. */
import { WardlineError } from "@wardline/protocol/encoding";
import { compact } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import type { Context } from "../context.ts";
import { holdJob, holds, type Hold, type HoldOwner } from "./records.ts";
import { checkScope, joinScopes, normalScope, type Scope } from "./scope.ts";

export interface NewHold {
  /** Follows from its owner and the owner's number: no other member can touch it. */
  id: string;
  owner: HoldOwner;
  legalBasis: string;
  reason: string;
  scope: Scope;
  from: number;
  expires: number;
  /** A member id, or `person:` with a pseudonym. */
  by: string;
}

/**
 * Takes a hold in, or moves the end of the one with this id and adds to what it covers. No hold runs longer from now than
 * the settings allow.
 * @throws `takedown/hold-covers-nothing`, `takedown/hold-too-wide`, `takedown/hold-over` (the end has passed),
 * `takedown/hold-ended` (it ended before), `takedown/too-many-holds`
 */
export async function placeHold(context: Context, unit: Unit, given: NewHold): Promise<Hold> {
  const { longest } = context.settings.holds;
  const asked: NewHold = {
    ...given,
    scope: normalScope(given.scope),
    expires: Math.min(given.expires, unit.now + longest),
  };
  checkScope(asked.scope);
  if (asked.expires <= unit.now)
    throw new WardlineError("takedown/hold-over", "The end of this hold has passed already.", {
      advice: "Give an end that lies ahead.",
    });
  const before = await unit.get(holds, asked.id);
  const hold = before ? extended(unit, before, asked) : await placed(context, unit, asked);
  unit.put(holds, [hold.id], hold);
  const what = before ? "extended" : "placed";
  unit.record({
    kind: `hold.${what}`,
    subject: [hold.id, ...hold.scope.reports],
    actor: asked.by,
    detail: { owner: hold.owner.member ?? hold.owner.agency ?? "", expires: hold.expires },
  });
  unit.announce({ topic: "hold", id: hold.id });
  context.jobs.schedule(unit, { kind: holdJob, id: hold.id, payload: { hold: hold.id } });
  return hold;
}

async function placed({ settings }: Context, unit: Unit, asked: NewHold): Promise<Hold> {
  const { id, owner, legalBasis, reason, scope, from, expires, by } = asked;
  if (owner.member !== undefined) {
    const running = await unit.count(holds, { index: "owner", prefix: [owner.member] });
    if (running >= settings.holds.most)
      throw new WardlineError(
        "takedown/too-many-holds",
        `Of one member, ${settings.holds.most} holds run here.`,
        {
          advice: "Release those that are needed no longer.",
        },
      );
  }
  return {
    id,
    owner: compact(owner),
    legalBasis,
    reason,
    scope,
    placed: unit.now,
    from,
    expires,
    state: from > unit.now ? "planned" : "finding",
    reminded: false,
    history: [{ at: unit.now, what: "placed", by, expires }],
  };
}

function extended(unit: Unit, before: Hold, asked: NewHold): Hold {
  if (before.state === "ending" || before.state === "ended")
    throw new WardlineError("takedown/hold-ended", "This hold has ended.", { advice: "Place a new hold." });
  const { expires, by, reason, legalBasis, owner } = asked;
  return {
    ...before,
    // More may be covered now: that is looked up again.
    state: before.state === "planned" ? "planned" : "finding",
    scope: joinScopes(before.scope, asked.scope),
    owner: { ...before.owner, ...compact(owner) },
    reason,
    legalBasis,
    expires,
    reminded: false,
    history: [...before.history, { at: unit.now, what: "extended", by, expires }],
  };
}
