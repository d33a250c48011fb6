/** Looking for one query: a picture in its eight turns, a video by its frames, a file by its digests. */
import type { Match, MatchIndex, Query } from "@wardline/hashing/index";
import { codeAndMessage, type Told } from "./errors.ts";
import { digestsOfFile, type Examiner } from "./examine.ts";
import { singles } from "./feed.ts";
import type { FoundMatch, FrameSearch } from "./match-frames.ts";
import { likeVideos, type LikeVideo } from "./match-videos.ts";
import type { VideoList } from "./opened-lists.ts";
import type { Asked } from "./queries.ts";
import { subjectOfFile, type Subject } from "./subjects.ts";
import { videoHashesIn } from "./video-hashes.ts";

export interface Found {
  query: string;
  total: number;
  matches: FoundMatch[];
  /** Of a video: the known ones that are like it. */
  videos: LikeVideo[];
  suppressedBy?: Match;
  /** Why the file could not be opened; its digests were looked for all the same where it could be read. */
  error?: Told;
}

export interface Looking {
  index: MatchIndex;
  /** Whether something besides TMK+PDQF is known, so that other queries can have an answer. */
  knowsMore: boolean;
  videos: readonly VideoList[];
  examiner: Examiner;
  searchFrames: FrameSearch;
  /** Look for the frames of videos, at this rate where it is known. */
  frames: boolean;
  rate: number | undefined;
  limit: number;
  signal: AbortSignal;
}

export async function found(asked: Asked, looking: Looking): Promise<Found> {
  const { index, limit, signal } = looking;
  const { subject, error } =
    "subject" in asked ? { subject: asked.subject } : await examined(asked.file, looking);
  try {
    const { total, matches, suppressedBy } = await index.match(queryOf(subject), { limit });
    const frames = subject.frames ? await looking.searchFrames(subject.frames, limit) : [];
    const like = await likeVideos(subject, looking.videos, signal);
    const problem = error ?? like.error ?? unanswerable(subject, looking);
    return {
      query: subject.name,
      ...(problem && { error: problem }),
      total: total + frames.length + like.videos.length,
      matches: [...matches, ...frames].slice(0, limit),
      videos: like.videos.slice(0, limit),
      ...(suppressedBy && { suppressedBy }),
    };
  } catch (problem) {
    signal.throwIfAborted();
    return { query: subject.name, total: 0, matches: [], videos: [], error: codeAndMessage(problem) };
  }
}

/** "Not known" would be wrong where nothing could be compared. */
function unanswerable({ tmk }: Subject, { knowsMore, videos }: Looking): Told | undefined {
  const known = tmk === undefined ? knowsMore : videos.some(({ hashes }) => "tmk" in hashes);
  if (known) return undefined;
  const message = "No list can know it: TMK+PDQF files are found by TMK+PDQF files, and by nothing else.";
  return { code: "cli/not-comparable", message };
}

/** A file that cannot be opened may still be known by its digests. */
async function examined(
  file: string,
  { examiner, frames, rate, signal }: Looking,
): Promise<{ subject: Subject; error?: Told }> {
  try {
    const hashes = await videoHashesIn(file);
    if (hashes !== undefined) return { subject: { name: file, ...hashes } };
    return { subject: subjectOfFile(file, await examiner.examine(file, { frames, rate, signal })) };
  } catch (error) {
    signal.throwIfAborted();
    const digests = await digestsOfFile(file, signal).catch(() => ({}));
    return { subject: { name: file, ...digests }, error: codeAndMessage(error) };
  }
}

/** PDQ of a known quality is looked for in all turns where they are known. */
function queryOf({ pdq, dihedral, quality, sha256, sha1, md5 }: Subject): Query {
  return {
    ...(sha256 !== undefined && { sha256 }),
    ...(sha1 !== undefined && { sha1 }),
    ...(md5 !== undefined && { md5 }),
    ...(dihedral !== undefined ? { dihedral } : pdq !== undefined && { pdq }),
    ...(quality !== undefined && { quality }),
    audiences: [singles],
  };
}
