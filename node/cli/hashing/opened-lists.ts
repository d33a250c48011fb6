/** Lists as they lie on disk: a folder is as many lists as it has files, and hashes of videos are told from other lists. */
import { stat } from "node:fs/promises";
import { relative } from "node:path";
import { WardlineError } from "@wardline/protocol/encoding";
import { filesOf } from "./files.ts";
import { withFileName } from "./list-files.ts";
import type { ListOnCommandLine } from "./list-settings.ts";
import { printable } from "./output.ts";
import { videoHashesIn, type VideoHashes } from "./video-hashes.ts";

/** A vPDQ text or a TMK+PDQF file: one known video. */
export interface VideoList extends ListOnCommandLine {
  hashes: VideoHashes;
}

export interface OpenedLists {
  /** Read as they are matched against, entry after entry. */
  lists: ListOnCommandLine[];
  /** Held in memory. */
  videos: VideoList[];
}

/** Errors: `cli/no-lists`, `cli/known-good-video`, and those of `videoHashesIn` with the file's name in front. */
export async function openLists(named: readonly ListOnCommandLine[]): Promise<OpenedLists> {
  const opened: OpenedLists = { lists: [], videos: [] };
  for (const list of named)
    for await (const one of listsIn(list)) {
      const hashes = await videoHashesIn(one.file).catch((error: unknown) => {
        throw withFileName(one.file, error);
      });
      if (hashes === undefined) opened.lists.push(one);
      else if (one.knownGood === true) throw knownGoodVideo(one.file);
      else opened.videos.push({ ...one, hashes });
    }
  return opened;
}

async function* listsIn(list: ListOnCommandLine): AsyncGenerator<ListOnCommandLine> {
  const isFolder = await stat(list.file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return yield list;
  let count = 0;
  for await (const file of filesOf([list.file], { recursive: true })) {
    count++;
    yield { ...list, file, name: `${list.name}/${relative(list.file, file)}` };
  }
  if (count === 0) throw noLists(list.file);
}

const noLists = (folder: string) =>
  new WardlineError("cli/no-lists", `The folder ${printable(folder)} has no lists.`, {
    advice: "Name a list, or a folder of lists.",
  });

const knownGoodVideo = (file: string) =>
  new WardlineError("cli/known-good-video", `${printable(file)} holds the hashes of a video.`, {
    advice: "A known-good list is one of pictures: name hashes of videos with --list.",
  });
