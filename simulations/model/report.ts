/** What the model says of one federation: how fast an advert spreads, what a day costs, how an absent member returns, what liars do. */
import { blockBytes } from "./sizes.ts";
import { catchUp, type CatchUp } from "./catching-up.ts";
import { exposeFork } from "./forking.ts";
import { spreadBlock } from "./spreading.ts";
import { trafficPerDay, type Traffic } from "./traffic.ts";
import { createWorld, type Lie, type World } from "./world.ts";

export interface ModelOptions {
  readonly members: number;
  /** Records that a member publishes in a day, in blocks of five. */
  readonly recordsPerDay: number;
  readonly seed: string;
}

export interface Spreading {
  /** Milliseconds until half, 99 of 100 and all honest members have an advert, those away counted from their return; the median of many plays. */
  readonly half: number;
  readonly most: number;
  readonly all: number;
}

export interface Report {
  readonly members: number;
  readonly recordsPerDay: number;
  /** Everybody there and honest. */
  readonly spreading: Spreading;
  /** One in twenty away at a time, for 8 hours in the mean. */
  readonly withAbsent: Spreading;
  readonly traffic: Traffic;
  readonly week: CatchUp;
  /** One in ten lying: spreading while one in twenty is away, and the return after a week. */
  readonly lying: Readonly<Record<Lie, { readonly spreading: Spreading; readonly week: CatchUp }>>;
  /** Milliseconds until every honest member has the proof of a fork. */
  readonly fork: number;
}

const recordsPerBlock = 5;
const HOUR = 3_600_000;
const away = { share: 0.05, lasts: 8 * HOUR };

export function report({ members, recordsPerDay, seed }: ModelOptions): Report {
  const blocksPerDay = Math.max(1, Math.round(recordsPerDay / recordsPerBlock));
  const honest = createWorld({ members, seed });
  const missed = weekOf(members, blocksPerDay, recordsPerDay);
  const liars = (how: Lie) => {
    const lying = { share: 0.1, how };
    return {
      spreading: spreadingIn(createWorld({ members, seed, away, lying }), recordsPerDay),
      week: catchUp(createWorld({ members, seed, lying }), 0, missed),
    };
  };
  return {
    members,
    recordsPerDay,
    spreading: spreadingIn(honest, recordsPerDay),
    withAbsent: spreadingIn(createWorld({ members, seed, away }), recordsPerDay),
    traffic: trafficPerDay({ members, feedsEach: 1, blocksPerDay, recordsPerBlock }),
    week: catchUp(honest, 0, missed),
    lying: { withhold: liars("withhold"), stall: liars("stall"), wrong: liars("wrong") },
    fork: Math.max(...exposeFork(honest, members - 1).filter(Number.isFinite)),
  };
}

/** Every other member's blocks of seven days. */
function weekOf(members: number, blocksPerDay: number, recordsPerDay: number): number[][] {
  const block = blockBytes(Math.min(recordsPerBlock, Math.max(1, recordsPerDay)));
  return Array.from({ length: members - 1 }, () => Array.from({ length: 7 * blocksPerDay }, () => block));
}

function spreadingIn(world: World, recordsPerDay: number): Spreading {
  const plays = world.members > 200 ? 5 : 25;
  const block = blockBytes(Math.min(recordsPerBlock, Math.max(1, recordsPerDay)));
  const times = Array.from({ length: plays }, () => {
    const at = world.draw.fraction() * 12 * HOUR;
    const author = authorAt(world, at);
    const has = spreadBlock(world, author, at, block);
    return has
      .map((time, member) => Math.max(0, time - (world.nextUp(member, at) - at)))
      .filter((_, member) => member !== author && world.lie(member) === undefined)
      .toSorted();
  });
  const at = (share: number) =>
    median(times.map((has) => has[Math.min(has.length - 1, Math.ceil(share * has.length) - 1)] ?? 0));
  return { half: at(0.5), most: at(0.99), all: at(1) };
}

function authorAt(world: World, time: number): number {
  for (;;) {
    const author = world.draw.below(world.members);
    if (world.isUp(author, time) && world.lie(author) === undefined) return author;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
