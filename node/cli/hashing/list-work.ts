/** The work of `wardline list check` and `wardline list convert`. */
import { open, rename, rm } from "node:fs/promises";
import {
  hashKinds,
  latestOf,
  writeList,
  type Batch,
  type ListEntry,
  type ListFormat,
  type ReadOptions,
} from "@wardline/hashing/lists";
import { WardlineError } from "@wardline/protocol/encoding";
import { describe } from "../terminal.ts";
import { codeAndMessage } from "./errors.ts";
import { interruption } from "./interrupt.ts";
import { problemLine, readListFile, sizeOf } from "./list-files.ts";
import { counted, printable, standardOutput } from "./output.ts";
import { createProgress } from "./progress.ts";

export interface ListOptions extends ReadOptions {
  json?: boolean;
  to?: ListFormat;
}

/** Says what each list holds, and every problem on a line of its own. @throws `cli/bad-lines` */
export async function checkLists(files: readonly string[], options: ListOptions): Promise<void> {
  const signal = interruption();
  const progress = createProgress("MB");
  const output = standardOutput(progress);
  const tell = (readable: string, object: object) =>
    output.line(options.json === true ? JSON.stringify(object) : readable);
  progress.outOf(megabytes(await sizeOf(files)));
  let [bad, before] = [0, 0];
  for (const file of files) {
    const counts = createCounts();
    let bytes = 0;
    try {
      for await (const batch of readListFile(file, options, signal)) {
        counts.add(batch);
        bytes = batch.bytes;
        for (const problem of batch.problems)
          await tell(problemLine(file, problem), { list: file, ...problem });
        progress.at(megabytes(before + bytes));
      }
    } catch (error) {
      signal.throwIfAborted();
      counts.ended();
      await tell(describe(error).replace("wardline: ", ""), { list: file, ...codeAndMessage(error) });
    } finally {
      progress.clear();
    }
    before += bytes;
    bad += counts.all().problems;
    await tell(counts.sentence(file), { list: file, ...counts.all() });
  }
  if (bad > 0) throw badLines(bad);
}

/** Writes the lists as one, in another format. The new file appears when it is whole. @throws `cli/bad-lines` */
export async function convertLists(
  files: readonly string[],
  out: string,
  options: ListOptions,
): Promise<void> {
  const signal = interruption();
  const progress = createProgress("MB read");
  let [passes, bad] = [0, 0];
  const entries = async function* () {
    const first = passes++ === 0; // a format may read the lists several times
    for (const file of files) {
      for await (const batch of readListFile(file, options, signal)) {
        if (first) for (const problem of batch.problems) tell(problemLine(file, problem));
        progress.at(megabytes(batch.bytes));
        yield batch.found.map(({ entry }) => entry);
      }
    }
  };
  const tell = (line: string) => {
    bad++;
    progress.clear();
    process.stderr.write(`${line}\n`);
  };
  try {
    const all = files.length > 1 ? await latestOf(entries) : entries;
    const text = writeList(all, options.to ?? "json");
    if (out === "-") for await (const piece of text) await written(piece);
    else await writeWhole(out, text);
  } finally {
    progress.clear();
  }
  if (bad > 0) throw badLines(bad);
}

async function written(piece: string): Promise<void> {
  if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once("drain", resolve));
}

async function writeWhole(path: string, text: AsyncIterable<string>): Promise<void> {
  const unfinished = `${path}.part`;
  const file = await open(unfinished, "w");
  try {
    for await (const piece of text) await file.appendFile(piece);
    await file.sync();
    await file.close();
    await rename(unfinished, path);
  } catch (error) {
    await file.close();
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** What a list holds, counted as it goes by. */
function createCounts() {
  const counts = {
    format: "",
    entries: 0,
    pdq: 0,
    sha256: 0,
    sha1: 0,
    md5: 0,
    disputed: 0,
    deleted: 0,
    problems: 0,
  };
  const count = (entry: ListEntry) => {
    counts.entries++;
    for (const kind of hashKinds) if (entry[kind] !== undefined) counts[kind]++;
    if (entry.disputed === true) counts.disputed++;
    if (entry.deleted === true) counts.deleted++;
  };
  return {
    add({ format, found, problems }: Batch) {
      counts.format = format;
      counts.problems += problems.length;
      for (const { entry } of found) count(entry);
    },
    /** The rest of the list could not be read. */
    ended: () => void counts.problems++,
    all: () => counts,
    sentence(file: string) {
      const kinds = hashKinds.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`);
      const more = (["disputed", "deleted"] as const)
        .filter((what) => counts[what] > 0)
        .map((what) => `${counts[what]} ${what}`);
      const held = [...kinds, ...more].join(", ") || "nothing that can be matched";
      return `${printable(file)}: ${counts.format || "empty"}, ${counted(counts.entries, "entry", "entries")} (${held}), ${counted(counts.problems, "problem", "problems")}`;
    },
  };
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6);

const badLines = (count: number) =>
  new WardlineError("cli/bad-lines", `${count} ${count === 1 ? "problem was" : "problems were"} found.`, {
    advice: "Each is named above; what could not be used was left out.",
  });
