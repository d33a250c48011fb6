/** The work of `wardline compare`. */
import { dihedralNames, hammingDistance } from "@wardline/hashing/pdq";
import { compareTmk, compareVideos } from "@wardline/hashing/video";
import { WardlineError } from "@wardline/protocol/encoding";
import { say } from "../terminal.ts";
import { meaningOf, readable, type Comparison } from "./compare-meaning.ts";
import { createExaminer } from "./examine.ts";
import { interruption } from "./interrupt.ts";
import { printable } from "./output.ts";
import { subjectOfFile, subjectOfHash, type Subject } from "./subjects.ts";
import { rateOf, videoHashesIn } from "./video-hashes.ts";

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
  const given = await Promise.all(names.map(givenHashes));
  const rate = rateOf(given.flatMap((subject) => subject?.frames ?? []));
  const examiner = createExaminer();
  const options = { frames: true, rate, signal: interruption() };
  try {
    return await Promise.all(
      names.map(
        async (name, at) =>
          given[at] ?? subjectOfFile(name, await named(name, examiner.examine(name, options))),
      ),
    );
  } finally {
    await examiner.close();
  }
}

/** A hash that stands for itself, or hashes of a video in a file. */
async function givenHashes(name: string): Promise<Subject | undefined> {
  const hash = await subjectOfHash(name);
  if (hash !== undefined) return hash;
  const hashes = await named(name, videoHashesIn(name));
  return hashes && { name, ...hashes };
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
  if (a.tmk && b.tmk) comparison.tmk = compareTmk(a.tmk, b.tmk);
  return comparison;
}

const notComparable = () =>
  new WardlineError("cli/not-comparable", "These two have no hash of the same kind.", {
    advice: "Compare two pictures, two videos, or hashes of one kind.",
  });
