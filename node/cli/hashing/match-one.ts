/** Looking for one query: a picture in its eight turns, a video by its frames, a file by its digests. */
import type { Answer, Match, MatchIndex, Query } from "@wardline/hashing/index";
import { codeAndMessage, type Told } from "./errors.ts";
import { digestsOfFile, type Examiner } from "./examine.ts";
import type { Asked } from "./queries.ts";
import { subjectOfFile, type Subject } from "./subjects.ts";

export interface FoundMatch extends Match {
  /** Of a video: how many of its frames match this entry, and when the nearest one is shown, in seconds. */
  frames?: { count: number; nearest: number };
}

export interface Found {
  query: string;
  total: number;
  matches: FoundMatch[];
  suppressedBy?: Match;
  /** Why the file could not be opened; its digests were looked for all the same where it could be read. */
  error?: Told;
}

export interface Looking {
  index: MatchIndex;
  examiner: Examiner;
  frames: boolean | undefined;
  limit: number;
  signal: AbortSignal;
}

export async function found(asked: Asked, looking: Looking): Promise<Found> {
  const { subject, error } =
    "subject" in asked ? { subject: asked.subject } : await examined(asked.file, looking);
  try {
    const answer = await looking.index.match(queryOf(subject), { limit: looking.limit });
    const whole = { query: subject.name, ...answer, ...(error && { error }) };
    return subject.frames === undefined ? whole : await withFrames(whole, subject.frames, looking);
  } catch (problem) {
    looking.signal.throwIfAborted();
    return { query: subject.name, total: 0, matches: [], error: codeAndMessage(problem) };
  }
}

/** A file that cannot be opened may still be known by its digests. */
async function examined(
  file: string,
  { examiner, frames, signal }: Looking,
): Promise<{ subject: Subject; error?: Told }> {
  try {
    return { subject: subjectOfFile(file, await examiner.examine(file, { frames, signal })) };
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
  };
}

/** Adds what is known of the frames: each entry once, by its nearest frame. */
async function withFrames(
  whole: Found,
  frames: NonNullable<Subject["frames"]>,
  { index, limit }: Looking,
): Promise<Found> {
  const answers = await index.matchAll(
    frames.map(({ hash, quality }) => ({ pdq: hash, quality })),
    { limit },
  );
  const nearest = new Map<string, FoundMatch>();
  answers.forEach(({ matches }: Answer, at) => {
    for (const match of matches) {
      const name = `${match.list}\n${match.key}`;
      const before = nearest.get(name);
      const count = (before?.frames?.count ?? 0) + 1;
      const closer = before === undefined || match.distance < before.distance;
      const time = closer ? (frames[at]?.timestamp ?? 0) : (before?.frames?.nearest ?? 0);
      nearest.set(name, { ...(closer ? match : before), frames: { count, nearest: time } });
    }
  });
  const byFrames = [...nearest.values()].sort((a, b) => a.distance - b.distance);
  return {
    ...whole,
    total: whole.total + byFrames.length,
    matches: [...whole.matches, ...byFrames].slice(0, limit),
  };
}
