/** Videos as wholes: which of the known ones is like this one, by shares of frames or by the scores of TMK+PDQF. */
import { setImmediate } from "node:timers/promises";
import { compareTmk, compareVideos, type TmkScore, type VideoMatch } from "@wardline/hashing/video";
import { codeAndMessage, type Told } from "./errors.ts";
import type { VideoList } from "./opened-lists.ts";
import { printable } from "./output.ts";
import type { Subject } from "./subjects.ts";
import { tmkThreshold } from "./video-hashes.ts";

export type LikeVideo = { list: string } & (
  ({ kind: "vpdq" } & Pick<VideoMatch, "queryShare" | "comparedShare">) | ({ kind: "tmk" } & TmkScore)
);

export interface LikeVideos {
  /** Most alike first. Of vPDQ every one with a frame in common, of TMK+PDQF those at the reference's thresholds. */
  videos: LikeVideo[];
  /** Why some of the lists could not be compared; the others were. */
  error?: Told;
}

/** Compares with one list after the other, which takes about 0.1 s for two videos of an hour. */
export async function likeVideos(
  subject: Subject,
  lists: readonly VideoList[],
  signal: AbortSignal,
): Promise<LikeVideos> {
  const videos: LikeVideo[] = [];
  let error: Told | undefined;
  for (const list of lists) {
    await setImmediate(); // lets Ctrl-C come through
    signal.throwIfAborted();
    try {
      const like = likeness(subject, list);
      if (like !== undefined) videos.push(like);
    } catch (problem) {
      const { code, message } = codeAndMessage(problem);
      error ??= { code, message: `${printable(list.name)}: ${message}` };
    }
  }
  return { videos: videos.sort((a, b) => degree(b) - degree(a)), ...(error && { error }) };
}

function likeness({ frames, tmk }: Subject, { name: list, hashes, ...settings }: VideoList) {
  if ("tmk" in hashes) return tmk && likeTmk(list, compareTmk(tmk, hashes.tmk));
  if (frames === undefined) return undefined;
  const { distance, quality } = settings;
  const { queryShare, comparedShare } = compareVideos({ frames }, hashes, {
    ...(distance !== undefined && { distance }),
    ...(quality !== undefined && { quality }),
  });
  return queryShare > 0 ? { list, kind: "vpdq" as const, queryShare, comparedShare } : undefined;
}

function likeTmk(list: string, score: TmkScore) {
  const known = score.level1 >= tmkThreshold && score.level2 >= tmkThreshold;
  return known ? { list, kind: "tmk" as const, ...score } : undefined;
}

const degree = (like: LikeVideo) =>
  like.kind === "tmk" ? like.level2 : Math.max(like.queryShare, like.comparedShare);
