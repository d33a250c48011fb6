/** A member returns after an absence and pulls what it missed, feed by feed, from whoever it is connected to. */
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

/**
 * @param feeds - for each feed that has grown, the bytes of the blocks that were missed
 * @param member - who returns; the others have everything
 */
export function catchUp(world: World, member: number, feeds: readonly (readonly number[])[]): CatchUp {
  const missing = new Set(feeds.keys());
  const pulling = new Set<number>();
  /** How far through the feeds each link is. */
  const positions = new Map<number, number>();
  const agenda = createAgenda<Step>();
  let [free, questions, bytes, time] = [0, 0, 0, 0];
  for (const [index, link] of world.partners(member).entries()) {
    if (world.lie(link) === "withhold") continue;
    const turn = 1 + Math.floor(index / usual.parallelDials);
    agenda.add(turn * CROSSINGS_TO_HELLO * world.latency(member, link), { link });
  }

  /** Goes once through the feeds that a hello names, and asks for those that nobody is asked for; then waits for the next hello. */
  function goOn(link: number, now: number): void {
    let feed = positions.get(link) ?? 0;
    while (feed < feeds.length && (!missing.has(feed) || pulling.has(feed))) feed++;
    if (feed >= feeds.length) {
      positions.delete(link);
      agenda.add(world.nextHello(member, link, now + 1), { link });
      return;
    }
    positions.set(link, feed + 1);
    pulling.add(feed);
    ask({ link, feed, left: [...answers(feeds[feed] ?? []), []] }, now);
  }

  function ask({ link, feed, left }: Pull, now: number): void {
    questions++;
    const roundTrip = 2 * world.latency(member, link);
    const lie = world.lie(link);
    const [answer, ...rest] = left;
    if (lie !== undefined || answer === undefined)
      return agenda.add(now + (lie === "stall" ? usual.answerTimeout : roundTrip), { link, failed: feed });
    const size = pullBytes(answer);
    bytes += size;
    free = Math.max(free, now + roundTrip) + (onTheWire(size) / world.bandwidth) * 1000;
    agenda.add(free, { link, pull: { link, feed, left: rest } });
  }

  for (let next = agenda.next(); next && missing.size > 0; next = agenda.next()) {
    const { link, pull, failed } = next.what;
    if (failed !== undefined) pulling.delete(failed);
    if (pull && pull.left.length > 0) {
      ask(pull, next.time);
      continue;
    }
    if (pull) {
      missing.delete(pull.feed);
      pulling.delete(pull.feed);
      time = next.time;
    }
    goOn(link, next.time);
  }
  return { time, questions, bytes };
}

interface Pull {
  readonly link: number;
  readonly feed: number;
  /** Answers still to come; the last one is empty and says that there is no more. */
  readonly left: readonly (readonly number[])[];
}

interface Step {
  readonly link: number;
  /** An answer has come. */
  readonly pull?: Pull;
  /** The feed that a member was asked for in vain. */
  readonly failed?: number;
}

function answers(blocks: readonly number[]): number[][] {
  const all: number[][] = [];
  let [answer, size] = [[] as number[], 0];
  for (const block of blocks) {
    if (answer.length > 0 && (answer.length === ANSWER_BLOCKS || size + block > ANSWER_BYTES)) {
      all.push(answer);
      [answer, size] = [[], 0];
    }
    answer.push(block);
    size += block;
  }
  return answer.length > 0 ? [...all, answer] : all;
}
