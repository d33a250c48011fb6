/**
 * A member returns after an absence and pulls what it missed from whoever it is connected to. Each hello of a member starts a
 * pass through the feeds that it has named; a feed that somebody is asked for is passed over, unless that one has been silent
 * for too long. The rules are those of `node/federation/feeds/sync.ts`.
 */
import { patienceWith } from "../../node/federation/feeds/patience.ts";
import { MOST_HEADS } from "../../node/federation/hello/wire.ts";
import { createAgenda } from "./agenda.ts";
import { onTheWire, pullBytes } from "./sizes.ts";
import { CROSSINGS_TO_HELLO, usual, type World } from "./world.ts";

/** As one answer holds them; see ANSWER_BYTES and the schema in `node/federation/feeds/sync.ts`. */
const ANSWER_BYTES = 512 * 1024;
const ANSWER_BLOCKS = 64;

export interface CatchUp {
  /** Milliseconds until everything is there. */
  readonly time: number;
  readonly questions: number;
  /** On feed streams, as a node counts them. */
  readonly bytes: number;
}

/** Through the feeds that a member has named, once. */
interface Pass {
  readonly link: number;
  readonly named: number;
  feed: number;
}

/** A feed being pulled from a member, and when it last answered. */
interface Turn {
  readonly pass: Pass;
  readonly feed: number;
  from: number;
  heard: number;
}

type Step =
  | { readonly what: "hello"; readonly link: number; readonly count: number }
  | { readonly what: "answer"; readonly turn: Turn; readonly blocks: number }
  | { readonly what: "failed"; readonly turn: Turn };

/**
 * @param feeds - for each feed that has grown, the bytes of the blocks that were missed
 * @param member - who returns; the others have everything
 */
export function catchUp(world: World, member: number, feeds: readonly (readonly number[])[]): CatchUp {
  const held = feeds.map(() => 0);
  const missing = new Set(feeds.keys());
  const turns = new Map<number, Turn>();
  /** Who let a question about a feed lie. */
  const silent = feeds.map(() => new Set<number>());
  /** Questions on the way to each member, and those that wait until there are fewer. */
  const open = new Map<number, number>();
  const waiting = new Map<number, Turn[]>();
  const agenda = createAgenda<Step>();
  let [free, questions, bytes, time] = [0, 0, 0, 0];
  for (const [index, link] of world.partners(member).entries()) {
    if (world.lie(link) === "withhold") continue;
    const turn = 1 + Math.floor(index / usual.parallelDials);
    agenda.add(turn * CROSSINGS_TO_HELLO * world.latency(member, link), { what: "hello", link, count: 1 });
  }

  function isFree(feed: number, link: number, now: number): boolean {
    const other = turns.get(feed);
    if (!missing.has(feed)) return false;
    if (!other) return true;
    if (other.pass.link === link || silent[feed]?.has(link)) return false;
    return now - other.heard >= patienceWith(turns.size);
  }

  function goOn(pass: Pass, now: number): void {
    while (pass.feed < pass.named && !isFree(pass.feed, pass.link, now)) pass.feed++;
    const feed = pass.feed++;
    if (feed >= pass.named) return;
    const other = turns.get(feed);
    if (other) silent[feed]?.add(other.pass.link);
    const turn = { pass, feed, from: held[feed] ?? 0, heard: now };
    turns.set(feed, turn);
    ask(turn, now);
  }

  function ask(turn: Turn, now: number): void {
    const { link } = turn.pass;
    const asked = open.get(link) ?? 0;
    if (asked === usual.pullsInFlight) {
      waiting.set(link, [...(waiting.get(link) ?? []), turn]);
      return;
    }
    open.set(link, asked + 1);
    questions++;
    const blocks = answerFrom(feeds[turn.feed] ?? [], turn.from);
    const lie = world.lie(link);
    const arrives = lie === "stall" ? Infinity : arrival(link, lie === "wrong" ? [] : blocks, now);
    const timeOut = now + usual.answerTimeout;
    const good = lie === undefined && arrives <= timeOut;
    agenda.add(
      Math.min(arrives, timeOut),
      good ? { what: "answer", turn, blocks: blocks.length } : { what: "failed", turn },
    );
  }

  /** When an answer with these blocks is there: all answers share one line. */
  function arrival(link: number, blocks: readonly number[], now: number): number {
    const roundTrip = 2 * world.latency(member, link);
    if (blocks.length === 0) return now + roundTrip;
    const size = pullBytes(blocks);
    bytes += size;
    free = Math.max(free, now + roundTrip) + (onTheWire(size) / world.bandwidth) * 1000;
    return free;
  }

  function settle(link: number, now: number): void {
    open.set(link, (open.get(link) ?? 1) - 1);
    const next = waiting.get(link)?.shift();
    if (next) ask(next, now);
  }

  function end(turn: Turn, now: number): void {
    if (turns.get(turn.feed) === turn) turns.delete(turn.feed);
    goOn(turn.pass, now);
  }

  function take(turn: Turn, blocks: number, now: number): void {
    turn.heard = now;
    turn.from += blocks;
    held[turn.feed] = Math.max(held[turn.feed] ?? 0, turn.from);
    if (held[turn.feed] === feeds[turn.feed]?.length && missing.delete(turn.feed)) time = now;
    // The last answer is empty and says that there is no more.
    if (blocks > 0) ask(turn, now);
    else end(turn, now);
  }

  for (let next = agenda.next(); next; next = agenda.next()) {
    const { what: step, time: now } = next;
    if (step.what !== "hello") settle(step.turn.pass.link, now);
    if (step.what === "answer") take(step.turn, step.blocks, now);
    else if (step.what === "failed") end(step.turn, now);
    else if (missing.size > 0) {
      const { link, count } = step;
      goOn({ link, named: Math.min(feeds.length, count * MOST_HEADS), feed: 0 }, now);
      agenda.add(now + usual.hello, { what: "hello", link, count: count + 1 });
    }
  }
  return { time, questions, bytes };
}

/** The bytes of the blocks in one answer. */
function answerFrom(blocks: readonly number[], from: number): number[] {
  const answer: number[] = [];
  let size = 0;
  for (const block of blocks.slice(from, from + ANSWER_BLOCKS)) {
    if (answer.length > 0 && size + block > ANSWER_BYTES) break;
    answer.push(block);
    size += block;
  }
  return answer;
}
