/** How much of one video is in the other, and of the other in the one. */
import { createShard } from "../hamming/index.ts";
import { bitCount, pdqWords } from "../pdq/index.ts";
import type { VideoHash } from "./frames.ts";

export interface VideoMatchSettings {
  /** Most bits in which two frames may differ. Default 31, the field's usual threshold. */
  distance?: number;
  /** Frames below this quality are left out. Default 50: poorer frames hash to noise. */
  quality?: number;
  /** Whether equal hashes count once, so that a standing picture does not decide. Default true. */
  distinct?: boolean;
  /** Share of the query's frames that must have a counterpart for a match. Default 0.8. */
  queryShare?: number;
  /** Share of the other's frames. Default 0: the query may be a short piece of a long video. */
  comparedShare?: number;
}

export interface VideoMatch {
  /** Share of the query's frames that have a counterpart in the other video, 0 to 1. */
  queryShare: number;
  /** Share of the other video's frames that have a counterpart in the query, 0 to 1. */
  comparedShare: number;
  /** Both shares reach what the settings ask for. A video without a usable frame matches nothing. */
  matches: boolean;
}

const WORDS = 8;

/**
 * Above so many pairs of frames an index is worth being built; below, comparing takes at most about 0.1 s.
 * Two videos of an hour each at a frame a second stay below.
 */
const PAIRS_TO_COMPARE = 20_000_000;

/** Compares two videos both ways, frame by frame, without regard to order. Error: `hashing/pdq-format`. */
export function compareVideos(
  query: VideoHash,
  compared: VideoHash,
  settings: VideoMatchSettings = {},
): VideoMatch {
  const { distance = 31, quality = 50, distinct = true } = settings;
  const ours = usableHashes(query, quality, distinct);
  const theirs = usableHashes(compared, quality, distinct);
  if (ours.length === 0 || theirs.length === 0) return { queryShare: 0, comparedShare: 0, matches: false };

  const queryShare = shareWithCounterpart(ours, theirs, distance);
  const comparedShare = shareWithCounterpart(theirs, ours, distance);
  const matches =
    queryShare >= (settings.queryShare ?? 0.8) && comparedShare >= (settings.comparedShare ?? 0);
  return { queryShare, comparedShare, matches };
}

/** The hashes of good frames, eight words each, one after another. */
function usableHashes({ frames }: VideoHash, quality: number, distinct: boolean): Uint32Array {
  const good = frames.filter((frame) => frame.quality >= quality).map(({ hash }) => hash);
  const chosen = distinct ? [...new Set(good)] : good;
  const words = new Uint32Array(chosen.length * WORDS);
  chosen.forEach((hash, at) => words.set(pdqWords(hash), at * WORDS));
  return words;
}

function shareWithCounterpart(ours: Uint32Array, theirs: Uint32Array, distance: number): number {
  const pairs = (ours.length / WORDS) * (theirs.length / WORDS);
  const count = pairs > PAIRS_TO_COMPARE ? countByIndex : countByComparing;
  return count(ours, theirs, distance) / (ours.length / WORDS);
}

function countByIndex(ours: Uint32Array, theirs: Uint32Array, distance: number): number {
  const shard = createShard({ capacity: theirs.length / WORDS });
  shard.build(theirs);
  let count = 0;
  for (let at = 0; at < ours.length; at += WORDS)
    if (shard.query(ours.subarray(at, at + WORDS), distance, 0).total > 0) count++;
  return count;
}

/** Begins each search where the last one ended: counterparts of neighbours are neighbours. */
function countByComparing(ours: Uint32Array, theirs: Uint32Array, distance: number): number {
  let count = 0;
  let last = 0;
  for (let at = 0; at < ours.length; at += WORDS) {
    const found = counterpart(ours, at, theirs, last, distance);
    if (found === undefined) continue;
    last = found;
    count++;
  }
  return count;
}

/** Where the hash of `ours` at a place has a counterpart, searched from `first` on and around the end. */
function counterpart(
  ours: Uint32Array,
  at: number,
  theirs: Uint32Array,
  first: number,
  distance: number,
): number | undefined {
  const count = bitCount; // innermost loop: found once
  for (let step = 0; step < theirs.length; step += WORDS) {
    const other = (first + step) % theirs.length;
    let bits = 0;
    for (let word = 0; word < WORDS && bits <= distance; word++)
      bits += count((ours[at + word] as number) ^ (theirs[other + word] as number));
    if (bits <= distance) return other;
  }
  return undefined;
}
