/** How each member stands with this node, for the operator, and what keeps statements for it waiting. */
import type { MemberId } from "@wardline/protocol/identity";
import { card, freshnessOf, member, members, sealingKeyFor, type Trust } from "@wardline/protocol/roster";
import type { Contacts } from "./contacts.ts";
import type { Outbox } from "./delivery/outbox.ts";
import type { Links } from "./hello/links.ts";
import type { Clock } from "../telemetry/index.ts";
import type { MemberStanding } from "./types.ts";

export interface StandingServices {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly links: Links;
  readonly contacts: Contacts;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly recordsBy: (member: MemberId) => Promise<number>;
  readonly noteOn: (member: MemberId) => string | undefined;
}

/** Everybody in the roster. */
export function standings(services: StandingServices): Promise<MemberStanding[]> {
  const { self, trust, links, contacts, outbox } = services;
  return Promise.all(
    members(trust()).map(async ({ id, name, country, kind, status }) => {
      const link = links.to(id);
      const lastContact = link?.heard ?? contacts.last(id);
      const note = cardNote(services, id) ?? services.noteOn(id);
      return {
        ...{ id, name, country, kind, status },
        self: id === self,
        connected: link !== undefined,
        ...(lastContact === undefined ? {} : { lastContact }),
        waiting: [...outbox.waitingFor(id).values()].filter(({ again }) => !again).length,
        adverts: await services.recordsBy(id),
        ...(note === undefined ? {} : { note }),
      };
    }),
  );
}

/** Code of what is wrong with a member's card: two of one version, or none that anything could be sealed to. */
function cardNote({ self, trust, clock }: StandingServices, id: MemberId): string | undefined {
  if (trust().evidence.some(({ kind, member: whose }) => kind === "card" && whose === id))
    return "card/two-of-one-version";
  const expected = id !== self && member(trust(), id)?.status === "active" && card(trust(), id);
  return expected && !sealingKeyFor(trust(), id, clock.now()) ? "envelope/no-sealing-key" : undefined;
}

/** Code of what keeps everything for a member waiting, if anything does. */
export function hindranceTo(trust: Trust, links: Links, to: MemberId, now: number): string | undefined {
  if (freshnessOf(trust, now) === "expired") return "federation/membership-expired";
  if (member(trust, to)?.status !== "active") return "envelope/recipient-not-active";
  if (!sealingKeyFor(trust, to, now)) return "envelope/no-sealing-key";
  return links.to(to) ? undefined : "peer/not-connected";
}
