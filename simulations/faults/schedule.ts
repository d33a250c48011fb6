/** What happens during one play: made of a seed alone, so that the same seed is the same play. Times are milliseconds. */
import { audienceNames, mayRead, type AdvertRecord, type Audience } from "@wardline/protocol/adverts";
import type { StatementType } from "@wardline/protocol/statements";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import type { DemoMember } from "../../node/demo/index.ts";
import { createChooser, type Chooser } from "../chooser.ts";
import type { Conditions } from "../network/index.ts";

/** A statement of the play. Ids and words come from the seed; members are named by their place in the list. */
export interface Speech {
  readonly type: StatementType & keyof typeof effects;
  readonly from: number;
  readonly to: readonly number[];
  /** The report it is about, one for each statement. */
  readonly about: string;
}

/** The ledger's word for what each type of statement does at its recipient. */
export const effects = {
  "report.forward": "report.received",
  "lea.escalation": "escalation.received",
  "icse.contribution": "icse.received",
  "conversation.message": "conversation.received",
} as const satisfies Partial<Record<StatementType, string>>;

/** Records published together. */
export interface Publication {
  readonly by: number;
  readonly audience: Audience;
  readonly records: readonly AdvertRecord[];
}

export type Happening =
  | { readonly do: "weather"; readonly from: number; readonly to: number; readonly conditions: Conditions }
  | { readonly do: "cut"; readonly pair: readonly [number, number] }
  | { readonly do: "silence"; readonly from: number; readonly to: number; readonly lasts: number }
  | {
      readonly do: "partition";
      readonly apart: readonly number[];
      /** What was open is cut, or falls silent. */
      readonly how: "cut" | "silent";
      readonly lasts: number;
    }
  | {
      readonly do: "kill";
      readonly member: number;
      readonly lasts: number;
      /** Killed once more, so long after it was started again. */
      readonly again?: number;
    }
  | { readonly do: "say"; readonly speeches: readonly Speech[] }
  | { readonly do: "publish"; readonly publication: Publication }
  | { readonly do: "withdraw"; readonly publication: Publication };

export type Scheduled = Happening & { readonly at: number };

export interface Schedule {
  readonly seed: string;
  readonly lasts: number;
  /** In the order of their times. */
  readonly happenings: readonly Scheduled[];
}

export function scheduleOf(seed: string, members: readonly DemoMember[], lasts: number): Schedule {
  const choose = createChooser(`faults ${seed}`);
  const all = members.map((_, index) => index);
  const when = () => choose.between(0, lasts);
  const times = <T>(least: number, most: number, make: () => T): T[] =>
    Array.from({ length: choose.between(least, most) }, make);
  const speak = speaker(members, choose);
  const publications = times(4, 8, () => ({ at: when(), publication: publicationOf(members, choose) }));
  const withdrawals = publications
    .filter(() => choose.percent(40))
    .map(({ at, publication }) => ({ at: choose.between(at, lasts), publication: firstHalf(publication) }));
  const happenings: Scheduled[] = [
    ...weather(all, choose),
    ...times(8, 14, () => ({ at: when(), do: "say" as const, speeches: times(1, 6, speak) })),
    ...publications.map((one) => ({ ...one, do: "publish" as const })),
    ...withdrawals.map((one) => ({ ...one, do: "withdraw" as const })),
    ...times(2, 6, () => ({ at: when(), do: "cut" as const, pair: two(all, choose) })),
    ...times(0, 4, () => {
      const [from, to] = two(all, choose);
      return { at: when(), do: "silence" as const, from, to, lasts: choose.between(500, lasts) };
    }),
    ...times(0, 1, () => partition(all, choose, when(), lasts)),
    ...kills(all, choose, lasts),
  ];
  return { seed, lasts, happenings: happenings.toSorted((a, b) => a.at - b.at) };
}

function two(all: readonly number[], choose: Chooser): [number, number] {
  const [one = 0, other = 1] = choose.some(all, 2);
  return [one, other];
}

/** Every way has its own: most are good, some far, narrow or unsteady. */
function weather(all: readonly number[], choose: Chooser): Scheduled[] {
  const ways = all.flatMap((from) => all.filter((to) => to !== from).map((to) => ({ from, to })));
  return ways.map((way) => ({ at: 0, do: "weather", ...way, conditions: conditions(choose) }));
}

function conditions(choose: Chooser): Conditions {
  const latency = choose.one([0, 1, 5, 20, 60, 150, 300]);
  const jitter = choose.one([0, 0, 5, 50, 400]);
  const bytesPerSecond = choose.one([0, 0, 0, 1_000_000, 100_000, 20_000]);
  return { latency, jitter, bytesPerSecond };
}

function partition(all: readonly number[], choose: Chooser, at: number, lasts: number): Scheduled {
  const apart = choose.some(all, choose.between(1, Math.max(1, all.length >> 1)));
  const how = choose.one(["cut", "silent"] as const);
  return { at, do: "partition", apart, how, lasts: choose.between(1000, lasts) };
}

/** Each member at most once, so that no two kills of one overlap. */
function kills(all: readonly number[], choose: Chooser, lasts: number): Scheduled[] {
  return choose.some(all, choose.between(0, 2)).map((member) => {
    const again = choose.percent(25) ? { again: choose.between(200, 2500) } : {};
    return { at: choose.between(0, lasts), do: "kill", member, lasts: choose.between(0, 2000), ...again };
  });
}

function speaker(members: readonly DemoMember[], choose: Chooser): () => Speech {
  const all = members.map((_, index) => index);
  const ofKind = (kind: DemoMember["kind"], but: number) =>
    all.filter((one) => members[one]?.kind === kind && one !== but);
  return () => {
    const from = choose.one(all);
    const about = choose.id();
    const others = all.filter((one) => one !== from);
    const talk = (): Speech => {
      const to = choose.some(others, choose.between(1, 3)).toSorted((a, b) => a - b);
      return { type: "conversation.message", from, to, about };
    };
    if (members[from]?.kind !== "hotline" || choose.percent(40)) return talk();
    const [type, kind] = choose.one([
      ["report.forward", "hotline"],
      ["lea.escalation", "lea"],
      ["icse.contribution", "interpol"],
    ] as const);
    const able = ofKind(kind, from);
    return able.length > 0 ? { type, from, to: [choose.one(able)], about } : talk();
  };
}

function publicationOf(members: readonly DemoMember[], choose: Chooser): Publication {
  const by = choose.one(members.map((_, index) => index));
  const { kind } = members[by] as DemoMember;
  const audience = choose.one(audienceNames.filter((name) => mayRead(name, kind)));
  const count = choose.one([1, 1, 3, 20, 300]);
  return { by, audience, records: Array.from({ length: count }, () => record(choose)) };
}

function record(choose: Chooser): AdvertRecord {
  return {
    id: choose.id(),
    action: "assert",
    digests: { sha256: choose.id() + choose.id() },
    facts: { age: "not-categorised", gender: "not-determined", flags: [] },
    verdict: choose.one(["baseline", "national", "not-illegal"] as const),
    vocabulary: builtInVocabulary,
    basis: "seen",
    held: false,
    at: 1_780_272_000_000,
  };
}

/** What is withdrawn of a publication. */
function firstHalf({ by, audience, records }: Publication): Publication {
  const half = records.slice(0, Math.ceil(records.length / 2));
  return { by, audience, records: half.map((one) => ({ ...one, action: "withdraw" })) };
}
