/** `wardline index`: lists made into an index that opens at once. */
import type { Command } from "commander";
import type { IndexOptions } from "./index-work.ts";
import { addListOptions } from "./lists-options.ts";

const folderOption = ["--index <folder>", "the index's folder, which it has for itself"] as const;
const keyOption = [
  "--key-file <file>",
  "the key that opens the index; default: the folder's name with .key",
] as const;

export function addIndex(program: Command): void {
  const index = program.command("index").description("Keep hash lists in an index that opens at once.");
  addListOptions(
    index
      .command("build")
      .description("Make an index of hash lists; one that is there stays until the new one is whole.")
      .requiredOption(...folderOption)
      .option(...keyOption),
  )
    .addHelpText("after", examples)
    .action(async (options: IndexOptions, command: Command) => {
      if (options.list === undefined && options.knownGood === undefined)
        command.error("error: name at least one --list or --known-good.", { exitCode: 2 });
      const { buildIndex } = await import("./index-work.ts");
      await buildIndex(options);
    });
  index
    .command("show")
    .description("The lists in an index and their settings.")
    .requiredOption(...folderOption)
    .option(...keyOption)
    .action(async (options: IndexOptions) => {
      const { showIndex } = await import("./index-work.ts");
      await showIndex(options);
    });
}

const examples = `
The index is sealed under a key, which is made with mode 0400 when it is not there. Keep it on another disk or a token:
who has the folder without the key learns nothing but its size.

Example:
  wardline index build --index known --list partner.xml,name=partner --list own.csv,distance=20 --known-good stock.csv
  wardline match --index known --recursive /evidence/disk1`;
