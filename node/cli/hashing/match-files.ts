/** The work of `wardline match`: queries in, what is known of each out, in the same order. */
import { createMatchIndex, type MatchIndex } from "@wardline/hashing/index";
import { WardlineError } from "@wardline/protocol/encoding";
import { createExaminer } from "./examine.ts";
import { capacityFor, feed, settingsOf } from "./feed.ts";
import { inOrder } from "./in-order.ts";
import { keyFileFor, openIndexFolder } from "./index-folder.ts";
import { interruption } from "./interrupt.ts";
import { listsOf, withCommon, type ListsOptions } from "./lists-options.ts";
import { found, type Found } from "./match-one.ts";
import { jsonLine, readableLines } from "./match-output.ts";
import { standardOutput } from "./output.ts";
import { createProblems } from "./problems.ts";
import { createProgress } from "./progress.ts";
import { queriesOf } from "./queries.ts";

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
  const index = await indexFor(options, signal);
  const examiner = createExaminer(options.jobs);
  const progress = createProgress("queries");
  const output = standardOutput(progress);
  const problems = createProblems(progress);
  let [count, failed] = [0, 0];
  try {
    const { recursive, format, bare, frames, limit } = options;
    const queries = queriesOf(names, {
      recursive,
      reading: { format, bare },
      signal,
      onProblem: problems.tell,
    });
    const look = (query: Parameters<typeof found>[0]) =>
      found(query, { index, examiner, frames, limit, signal });
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

async function indexFor(options: MatchOptions, signal: AbortSignal): Promise<MatchIndex> {
  const { index: folder, format, bare } = options;
  if (folder !== undefined) {
    const keyFile = keyFileFor(folder, options.keyFile);
    return (await openIndexFolder(folder, keyFile, (list) => withCommon(list, options))).index;
  }
  const progress = createProgress("MB of lists");
  const problems = createProblems(progress);
  const lists = listsOf(options);
  const index = await createMatchIndex({ lists: lists.map(settingsOf), capacity: await capacityFor(lists) });
  try {
    await feed(index, lists, { reading: { format, bare }, progress, signal, onProblem: problems.tell });
    problems.sum();
    return index;
  } catch (error) {
    progress.clear();
    await index.close();
    throw error;
  }
}

const someFailed = (failed: number, all: number) =>
  new WardlineError("cli/some-failed", `${failed} of ${all} queries could not be read as they should.`, {
    advice: "Their lines say why.",
  });
