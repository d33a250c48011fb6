/** The federation that is modelled: how far members are from one another, who is connected to whom, who is away, who lies. */
import { createDraw, type Draw } from "./random.ts";

const SECOND = 1000;
const HOUR = 3_600_000;

/** The settings of a real node that the model follows; milliseconds. See docs/configuration.md. */
export const usual = {
  hello: 30 * SECOND,
  /** How long a question on a feed stream waits for its answer. */
  answerTimeout: 60 * SECOND,
  /** Questions on one feed stream at a time. */
  pullsInFlight: 4,
  connections: 256,
  parallelDials: 16,
};

/**
 * Ways in one direction between a call and a first hello heard: TCP 2, choice of Noise 2, Noise 3, choice of yamux 2,
 * membership 4, hello 4.
 */
export const CROSSINGS_TO_HELLO = 17;

/** `withhold`: names only what it held at the beginning. `stall`: takes questions and never answers. `wrong`: answers with altered blocks. */
export type Lie = "withhold" | "stall" | "wrong";

export interface WorldOptions {
  readonly members: number;
  readonly seed: string;
  /** Share of time that a member is away, and how long at a time; milliseconds. */
  readonly away?: { readonly share: number; readonly lasts: number };
  /** Share of members that lie, and how. */
  readonly lying?: { readonly share: number; readonly how: Lie };
  /** Bytes a second, each way. */
  readonly bandwidth?: number;
  /** Milliseconds from one member to another, instead of places on a map. */
  readonly latency?: (from: number, to: number) => number;
}

export interface World {
  readonly members: number;
  readonly bandwidth: number;
  readonly draw: Draw;
  latency(from: number, to: number): number;
  /** With whom a member is connected when both are there. */
  partners(member: number): readonly number[];
  lie(member: number): Lie | undefined;
  isUp(member: number, time: number): boolean;
  /** When it is there next, from this time on. */
  nextUp(member: number, time: number): number;
  /** When two connected members say hello to each other next. */
  nextHello(one: number, other: number, time: number): number;
}

export function createWorld(options: WorldOptions): World {
  const { members, seed, bandwidth = 2_500_000 } = options;
  const draw = createDraw(seed);
  const latency = options.latency ?? latencies(members, draw);
  const partners = connections(members, draw);
  const lies = liars(options, draw);
  const absences = options.away ? awayTimes(members, options.away, draw) : [];

  const absence = (member: number, time: number) =>
    absences[member]?.find(({ from, until }) => from <= time && time < until);

  return {
    ...{ members, bandwidth, draw, latency },
    partners: (member) => partners[member] ?? [],
    lie: (member) => lies[member],
    isUp: (member, time) => absence(member, time) === undefined,
    nextUp: (member, time) => absence(member, time)?.until ?? time,
    nextHello(one, other, time) {
      const phase = phaseOf(Math.min(one, other), Math.max(one, other));
      // The wait begins anew with the answer, so that the hellos of several members drift against each other.
      const period = usual.hello + 2 * latency(one, other);
      return Math.ceil((time - phase) / period) * period + phase;
    },
  };
}

/** Places on a map of the world: 10 ms at least, 180 ms to its other end. */
function latencies(members: number, draw: Draw): World["latency"] {
  const places = Array.from({ length: members }, () => [draw.fraction(), draw.fraction()] as const);
  return (from, to) => {
    const [x = 0, y = 0] = places[from] ?? [];
    const [u = 0, v = 0] = places[to] ?? [];
    return 10 + 120 * Math.hypot(x - u, y - v);
  };
}

/** Everybody with everybody, as far as nodes take connections; beyond, whom chance brings together. */
function connections(members: number, draw: Draw): number[][] {
  const partners = Array.from({ length: members }, (): number[] => []);
  if (members <= usual.connections + 1) {
    for (const [member, own] of partners.entries())
      for (let other = 0; other < members; other++) if (other !== member) own.push(other);
    return partners;
  }
  const known = partners.map(() => new Set<number>());
  for (let member = 0; member < members; member++) {
    for (let tries = 0; tries < 4 * usual.connections; tries++) {
      const other = draw.below(members);
      const full = [member, other].some((one) => (known[one]?.size ?? 0) >= usual.connections);
      if (other === member || full) continue;
      known[member]?.add(other);
      known[other]?.add(member);
    }
  }
  return known.map((own) => [...own]);
}

function liars({ members, lying }: WorldOptions, draw: Draw): (Lie | undefined)[] {
  return Array.from({ length: members }, () =>
    lying && draw.fraction() < lying.share ? lying.how : undefined,
  );
}

interface Absence {
  readonly from: number;
  readonly until: number;
}

/** For two days, which is longer than anything that is looked at. */
function awayTimes(
  members: number,
  { share, lasts }: NonNullable<WorldOptions["away"]>,
  draw: Draw,
): Absence[][] {
  const there = (lasts * (1 - share)) / share;
  return Array.from({ length: members }, () => {
    const absences: Absence[] = [];
    let time = draw.fraction() < share ? -draw.exponential(lasts) : draw.exponential(there);
    while (time < 48 * HOUR) {
      const until = time + draw.exponential(lasts);
      absences.push({ from: time, until });
      time = until + draw.exponential(there);
    }
    return absences;
  });
}

/** Hellos of two members repeat from when they met, which is any moment. */
function phaseOf(low: number, high: number): number {
  const mixed = Math.imul(low + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(high + 0x7f4a7c15, 0xc2b2ae35);
  return (((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * usual.hello;
}
