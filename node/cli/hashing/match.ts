/** `wardline match`: what is known of pictures, videos and hashes. */
import type { Command } from "commander";
import { parseJobs } from "./hash.ts";
import { addListOptions } from "./lists-options.ts";
import type { MatchOptions } from "./match-files.ts";
import { wholeNumber } from "./list-settings.ts";

export function addMatch(program: Command): void {
  addListOptions(
    program
      .command("match [queries...]")
      .description("Look pictures, videos and hashes up in hash lists; - reads hashes from standard input."),
  )
    .option("--index <folder>", "an index made by wardline index build, in place of lists")
    .option("--key-file <file>", "the key that opens the index; default: the folder's name with .key")
    .option("--json", "one JSON object a query: query, total, matches, suppressedBy, error")
    .option("--limit <number>", "most matches told of each query; all are counted", parseLimit, 100)
    .option("--frames", "look for the frames of videos, too, one a second")
    .option("-r, --recursive", "all files in folders, too")
    .option("--jobs <number>", "pictures decoded side by side; default: the processor's cores", parseJobs)
    .addHelpText("after", examples)
    .action(async (queries: string[], options: MatchOptions, command: Command) => {
      const lists = options.list !== undefined || options.knownGood !== undefined;
      if (lists === (options.index !== undefined))
        command.error("error: name either lists (--list) or an index (--index).", { exitCode: 2 });
      const { matchQueries } = await import("./match-files.ts");
      await matchQueries(queries.length === 0 ? ["-"] : queries, options);
    });
}

const parseLimit = (text: string) => wholeNumber(text, 65_536, "A whole number from 0 to 65536.");

const examples = `
Queries are files, hashes such as pdq:f8f8… or md5:9e10…, or with - any hash list or output of wardline hash --json on
standard input. Pictures are looked for in all eight turns. SHA-256 decides; MD5, SHA-1 and PDQ find: look before you act.
A list may also be a vPDQ text or a TMK+PDQF file, which is one known video, or a folder of lists. Videos and vPDQ texts are
looked for in vPDQ texts, frame by frame and both ways; TMK+PDQF files in TMK+PDQF files.
The exit code is 0 whether or not something is known, and 1 when a query could not be read.

Examples:
  wardline match --list partner.xml --list own.csv,distance=20 photo.jpg
  wardline match --list known-videos/ clip.mp4
  wardline match --index known --json --recursive /evidence/disk1
  wardline hash --json --dihedral *.jpg | wardline match --list partner.csv --known-good stock.csv -`;
