/** How each member stands with this node, for the operator, and what keeps statements for it waiting. */
import { isWardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import {
  card,
  freshnessOf,
  member,
  members,
  sealingKeyFor,
  verifyCheckpoint,
  type Trust,
} from "@wardline/protocol/roster";
import { can } from "./capabilities.ts";
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
      const note = keyNote(services, id) ?? services.noteOn(id);
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

/** Code of what is wrong with a member's card, its keys or its log, if anything is. */
function keyNote({ self, trust, links, clock }: StandingServices, id: MemberId): string | undefined {
  const proof = trust().evidence.find(({ kind, member: whose }) => whose === id && contradictions.has(kind));
  if (proof) return `${proof.kind}/two-of-one-version`;
  if (id === self || member(trust(), id)?.status !== "active") return undefined;
  if (card(trust(), id) && !sealingKeyFor(trust(), id, clock.now())) return "envelope/no-sealing-key";
  return logNote(trust(), id, links.to(id)?.theirs.checkpoint);
}

const contradictions = new Set(["card", "successor"]);

/** Code of what is wrong with the checkpoint in a member's latest hello. */
function logNote(trust: Trust, id: MemberId, checkpoint: string | undefined): string | undefined {
  if (checkpoint === undefined) return undefined;
  try {
    verifyCheckpoint(trust, id, checkpoint);
    return undefined;
  } catch (error) {
    if (isWardlineError(error, "checkpoint/")) return error.code;
    throw error;
  }
}

/** Code of what keeps everything for a member waiting, if anything does. */
export function hindranceTo(trust: Trust, links: Links, to: MemberId, now: number): string | undefined {
  if (freshnessOf(trust, now) === "expired") return "federation/membership-expired";
  if (member(trust, to)?.status !== "active") return "envelope/recipient-not-active";
  if (!can(trust, to, "receive")) return "envelope/recipient-does-not-receive";
  if (!sealingKeyFor(trust, to, now)) return "envelope/no-sealing-key";
  return links.to(to) ? undefined : "peer/not-connected";
}
