/** The work of `wardline compare`. */
import { dihedralNames, hammingDistance } from "@wardline/hashing/pdq";
import { compareVideos, type VideoMatch } from "@wardline/hashing/video";
import { WardlineError } from "@wardline/protocol/encoding";
import { say } from "../terminal.ts";
import { createExaminer } from "./examine.ts";
import { interruption } from "./interrupt.ts";
import { printable } from "./output.ts";
import { subjectOfFile, subjectOfHash, type Subject } from "./subjects.ts";

interface Comparison {
  /** For each digest that both have: whether it is the same. */
  same: Partial<Record<"sha256" | "sha1" | "md5", boolean>>;
  pdq?: { distance: number; best: { distance: number; turn: string }; qualities: (number | undefined)[] };
  video?: VideoMatch;
}

/** The field's usual thresholds; lists may have others. */
const [near, poor] = [31, 50];

/** @throws `cli/not-comparable`, and what examining a file throws */
export async function compareTwo(a: string, b: string, { json }: { json?: boolean }): Promise<void> {
  const [first, second] = await subjectsOf([a, b]);
  if (first === undefined || second === undefined) return;
  const comparison = compared(first, second);
  const meaning = meaningOf(comparison);
  if (meaning === undefined) throw notComparable();
  if (json === true) return say(JSON.stringify({ a, b, ...comparison, meaning }));
  say(...readable(comparison), meaning);
}

async function subjectsOf(names: readonly string[]): Promise<Subject[]> {
  const examiner = createExaminer();
  const signal = interruption();
  try {
    return await Promise.all(
      names.map(async (name) => {
        const hash = await subjectOfHash(name);
        return (
          hash ?? subjectOfFile(name, await named(name, examiner.examine(name, { frames: true, signal })))
        );
      }),
    );
  } finally {
    await examiner.close();
  }
}

/** With two files, an error has to say which. */
async function named<T>(name: string, examined: Promise<T>): Promise<T> {
  return examined.catch((error: WardlineError) => {
    throw new WardlineError(error.code, `${printable(name)}: ${error.message}`, {
      ...(error.advice !== undefined && { advice: error.advice }),
      cause: error,
    });
  });
}

function compared(a: Subject, b: Subject): Comparison {
  const comparison: Comparison = { same: {} };
  for (const kind of ["sha256", "sha1", "md5"] as const)
    if (a[kind] !== undefined && b[kind] !== undefined) comparison.same[kind] = a[kind] === b[kind];
  if (a.pdq !== undefined && b.pdq !== undefined) {
    // Turning either comes to the same; a bare hash cannot be turned.
    const [turned, fixed] = a.dihedral === undefined ? [b, a.pdq] : [a, b.pdq];
    const turns = (turned.dihedral ?? [turned.pdq ?? fixed]).map((hash, at) => ({
      distance: hammingDistance(hash, fixed),
      turn: dihedralNames[at] ?? "orig",
    }));
    const best = turns.reduce((least, one) => (one.distance < least.distance ? one : least));
    comparison.pdq = { distance: hammingDistance(a.pdq, b.pdq), best, qualities: [a.quality, b.quality] };
  }
  if (a.frames && b.frames) comparison.video = compareVideos({ frames: a.frames }, { frames: b.frames });
  return comparison;
}

function readable({ same, pdq, video }: Comparison): string[] {
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
  return lines;
}

const percent = (share: number) => `${Math.floor(share * 1000) / 10} %`;

/** One sentence; undefined when the two have nothing that can be compared. */
function meaningOf({ same, pdq, video }: Comparison): string | undefined {
  if (same.sha256 === true) return "The same file, byte for byte.";
  if (same.sha256 === false && (same.sha1 === true || same.md5 === true))
    return "Different files that were made to share a digest: believe SHA-256, and ask why somebody made them.";
  if (video) return meaningOfVideos(video);
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

const notComparable = () =>
  new WardlineError("cli/not-comparable", "These two have no hash of the same kind.", {
    advice: "Compare two pictures, two videos, or hashes of one kind.",
  });
