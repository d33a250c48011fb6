/**
 * Who asks for more than its share, and what is done about it. Over a limit a member is slowed: its requests are answered
 * `busy`, its bytes are read later. Whoever breaks the rules loses that stream or connection, and who does so again and
 * again is cut off for a while, each time for twice as long.
 */
import type { MemberId } from "@wardline/protocol/identity";
import type { Clock, Log } from "../../telemetry/index.ts";
import { createBucket, type Bucket } from "./bucket.ts";

/**
 * What there was too much of. `unread`: answers that the member asked for and did not read. `slow`: frames begun and not
 * finished. `malformed`: frames too long, or of no known form. The last three are about what is kept of a member.
 */
export const overuses = [
  "connections",
  "streams",
  "bytes",
  "messages",
  "unread",
  "slow",
  "malformed",
  "quarantine",
  "statements",
  "records",
] as const;
export type Overuse = (typeof overuses)[number];

/** One member over one limit: what happened last, and since when it happens. */
export interface Incident {
  readonly member: MemberId;
  readonly what: Overuse;
  readonly state: "slowed" | "cut";
  /** Of the first time in this row; milliseconds. */
  readonly since: number;
  readonly until: number;
  /** How often, since then. */
  readonly times: number;
}

export type OveruseTotals = Partial<
  Record<Overuse, { readonly slowed: number; readonly broken: number; readonly cut: number }>
>;

export interface FairnessSettings {
  /** Breaches in ten minutes after which a member is cut off. */
  readonly breaches: number;
  /** How long the first time, and at most; milliseconds. */
  readonly cutFirst: number;
  readonly cutMost: number;
}

export interface Fairness {
  /** The member was told to wait, or was read later; `wait` in milliseconds. */
  slowed(member: MemberId, what: Overuse, wait: number): void;
  /** The member broke a rule, and its stream or connection was ended. */
  broke(member: MemberId, what: Overuse): void;
  /** Whether the member may not connect now. */
  isCut(member: MemberId): boolean;
  /** The latest of the last day, those in force first. */
  incidents(): Incident[];
  /** How often since the start, for each limit: the metric. */
  totals(): OveruseTotals;
  /** Called when a member is cut off; its connections are to be closed. */
  onCut(listen: (member: MemberId) => void): void;
}

interface Conduct {
  readonly breaches: Bucket;
  cuts: number;
  cutUntil: number;
  readonly rows: Map<Overuse, Incident>;
}

const BREACH_SPAN = 600;
/** Quiet for so long, a member begins anew, and what it did is no longer shown. */
const FORGOTTEN = 86_400_000;
/** Two of one kind further apart than this are two occurrences. */
const ROW_GAP = 60_000;

/** What it remembers is bounded by the members of the roster and the kinds of limits; strangers are only counted elsewhere. */
export function createFairness(settings: FairnessSettings, clock: Clock, log: Log): Fairness {
  const conducts = new Map<MemberId, Conduct>();
  const totals = new Map<Overuse, { slowed: number; broken: number; cut: number }>();
  const listeners: ((member: MemberId) => void)[] = [];

  function conductOf(member: MemberId): Conduct {
    let record = conducts.get(member);
    if (!record) {
      const quota = { perSecond: settings.breaches / BREACH_SPAN, burst: settings.breaches };
      record = { breaches: createBucket(quota, clock), cuts: 0, cutUntil: 0, rows: new Map() };
      conducts.set(member, record);
    }
    return record;
  }

  function countOf(what: Overuse) {
    let count = totals.get(what);
    if (!count) totals.set(what, (count = { slowed: 0, broken: 0, cut: 0 }));
    return count;
  }

  /** Goes on with the row of this limit, or begins one and says so in the log: a flood is one line, not thousands. */
  function note(member: MemberId, what: Overuse, state: Incident["state"], until: number): void {
    const { rows } = conductOf(member);
    const now = clock.now();
    const row = rows.get(what);
    const goesOn = row !== undefined && now - row.until < ROW_GAP;
    rows.set(what, {
      ...{ member, what, state, until: Math.max(until, now) },
      since: goesOn ? row.since : now,
      times: goesOn ? row.times + 1 : 1,
    });
    if (!goesOn || row.state !== state) log.warn({ member, what, state, until }, "member over its limit");
  }

  function cut(member: MemberId, what: Overuse): void {
    const record = conductOf(member);
    const now = clock.now();
    if (now - record.cutUntil > FORGOTTEN) record.cuts = 0;
    record.cutUntil = now + Math.min(settings.cutMost, settings.cutFirst * 2 ** Math.min(record.cuts, 30));
    record.cuts++;
    countOf(what).cut++;
    note(member, what, "cut", record.cutUntil);
    for (const listen of listeners) listen(member);
  }

  const isCut = (member: MemberId) => (conducts.get(member)?.cutUntil ?? 0) > clock.now();

  return {
    isCut,
    slowed(member, what, wait) {
      countOf(what).slowed++;
      if (!isCut(member)) note(member, what, "slowed", clock.now() + wait);
    },
    broke(member, what) {
      countOf(what).broken++;
      if (isCut(member)) return; // what its connections still did before they ended
      if (conductOf(member).breaches.take(1) > 0) cut(member, what);
      else note(member, what, "slowed", clock.now());
    },
    incidents() {
      const now = clock.now();
      return [...conducts.values()]
        .flatMap(({ rows }) => [...rows.values()])
        .filter(({ until }) => now - until < FORGOTTEN)
        .sort((a, b) => b.until - a.until);
    },
    totals: () => Object.fromEntries(totals) as OveruseTotals,
    onCut: (listen) => void listeners.push(listen),
  };
}
