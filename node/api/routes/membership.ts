/** Membership as those see it who answer for it: who belongs, what ends when, what was found. */
import { expiriesOf, members } from "@wardline/protocol/roster";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { compact, findingKinds, membershipView } from "../../casework/index.ts";
import type { Commit } from "../../commit/index.ts";
import type { Federation } from "../../federation/index.ts";
import type { Clock } from "../../telemetry/index.ts";

interface MembershipServices {
  readonly federation: Federation;
  readonly commit: Commit;
  readonly clock: Clock;
}

export function membershipRoutes({ federation, commit, clock }: MembershipServices): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/membership",
      permission: "membership.read",
      summary: "Members, everything that ends and when, and evidence of misbehaviour",
      response: membershipView,
      async handler() {
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
        });
      },
    }),
  ];

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
