/** `wardline list`: checks hash lists and converts them from one format into another. */
import { Option, type Command } from "commander";
import type { ListFormat } from "@wardline/hashing/lists";
import type { ListOptions } from "./list-work.ts";

const formats: readonly ListFormat[] = ["plain", "csv", "xml", "json"];

export const formatOption = () =>
  new Option("--format <format>", "the list's format; default: told by how it begins").choices([...formats]);

export const bareOption = () =>
  new Option("--bare <kind>", "what 64 digits without a kind are").choices(["pdq", "sha256"]);

export function addList(program: Command): void {
  const list = program.command("list").description("Check and convert hash lists.");
  list
    .command("check <files...>")
    .description("Count what hash lists hold, and name every bad line.")
    .option("--json", "one JSON object a line: each problem, then the counts of its list")
    .addOption(formatOption())
    .addOption(bareOption())
    .addHelpText(
      "after",
      "\nThe exit code is 1 when there was a bad line.\n\nExample:\n  wardline list check partner.csv",
    )
    .action(async (files: string[], options: ListOptions) => {
      const { checkLists } = await import("./list-work.ts");
      await checkLists(files, options);
    });
  list
    .command("convert <files...>")
    .description(
      "Write hash lists anew in another format; the last name is the new file's, - is standard output.",
    )
    .addOption(new Option("--to <format>", "the new format").choices([...formats]).makeOptionMandatory())
    .addOption(formatOption())
    .addOption(bareOption())
    .addHelpText("after", conversion)
    .action(async (files: string[], options: ListOptions, command: Command) => {
      const out = files.pop();
      if (out === undefined || files.length === 0)
        command.error("error: name a list and the new file.", { exitCode: 2 });
      const { convertLists } = await import("./list-work.ts");
      await convertLists(files, out ?? "-", options);
    });
}

const conversion = `
Several lists are taken as pages of one: of an entry that comes again (the same source and id) the last counts, and
entries that were taken back are left out. Bad lines are named and left out; then the exit code is 1.

Examples:
  wardline list convert partner.xml --to csv partner.csv
  wardline list convert page1.json page2.json --to json -`;
