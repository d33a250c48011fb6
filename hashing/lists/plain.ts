/**
 * Plain lists: a hash a line, `pdq f8f8…` or `md5 9e10…`, or the bare hash where its length tells the kind. Empty lines and
 * lines that begin with # are skipped.
 */
import type { StartDecoder } from "./decoder.ts";
import { kindOf, shown } from "./entry.ts";
import { createLineSplitter } from "./lines.ts";

const format = /^(?:([A-Za-z][\w-]{0,63})[ \t:=,]\s*)?(\S+)$/;

export const decodePlain: StartDecoder = (sink, { longestEntry }) =>
  createLineSplitter(
    longestEntry,
    (text, line) => {
      const trimmed = text.trim();
      if (trimmed === "" || trimmed.startsWith("#")) return;
      const [, word, value] = format.exec(trimmed) ?? [];
      if (value === undefined)
        sink.refused(line, "list/line", `This is no line of a hash list: ${shown(trimmed)}.`);
      else if (word !== undefined && kindOf(word) === undefined)
        sink.refused(line, "list/unknown-kind", `Hashes of this kind are not matched here: ${shown(word)}.`);
      else sink.found(line, { hashes: [[word, value]] });
    },
    (line) => sink.refused(line, "list/too-long", `A line of more than ${longestEntry} characters.`),
  );
