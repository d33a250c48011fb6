/** What a comparison found, in words. */
import type { TmkScore, VideoMatch } from "@wardline/hashing/video";
import { tmkThreshold } from "./video-hashes.ts";

export interface Comparison {
  /** For each digest that both have: whether it is the same. */
  same: Partial<Record<"sha256" | "sha1" | "md5", boolean>>;
  pdq?: { distance: number; best: { distance: number; turn: string }; qualities: (number | undefined)[] };
  video?: VideoMatch;
  tmk?: TmkScore;
}

/** The field's usual thresholds; lists may have others. */
const [near, poor] = [31, 50];

export function readable({ same, pdq, video, tmk }: Comparison): string[] {
  const lines = Object.entries(same).map(
    ([kind, equal]) => `${kind.padEnd(8)} ${equal ? "the same" : "different"}`,
  );
  if (pdq) {
    const { distance, best, qualities } = pdq;
    lines.push(`pdq      ${distance} of 256 bits differ; ${best.distance} in the best turn (${best.turn})`);
    const known = qualities.filter((quality) => quality !== undefined);
    if (known.length > 0) lines.push(`quality  ${known.join(" and ")}`);
  }
  if (video) {
    lines.push(`frames   ${percent(video.queryShare)} of the first have a counterpart in the second`);
    lines.push(`         ${percent(video.comparedShare)} of the second have a counterpart in the first`);
  }
  if (tmk) {
    lines.push(`tmk      level 1 ${tmk.level1.toFixed(3)}: on average, without regard to order`);
    lines.push(`         level 2 ${tmk.level2.toFixed(3)}: at the best alignment in time`);
  }
  return lines;
}

export const percent = (share: number) => `${Math.floor(share * 1000) / 10} %`;

/** One sentence; undefined when the two have nothing that can be compared. */
export function meaningOf({ same, pdq, video, tmk }: Comparison): string | undefined {
  if (same.sha256 === true) return "The same file, byte for byte.";
  if (same.sha256 === false && (same.sha1 === true || same.md5 === true))
    return "Different files that were made to share a digest: believe SHA-256, and ask why somebody made them.";
  if (video) return meaningOfVideos(video);
  if (tmk) return meaningOfTmk(tmk);
  if (pdq) return meaningOfPdq(pdq);
  if (same.sha1 === true || same.md5 === true)
    return "Probably the same file; these digests can be forged, so compare SHA-256 before anything rests on it.";
  return Object.keys(same).length > 0
    ? "Different files; whether they look alike cannot be said from these."
    : undefined;
}

function meaningOfPdq({ distance, best, qualities }: NonNullable<Comparison["pdq"]>): string {
  if (qualities.some((quality) => quality !== undefined && quality < poor))
    return `The quality is below ${poor}: there is too little in the picture for PDQ to mean anything. Look at both.`;
  if (distance <= near) return `Copies of one picture, by the usual threshold of ${near}.`;
  if (best.distance <= near)
    return `One is the other turned or mirrored (${best.turn}), by the usual threshold of ${near}.`;
  if (best.distance <= 2 * near + 1)
    return `Perhaps related: beyond the usual threshold of ${near}, but nearer than chance. Look at both.`;
  return "Different pictures.";
}

function meaningOfVideos({ queryShare, comparedShare }: VideoMatch): string {
  if (queryShare >= 0.8 && comparedShare >= 0.8)
    return "Copies of one video: four fifths of each are in the other.";
  if (queryShare >= 0.8) return "The first is, for four fifths or more, a part of the second.";
  if (comparedShare >= 0.8) return "The second is, for four fifths or more, a part of the first.";
  return queryShare > 0 || comparedShare > 0
    ? "Some frames are alike, too few for copies. Look at both."
    : "Different videos.";
}

function meaningOfTmk({ level1, level2 }: TmkScore): string {
  const threshold = `the reference's threshold of ${tmkThreshold}`;
  if (level1 < tmkThreshold) return `Different videos, by ${threshold} at level 1.`;
  if (level2 < tmkThreshold)
    return `Alike on average and not in time, by ${threshold} at both levels. Look at both.`;
  return `Copies of one video, by ${threshold} at both levels.`;
}
