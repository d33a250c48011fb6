/** Membership as those see it who answer for it: who belongs, what ends when, what was found, who is suspended. */
import { expiriesOf, fileHash, members } from "@wardline/protocol/roster";
import { defineRoute, type Caller, type Route } from "../../accounts/index.ts";
import { compact, findingKinds, membershipView } from "../../casework/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import { agreementOn, suspensionRoutes, type SuspensionServices } from "./suspensions.ts";

export interface MembershipServices extends SuspensionServices {
  readonly clock: Clock;
}

export function membershipRoutes(services: MembershipServices): Route[] {
  const { federation, commit, clock } = services;
  return [
    defineRoute({
      method: "GET",
      path: "/membership",
      permission: "membership.read",
      summary: "Members, everything that ends and when, evidence of misbehaviour, and emergency suspensions",
      response: membershipView,
      async handler({ caller }) {
        const trust = federation.trust();
        const root = trust.roots.at(-1)?.value;
        const found = await federation.findings(commit);
        return compact({
          federation: trust.federationId,
          root: { version: root?.version ?? 0, expires: root?.expires ?? 0 },
          roster: trust.roster?.value,
          members: members(trust).map(({ capabilities, ...member }) => ({
            ...member,
            capabilities: [...capabilities],
          })),
          expiries: expiriesOf(trust, clock.now()),
          findings: found.map(({ code, found: at, member, ...rest }) => ({
            ...rest,
            ...{ at, kind: kindOf(code), member: member === undefined ? undefined : labelOf(member) },
          })),
          ...(await emergency(caller)),
        });
      },
    }),
    ...suspensionRoutes(services),
  ];

  async function emergency(caller: Caller) {
    const { holders, holding, disagreements, proposals } = await federation.freshness.view(commit);
    const shown = proposals.map(async (proposal) => ({
      ...proposal,
      from: labelOf(proposal.from),
      members: proposal.members.map(labelOf),
      lifts: [...(proposal.lifts ?? [])],
      signedBy: proposal.signedBy.map(labelOf),
      ...(await agreementOn(services, proposal, caller, clock.now())),
    }));
    const inForce = federation.trust().suspensions.filter(({ value }) => value.lifts === undefined);
    return {
      ...{ holding, holders: holders.map(labelOf) },
      disagreements: disagreements.map((one) => ({ ...one, member: labelOf(one.member) })),
      proposals: await Promise.all(shown),
      suspensions: inForce.map(({ file, value: { members: ids, reason, expires } }) => ({
        ...{ id: fileHash(file), members: ids.map(labelOf), reason, expires },
      })),
    };
  }

  function labelOf(id: string) {
    const known = members(federation.trust()).find((one) => one.id === id);
    return { id, name: known?.name ?? id, country: known?.country ?? "", kind: known?.kind ?? "" };
  }
}

const otherNames: Readonly<Record<string, (typeof findingKinds)[number]>> = {
  "statement/two-contents": "two-statements",
  "advert/fork": "feed-fork",
};

function kindOf(code: string): (typeof findingKinds)[number] {
  const ending = code.slice(code.indexOf("/") + 1);
  return otherNames[code] ?? findingKinds.find((kind) => kind === ending) ?? "other";
}
