/** What of a federation ends when, so that people act before it does. */
import type { MemberId } from "../identity/index.ts";
import { card, members } from "./reading.ts";
import { currentRoot, type Trust } from "./trust.ts";

const hour = 3_600_000;
const day = 24 * hour;

/**
 * How long before its end a thing is worth a note, and when it becomes urgent. Ceremonies of several people take weeks;
 * what nodes renew by themselves (freshness, cards, sealing keys) is never this near its end while all is well.
 */
const notice = {
  root: { soon: 120 * day, urgent: 30 * day },
  roster: { soon: 30 * day, urgent: 7 * day },
  freshness: { soon: 12 * hour, urgent: 4 * hour },
  "registrar-key": { soon: 60 * day, urgent: 14 * day },
  "freshness-key": { soon: 30 * day, urgent: 7 * day },
  suspension: { soon: 24 * hour, urgent: 6 * hour },
  "identity-key": { soon: 60 * day, urgent: 14 * day },
  card: { soon: 14 * day, urgent: 3 * day },
  "sealing-key": { soon: 21 * day, urgent: 7 * day },
} as const;

export type ExpiringThing = keyof typeof notice;
export const expiringThings = Object.keys(notice) as readonly ExpiringThing[];
export const expiryLevels = ["fine", "soon", "urgent", "past"] as const;

export interface Expiry {
  readonly what: ExpiringThing;
  /** The person, office or member concerned; empty for what belongs to all. */
  readonly name: string;
  readonly member?: MemberId | undefined;
  /** Milliseconds. */
  readonly at: number;
  readonly level: (typeof expiryLevels)[number];
}

/** Everything in force that ends, the soonest first. Of members only those that are active, of their keys the last. */
export function expiriesOf(trust: Trust, now: number): Expiry[] {
  const { roster, freshness, suspensions } = trust;
  const root = currentRoot(trust).value;
  const names = new Map(members(trust).map(({ id, name }) => [id, name]));
  const row = (what: ExpiringThing, at: number, name = "", member?: MemberId): Expiry => ({
    ...{ what, name, at, level: levelOf(what, at, now) },
    ...(member !== undefined && { member }),
  });
  const rows = [
    row("root", root.expires),
    ...root.registrars.keys.map((key) => row("registrar-key", key.until, key.holder)),
    ...(roster ? [row("roster", roster.value.expires)] : []),
    ...(freshness ? [row("freshness", freshness.value.expires)] : []),
    ...(roster?.value.freshness.keys ?? []).map(({ member, until }) =>
      row("freshness-key", until, names.get(member), member),
    ),
    ...suspensions.flatMap(({ value }) =>
      value.members.map((id) => row("suspension", value.expires, names.get(id), id)),
    ),
    ...memberRows(trust, row),
  ];
  return rows.sort((a, b) => a.at - b.at);
}

function memberRows(
  trust: Trust,
  row: (what: ExpiringThing, at: number, name: string, member: MemberId) => Expiry,
): Expiry[] {
  return members(trust)
    .filter(({ status }) => status === "active")
    .flatMap(({ id, name, identityKeys }) => {
      const held = card(trust, id);
      const last = (ends: readonly { until: number }[]) => Math.max(...ends.map(({ until }) => until));
      return [
        row("identity-key", last(identityKeys), name, id),
        ...(held ? [row("card", held.expires, name, id)] : []),
        ...(held && held.sealingKeys.length > 0
          ? [row("sealing-key", last(held.sealingKeys), name, id)]
          : []),
      ];
    });
}

function levelOf(what: ExpiringThing, at: number, now: number): Expiry["level"] {
  if (at <= now) return "past";
  const { soon, urgent } = notice[what];
  if (at - now <= urgent) return "urgent";
  return at - now <= soon ? "soon" : "fine";
}
