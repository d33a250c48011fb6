/**
 * Emergency suspensions by people: two of the member that proposes, one of another member that holds a freshness key. No
 * node signs one by itself.
 */
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import { defineRoute, type Approvals, type Caller, type Route } from "../../accounts/index.ts";
import type { Commit, Unit } from "../../commit/index.ts";
import type { Federation } from "../../federation/index.ts";

const purpose = "membership.suspension";
const idParams = z.object({ id: z.string().regex(/^[0-9a-f]{64}$/u) });
const reason = z.string().trim().min(3).max(1000);
const empty = z.object({});
type Wish = Parameters<Federation["freshness"]["propose"]>[1];

export interface SuspensionServices {
  readonly federation: Federation;
  readonly commit: Commit;
  readonly approvals: Approvals;
}

export function suspensionRoutes(services: SuspensionServices): Route[] {
  const { federation, commit } = services;
  return [
    defineRoute({
      method: "POST",
      path: "/membership/suspensions",
      permission: "federation.manage",
      summary:
        "Propose an emergency suspension (72 hours); a second person here and one at another holder agree",
      body: z.object({
        members: z
          .array(z.string().regex(/^[0-9a-f]{32}$/u))
          .min(1)
          .max(64),
        reason,
      }),
      response: empty,
      handler: async ({ body, caller }) => propose(services, body, caller),
    }),
    defineRoute({
      method: "POST",
      path: "/membership/suspensions/:id/lift",
      permission: "federation.manage",
      summary: "Propose to lift an emergency suspension; agreed to in the same way",
      params: idParams,
      body: z.object({ reason }),
      response: empty,
      handler: async ({ params, body, caller }) =>
        propose(services, { members: [], lifts: [params.id], ...body }, caller),
    }),
    defineRoute({
      method: "POST",
      path: "/membership/proposals/:id/approve",
      permission: "federation.manage",
      summary: "Agree to a proposal; with enough people this node signs it",
      params: idParams,
      response: empty,
      handler: async ({ params, caller }) => approve(services, params.id, caller),
    }),
    defineRoute({
      method: "POST",
      path: "/membership/proposals/:id/decline",
      permission: "federation.manage",
      summary: "Put a proposal away here; other holders keep theirs",
      params: idParams,
      response: empty,
      handler: async ({ params, caller }) => {
        await commit.run(async (unit) => {
          await federation.freshness.putAway(unit, params.id);
          note(unit, "membership.suspension-declined", params.id, caller);
        });
        return {};
      },
    }),
  ];
}

async function propose(services: SuspensionServices, wish: Wish, caller: Caller) {
  const { federation, commit, approvals } = services;
  const { id, complete } = await commit.run(async (unit) => {
    const subject = await federation.freshness.propose(unit, wish);
    note(unit, "membership.suspension-proposed", subject, caller);
    const approval = await approvals.approve(unit, { purpose, subject, caller });
    return { id: subject, complete: approval.complete };
  });
  if (complete) await federation.freshness.sign(id);
  return {};
}

/** What another member's people proposed needs one person here; what is proposed here needs as many as the rule says. */
async function approve(services: SuspensionServices, id: string, caller: Caller) {
  const { federation, commit, approvals } = services;
  const { proposals } = await federation.freshness.view(commit);
  const proposal = proposals.find((one) => one.id === id);
  if (!proposal) {
    throw new WardlineError("freshness/no-such-proposal", "There is no such proposal any more.", {
      advice: "It came into force, ran out, or was put away; look at the page again.",
    });
  }
  const complete = await commit.run(async (unit) => {
    note(unit, "membership.suspension-approved", id, caller);
    unit.announce({ topic: "membership", id });
    if (proposal.from !== federation.self.id) return true;
    const given = await approvals.of(unit, { purpose, subject: id }, unit.now);
    // After a crash between the last approval and the signature.
    if (given.length >= approvals.needed) return true;
    return (await approvals.approve(unit, { purpose, subject: id, caller })).complete;
  });
  if (complete) await federation.freshness.sign(id);
  return {};
}

/** The people here who agreed so far, and what keeps this caller from doing so. */
export async function agreementOn(
  { federation, commit, approvals }: SuspensionServices,
  proposal: { readonly id: string; readonly from: string; readonly signedHere: boolean },
  caller: Caller,
  now: number,
) {
  const own = proposal.from === federation.self.id;
  const subject = { purpose, subject: proposal.id };
  const given = own ? await approvals.of(commit, subject, now) : [];
  const blocked = own ? await approvals.blocked(commit, { ...subject, caller }, now) : undefined;
  const isFull = given.length >= approvals.needed;
  return {
    approvals: given.map(({ name, at }) => ({ name, at })),
    needed: own ? approvals.needed : 1,
    ...(blocked === undefined || isFull ? {} : { blocked }),
  };
}

function note(unit: Unit, kind: string, id: string, caller: Caller): void {
  unit.record({ kind, subject: [], actor: `person:${caller.pseudonymFor(id)}`, detail: { proposal: id } });
}
