/** What is looked for or grouped: files, hashes on the command line, hashes on standard input. */
import { readList, type ListEntry, type ListProblem, type ReadOptions } from "@wardline/hashing/lists";
import { filesOf } from "./files.ts";
import { subjectOfHash, type Subject } from "./subjects.ts";

/** Hashes, or the name of a file that is still to be examined. */
export type Asked = { subject: Subject } | { file: string };

export interface QueriesOptions {
  recursive?: boolean | undefined;
  reading: ReadOptions;
  signal: AbortSignal;
  onProblem: (file: string, problem: ListProblem) => void;
}

/** In the order in which they are named; `-` is a hash list on standard input. */
export async function* queriesOf(names: readonly string[], options: QueriesOptions): AsyncGenerator<Asked> {
  for (const name of names) {
    if (name === "-") {
      yield* onInput(options);
      continue;
    }
    const subject = await subjectOfHash(name);
    if (subject !== undefined) yield { subject };
    else for await (const file of filesOf([name], options)) yield { file };
  }
}

async function* onInput({ reading, signal, onProblem }: QueriesOptions): AsyncGenerator<Asked> {
  const stop = () => void process.stdin.destroy();
  signal.addEventListener("abort", stop);
  try {
    for await (const { found, problems } of readList(process.stdin, reading)) {
      for (const problem of problems) onProblem("standard input", problem);
      for (const { entry, line } of found) yield { subject: subjectOfEntry(entry, line) };
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function subjectOfEntry({ id, pdq, sha256, sha1, md5, quality, dihedral }: ListEntry, line: number): Subject {
  return {
    name: id ?? pdq ?? sha256 ?? sha1 ?? md5 ?? `line ${line}`,
    ...(pdq !== undefined && { pdq }),
    ...(sha256 !== undefined && { sha256 }),
    ...(sha1 !== undefined && { sha1 }),
    ...(md5 !== undefined && { md5 }),
    ...(quality !== undefined && { quality }),
    ...(dihedral !== undefined && { dihedral }),
  };
}
