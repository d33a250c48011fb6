/**
 * One query over the shelves of a thread: everything within each list's own distance and quality, counted in full,
 * returned up to a limit from near to far. Turns of a picture are searched together; the nearest counts.
 */
import { MOST_RESULTS } from "../hamming/index.ts";
import { listOf, qualityOf } from "./facts.ts";
import { isSeen, widest, type Rules } from "./rules.ts";
import type { Shelf } from "./shelf.ts";

/** Distances are below this: lists go to 63. */
export const DISTANCES = 64;
export const MOST_HASH_DISTANCE = DISTANCES - 1;
const TURNS = 8;

/** A hit as it travels: facts, then distance and turn. */
export const HIT_WORDS = 4;
export const hitWord = (distance: number, turn: number) => (turn << 8) | distance;
export const distanceOf = (word: number) => word & 0xff;
export const turnOf = (word: number) => word >>> 8;

export interface Question {
  /** 8 words for each turn: one, or eight in the order of `dihedralNames`. */
  readonly hashes: Uint32Array;
  /** 0 to 100. */
  readonly quality: number;
  readonly rules: Rules;
  readonly limit: number;
}

export interface Finding {
  /** Matches by distance, all of them. */
  readonly counts: Uint32Array;
  /** `HIT_WORDS` each, from near to far. */
  readonly hits: number[];
  /** The nearest known-good one: a hit, or nothing. */
  readonly good: number[];
  /** More hashes were near than a shard returns at once: the nearest were weighed, the others are not in `counts`. */
  readonly cut: boolean;
}

/** As most queries are answered. */
export const nothing: Finding = { counts: new Uint32Array(DISTANCES), hits: [], good: [], cut: false };

interface Near {
  readonly packed: Float64Array;
  /** There were more than a shard returns at once. */
  readonly cut: boolean;
}

/** A hash that is near: packed so that sorting brings a slot's turns together, nearest first. */
const pack = (slot: number, distance: number, turn: number) => (slot * DISTANCES + distance) * TURNS + turn;

export function search(shelves: readonly Shelf[], question: Question): Finding {
  const { rules, limit } = question;
  const most = widest(rules, question.quality);
  if (most < 0) return nothing;
  const near = shelves.map((shelf) => nearSlots(shelf, question.hashes, most));
  if (near.every(({ packed }) => packed.length === 0)) return nothing;
  const counts = new Uint32Array(DISTANCES);

  let good: number[] = [];
  eachEntry(shelves, near, question, (a, b, c, distance, turn) => {
    if (rules.good[listOf(a)] === 0) counts[distance] = (counts[distance] as number) + 1;
    else if (good.length === 0 || distance < distanceOf(good[3] as number))
      good = [a, b, c, hitWord(distance, turn)];
  });

  const room = firstOf(counts, limit);
  const places = startsOf(room);
  const hits = new Array<number>(room.reduce((sum, count) => sum + count, 0) * HIT_WORDS);
  if (hits.length > 0)
    eachEntry(shelves, near, question, (a, b, c, distance, turn) => {
      if (room[distance] === 0 || rules.good[listOf(a)] === 1) return;
      room[distance] = (room[distance] as number) - 1;
      const at = (places[distance] as number) * HIT_WORDS;
      places[distance] = (places[distance] as number) + 1;
      hits[at] = a;
      hits[at + 1] = b;
      hits[at + 2] = c;
      hits[at + 3] = hitWord(distance, turn);
    });
  return { counts, hits, good, cut: near.some(({ cut }) => cut) };
}

/** The slots within the distance of any turn, each once with its nearest turn. */
function nearSlots(shelf: Shelf, hashes: Uint32Array, most: number): Near {
  const found = shelf.shard.queryBatch(hashes, most, MOST_RESULTS);
  const packed = new Float64Array(found.reduce((sum, { slots }) => sum + slots.length, 0));
  let at = 0;
  found.forEach(({ slots, distances }, turn) => {
    for (let index = 0; index < slots.length; index++)
      packed[at++] = pack(slots[index] as number, distances[index] as number, turn);
  });
  return {
    packed: found.length === 1 ? packed : nearestOfEach(packed.sort()),
    cut: found.some(({ total, slots }) => total > slots.length),
  };
}

function nearestOfEach(sorted: Float64Array): Float64Array {
  let kept = 0;
  let last = -1;
  for (const value of sorted) {
    const slot = Math.floor(value / (DISTANCES * TURNS));
    if (slot === last) continue;
    last = slot;
    sorted[kept++] = value;
  }
  return sorted.subarray(0, kept);
}

/** Visits the entries of near slots whose list wants them. */
function eachEntry(
  shelves: readonly Shelf[],
  near: readonly Near[],
  { rules, quality }: Question,
  visit: (a: number, b: number, c: number, distance: number, turn: number) => void,
): void {
  let distance = 0;
  let turn = 0;
  const weigh = (a: number, b: number, c: number) => {
    const list = listOf(a);
    const floor = rules.quality[list] as number;
    if (!isSeen(rules, list) || distance > (rules.distance[list] as number)) return;
    if (quality >= floor && qualityOf(c) >= floor) visit(a, b, c, distance, turn);
  };
  shelves.forEach((shelf, index) => {
    for (const value of near[index]?.packed ?? []) {
      turn = value % TURNS;
      distance = Math.floor(value / TURNS) % DISTANCES;
      shelf.visit(Math.floor(value / (DISTANCES * TURNS)), weigh);
    }
  });
}

/** How many of each distance are returned: the nearest, up to the limit. */
function firstOf(counts: Uint32Array, limit: number): number[] {
  let left = limit;
  return Array.from(counts, (count) => {
    const taken = Math.min(count, left);
    left -= taken;
    return taken;
  });
}

function startsOf(room: readonly number[]): number[] {
  let sum = 0;
  return room.map((count) => (sum += count) - count);
}
