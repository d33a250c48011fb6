/** The work of `wardline match`: queries in, what is known of each out, in the same order. */
import { createMatchIndex, type MatchIndex } from "@wardline/hashing/index";
import { WardlineError } from "@wardline/protocol/encoding";
import { createExaminer } from "./examine.ts";
import { capacityFor, feed, feedFrames, settingsOf, singles } from "./feed.ts";
import { inOrder } from "./in-order.ts";
import { keyFileFor, openIndexFolder } from "./index-folder.ts";
import { interruption } from "./interrupt.ts";
import { listsOf, withCommon, type ListsOptions } from "./lists-options.ts";
import { createFrameSearch } from "./match-frames.ts";
import { found, type Found } from "./match-one.ts";
import { jsonLine, readableLines } from "./match-output.ts";
import { openLists, type VideoList } from "./opened-lists.ts";
import { standardOutput } from "./output.ts";
import { createProblems } from "./problems.ts";
import { createProgress } from "./progress.ts";
import { queriesOf } from "./queries.ts";
import { rateOf } from "./video-hashes.ts";

export interface MatchOptions extends ListsOptions {
  index?: string;
  keyFile?: string;
  json?: boolean;
  limit: number;
  frames?: boolean;
  recursive?: boolean;
  jobs?: number;
}

/** Queries under way at once: enough for the index to answer them in batches. */
const together = 512;

export async function matchQueries(names: readonly string[], options: MatchOptions): Promise<void> {
  const signal = interruption();
  const { index, ...known } = await knownFrom(options, signal);
  const examiner = createExaminer(options.jobs);
  const progress = createProgress("queries");
  const output = standardOutput(progress);
  const problems = createProblems(progress);
  let [count, failed] = [0, 0];
  try {
    const { recursive, format, bare, limit } = options;
    const looking = {
      ...{ index, ...known, examiner, limit, signal },
      frames: options.frames === true || known.rate !== undefined,
      searchFrames: createFrameSearch(index),
    };
    const queries = queriesOf(names, {
      recursive,
      reading: { format, bare },
      signal,
      onProblem: problems.tell,
    });
    const look = (query: Parameters<typeof found>[0]) => found(query, looking);
    for await (const one of inOrder<Parameters<typeof look>[0], Found>(queries, together, look, signal)) {
      if (one.error !== undefined) failed++;
      for (const line of options.json === true ? [jsonLine(one)] : readableLines(one))
        await output.line(line);
      progress.at(++count);
    }
  } finally {
    progress.clear();
    await examiner.close();
    await index.close();
  }
  problems.sum();
  if (failed > 0) throw someFailed(failed, count);
}

interface Known {
  index: MatchIndex;
  knowsMore: boolean;
  videos: readonly VideoList[];
  /** The highest rate of the known videos: at it, all their frames have a chance. */
  rate: number | undefined;
}

async function knownFrom(options: MatchOptions, signal: AbortSignal): Promise<Known> {
  const { index: folder, format, bare } = options;
  if (folder !== undefined) {
    const keyFile = keyFileFor(folder, options.keyFile);
    const { index } = await openIndexFolder(folder, keyFile, (list) => withCommon(list, options));
    return { index, knowsMore: true, videos: [], rate: undefined };
  }
  const { lists, videos } = await openLists(listsOf(options));
  const frames = videos.filter(({ hashes }) => "frames" in hashes);
  const progress = createProgress("MB of lists");
  const problems = createProblems(progress);
  const index = await createMatchIndex({
    lists: [...lists.map(settingsOf), ...frames.map((list) => ({ ...settingsOf(list), audience: singles }))],
    capacity: await capacityFor([...lists, ...frames]),
  });
  try {
    await feed(index, lists, { reading: { format, bare }, progress, signal, onProblem: problems.tell });
    await feedFrames(index, frames, signal);
    problems.sum();
    return { index, knowsMore: lists.length + frames.length > 0, videos, rate: highestRate(videos) };
  } catch (error) {
    progress.clear();
    await index.close();
    throw error;
  }
}

/** One a second where the times do not say. */
function highestRate(videos: readonly VideoList[]): number | undefined {
  const rates = videos.flatMap(({ hashes }) => ("frames" in hashes ? [rateOf(hashes.frames) ?? 1] : []));
  return rates.length === 0 ? undefined : Math.max(...rates);
}

const someFailed = (failed: number, all: number) =>
  new WardlineError("cli/some-failed", `${failed} of ${all} queries could not be read as they should.`, {
    advice: "Their lines say why.",
  });
