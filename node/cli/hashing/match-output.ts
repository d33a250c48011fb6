/** How what was found is told, to programs and to people. */
import type { Match } from "@wardline/hashing/index";
import { percent } from "./compare-meaning.ts";
import type { FoundMatch } from "./match-frames.ts";
import type { Found } from "./match-one.ts";
import type { LikeVideo } from "./match-videos.ts";
import { printable } from "./output.ts";

/** One object; `entry` is the entry's place in its list, from 1. */
export function jsonLine({ query, total, matches, videos, suppressedBy, error }: Found): string {
  return JSON.stringify({
    query,
    ...(error && { error }),
    total,
    matches: matches.map(told),
    ...(videos.length > 0 && { videos }),
    ...(suppressedBy && { suppressedBy: told(suppressedBy) }),
  });
}

function told({
  list,
  key,
  source,
  verdict,
  kind,
  distance,
  turn,
  quality,
  disputed,
  decides,
  frames,
}: FoundMatch) {
  return {
    ...{ list, entry: key, source, verdict, kind, distance },
    ...(turn !== undefined && { turn }),
    ...{ quality, disputed, decides },
    ...(frames && { frames }),
  };
}

export function readableLines({ query, total, matches, videos, suppressedBy, error }: Found): string[] {
  const lines = [`${printable(query)}: ${total === 0 ? "not known" : "matches"}`];
  if (error) lines.push(`  ${error.code}: ${error.message}`);
  lines.push(
    ...strongest(matches).map((match) => `  ${sentence(match)}`),
    ...videos.map((like) => `  ${likeVideo(like)}`),
  );
  const more = total - matches.length - videos.length;
  if (more > 0) lines.push(`  … and ${more} more`);
  if (suppressedBy) lines.push(`  known good: ${sentence(suppressedBy)}`);
  return lines;
}

/** Of an entry that was found by several kinds of hash, the one that proves most; they come in that order. */
function strongest(matches: readonly FoundMatch[]): FoundMatch[] {
  const entries = new Map<string, FoundMatch>();
  for (const match of matches) {
    const name = `${match.list}\n${match.key}`;
    if (!entries.has(name)) entries.set(name, match);
  }
  return [...entries.values()];
}

function sentence({ frames, ...match }: FoundMatch): string {
  return [
    likeness(match),
    `${printable(match.list)} entry ${match.key}`,
    match.source && `from ${printable(match.source)}`,
    match.verdict && `verdict ${printable(match.verdict)}`,
    match.kind === "pdq" && `quality ${match.quality}`,
    frames && `${frames.count} frames, nearest at ${Math.round(frames.nearest)} s`,
    match.disputed && "DISPUTED",
  ]
    .filter((part) => part !== false && part !== undefined && part !== "")
    .join(", ");
}

function likeness({ kind, distance, turn, decides }: Match): string {
  if (kind !== "pdq")
    return decides ? `the same file (${kind})` : `perhaps the same file (${kind} can be forged)`;
  const turned = turn === undefined || turn === "orig" ? "" : `, turned or mirrored (${turn})`;
  return `pdq ${distance} of 256 bits off${turned}`;
}

function likeVideo({ list, ...like }: LikeVideo): string {
  const name = printable(list);
  if (like.kind === "tmk")
    return `tmk ${like.level1.toFixed(3)} on average and ${like.level2.toFixed(3)} in time, ${name}`;
  return `${percent(like.queryShare)} of its frames are in ${name}, ${percent(like.comparedShare)} of that one's are in it`;
}
