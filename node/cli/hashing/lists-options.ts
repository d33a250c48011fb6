/** The options of commands that take hash lists to match against. */
import type { Command } from "commander";
import type { ListFormat } from "@wardline/hashing/lists";
import { bareOption, formatOption } from "./list.ts";
import { collectLists, parseDistance, parseQuality, type ListOnCommandLine } from "./list-settings.ts";

export interface ListsOptions {
  list?: ListOnCommandLine[];
  knownGood?: ListOnCommandLine[];
  distance?: number;
  quality?: number;
  format?: ListFormat;
  bare?: "pdq" | "sha256";
}

export function addListOptions(command: Command): Command {
  return command
    .option(
      "--list <file>",
      "a hash list or a folder of them, with settings if need be: FILE,distance=20,quality=60,name=partner",
      collectLists(false),
    )
    .option("--known-good <file>", "a list of harmless pictures: they suppress matches", collectLists(true))
    .option(
      "--distance <bits>",
      "most bits that may differ, for lists without their own; default: 31",
      parseDistance,
    )
    .option("--quality <number>", "least quality, for lists without their own; default: 50", parseQuality)
    .addOption(formatOption())
    .addOption(bareOption());
}

/** All lists with the settings that hold for them. */
export function listsOf({ list = [], knownGood = [], ...common }: ListsOptions): ListOnCommandLine[] {
  return [...list, ...knownGood].map((one) => withCommon(one, common));
}

export function withCommon(list: ListOnCommandLine, { distance, quality }: ListsOptions): ListOnCommandLine {
  return { ...(distance !== undefined && { distance }), ...(quality !== undefined && { quality }), ...list };
}
