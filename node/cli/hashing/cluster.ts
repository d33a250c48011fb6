/** `wardline cluster`: pictures that look alike, in groups. */
import type { Command } from "commander";
import type { ClusterOptions } from "./cluster-files.ts";
import { parseJobs } from "./hash.ts";
import { bareOption, formatOption } from "./list.ts";
import { parseDistance, parseQuality } from "./list-settings.ts";

export function addCluster(program: Command): void {
  program
    .command("cluster [pictures...]")
    .description(
      "Group pictures that look alike, so that each is seen once; - reads hashes from standard input.",
    )
    .option(
      "--distance <bits>",
      "most bits between a picture and the one that stands for its group",
      parseDistance,
      31,
    )
    .option("--quality <number>", "poorer pictures are grouped with equal hashes only", parseQuality, 50)
    .option("--json", "one JSON object a group: group, size, representative, members")
    .option("--all", "also groups of one picture")
    .option("-r, --recursive", "all files in folders, too")
    .option("--jobs <number>", "pictures decoded side by side; default: the processor's cores", parseJobs)
    .addOption(formatOption())
    .addOption(bareOption())
    .addHelpText("after", examples)
    .action(async (names: string[], options: ClusterOptions) => {
      const { clusterFiles } = await import("./cluster-files.ts");
      await clusterFiles(names.length === 0 ? ["-"] : names, options);
    });
}

const examples = `
The picture of the highest quality stands for its group, and every member is within the distance of it: groups do not
grow along chains. For many pictures hash them first, which can be resumed, then group the hashes.

Examples:
  wardline cluster --recursive /evidence/disk1
  wardline hash --json --recursive --resume hashes.jsonl /evidence/disk1 && wardline cluster --json - < hashes.jsonl`;
