/** The work of `wardline index`. */
import { WardlineError } from "@wardline/protocol/encoding";
import { say } from "../terminal.ts";
import { buildIndexFolder, keyFileFor, openIndexFolder } from "./index-folder.ts";
import { interruption } from "./interrupt.ts";
import { listsOf, type ListsOptions } from "./lists-options.ts";
import { openLists } from "./opened-lists.ts";
import { counted, printable } from "./output.ts";
import { createProblems } from "./problems.ts";
import { createProgress } from "./progress.ts";

export interface IndexOptions extends ListsOptions {
  index: string;
  keyFile?: string;
}

/** @throws `cli/video-in-index`, and what opening and reading lists and writing the index throw */
export async function buildIndex(options: IndexOptions): Promise<void> {
  const { index: folder, format, bare } = options;
  const keyFile = keyFileFor(folder, options.keyFile);
  const progress = createProgress("MB of lists");
  const problems = createProblems(progress);
  const { lists, videos } = await openLists(listsOf(options));
  if (videos[0] !== undefined) throw noVideos(videos[0].file);
  const { entries, hashes } = await buildIndexFolder(folder, keyFile, lists, {
    reading: { format, bare },
    progress,
    signal: interruption(),
    onProblem: problems.tell,
  });
  problems.sum();
  say(`${printable(folder)}: ${held(entries, hashes)}. Opened by ${printable(keyFile)}.`);
}

export async function showIndex({ index: folder, keyFile }: IndexOptions): Promise<void> {
  const { index, lists } = await openIndexFolder(folder, keyFileFor(folder, keyFile), (list) => list);
  try {
    for (const { name, file, distance = 31, quality = 50, knownGood } of lists) {
      const kind = knownGood === true ? "known good, " : "";
      say(`${printable(name)}: ${kind}distance ${distance}, quality ${quality}, from ${printable(file)}`);
    }
    say(held(index.entries, index.hashes));
  } finally {
    await index.close();
  }
}

const noVideos = (file: string) =>
  new WardlineError("cli/video-in-index", `${printable(file)} holds the hashes of a video.`, {
    advice: "An index is one of hash lists: name hashes of videos to wardline match with --list.",
  });

const held = (entries: number, hashes: number) =>
  `${counted(entries, "entry", "entries")} with PDQ, ${counted(hashes, "different hash", "different hashes")}`;
