/** Fills a match index from list files. */
import type { Entry, ListSettings, MatchIndex } from "@wardline/hashing/index";
import {
  entryName,
  type Batch,
  type ListEntry,
  type ListProblem,
  type ReadOptions,
} from "@wardline/hashing/lists";
import { readListFile, sizeOf } from "./list-files.ts";
import type { ListOnCommandLine } from "./list-settings.ts";
import type { VideoList } from "./opened-lists.ts";
import type { Progress } from "./progress.ts";

export interface FeedOptions {
  reading: ReadOptions;
  progress: Progress;
  signal: AbortSignal;
  onProblem: (file: string, problem: ListProblem) => void;
}

/** The index can tell so many sources and verdicts apart; what comes beyond is called this. */
const [mostSources, mostVerdicts, beyond] = [65_000, 250, "(others)"];

/** Least bytes that a PDQ hash takes in a list: its digits. */
const leastBytes = 64;

/** Different hashes that the lists can hold at most. */
export async function capacityFor(lists: readonly ListOnCommandLine[]): Promise<number> {
  const bytes = await sizeOf(lists.map(({ file }) => file));
  return Math.max(100_000, Math.ceil(bytes / leastBytes));
}

export const settingsOf = ({ name, distance, quality, knownGood }: ListOnCommandLine): ListSettings => ({
  id: name,
  name,
  ...(distance !== undefined && { distance }),
  ...(quality !== undefined && { quality }),
  ...(knownGood === true && { knownGood }),
});

/** Puts the lists into an empty index; keys are the entries' places in their list, from 1. */
export async function feed(
  index: MatchIndex,
  lists: readonly ListOnCommandLine[],
  { reading, progress, signal, onProblem }: FeedOptions,
): Promise<void> {
  const name = createNaming();
  progress.outOf(megabytes(await sizeOf(lists.map(({ file }) => file))));
  let before = 0;
  for (const list of lists) {
    const takenBack = new Map<string, number>();
    let bytes = 0;
    const entries = async function* () {
      for await (const batch of readListFile(list.file, reading, signal)) {
        for (const problem of batch.problems) onProblem(list.file, problem);
        yield* entriesOf(batch, list.name, name, takenBack);
        bytes = batch.bytes;
        progress.at(megabytes(before + bytes));
      }
    };
    await index.build(entries(), { signal });
    before += bytes;
    if (takenBack.size > 0) await takeBack(index, list, takenBack, reading, signal);
  }
  progress.clear();
}

/** Single pictures ask for this audience; frames of videos do not, since videos are compared as wholes. */
export const singles = "singles";

/** Puts the frames of known videos into an index, where single pictures find them; keys are the lines of the texts. */
export async function feedFrames(
  index: MatchIndex,
  videos: readonly VideoList[],
  signal: AbortSignal,
): Promise<void> {
  // Flat frames are refused: they would match every other flat picture.
  await index.build(frameEntries(videos), { signal, onRefused: () => undefined });
}

function* frameEntries(videos: readonly VideoList[]): Generator<Entry> {
  for (const { name: list, hashes } of videos)
    if ("frames" in hashes)
      for (const [at, { hash: pdq, quality }] of hashes.frames.entries())
        yield { list, key: at + 1, source: "", verdict: "", pdq, quality };
}

type Naming = ReturnType<typeof createNaming>;

function* entriesOf(
  { found }: Batch,
  list: string,
  naming: Naming,
  takenBack: Map<string, number>,
): Generator<Entry> {
  for (const { entry, number } of found) {
    if (entry.deleted === true) takenBack.set(entryName(entry), number);
    else if (isMatchable(entry)) yield { list, key: number, ...naming(entry), ...matchable(entry) };
  }
}

/** Entries that the list took back further down: seldom, so the list is simply read again for their hashes. */
async function takeBack(
  index: MatchIndex,
  { file, name }: ListOnCommandLine,
  takenBack: Map<string, number>,
  reading: ReadOptions,
  signal: AbortSignal,
): Promise<void> {
  for await (const { found } of readListFile(file, reading, signal)) {
    const gone = found.filter(({ entry, number }) => number < (takenBack.get(entryName(entry)) ?? 0));
    await index.remove(gone.map(({ entry, number }) => ({ list: name, key: number, ...digestsOf(entry) })));
  }
}

const isMatchable = ({ pdq, sha256, sha1, md5 }: ListEntry) => (pdq ?? sha256 ?? sha1 ?? md5) !== undefined;

const digestsOf = ({ sha256, sha1, md5 }: ListEntry) => ({
  ...(sha256 !== undefined && { sha256 }),
  ...(sha1 !== undefined && { sha1 }),
  ...(md5 !== undefined && { md5 }),
});

const matchable = (entry: ListEntry) => ({
  ...digestsOf(entry),
  ...(entry.pdq !== undefined && { pdq: entry.pdq }),
  ...(entry.quality !== undefined && { quality: entry.quality }),
  ...(entry.disputed === true && { disputed: true }),
});

function createNaming() {
  const sources = atMost(mostSources);
  const verdicts = atMost(mostVerdicts);
  return ({ source, sourceId, verdict }: ListEntry) => ({
    source: sources(source ?? sourceId ?? ""),
    verdict: verdicts(verdict ?? ""),
  });
}

function atMost(most: number): (name: string) => string {
  const names = new Set<string>();
  return (name) => {
    if (names.size < most) names.add(name);
    return names.has(name) ? name : beyond;
  };
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6);
