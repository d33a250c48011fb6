/** The commands that change the draft of the next roster, and the freshness file that follows it. Each loads its work when it runs. */
import type { Command } from "commander";
import type { Cutoff } from "@wardline/protocol/roster";
import type { Facts } from "./changes.ts";
import type { FreshnessOptions } from "./freshness.ts";
import {
  folderOption,
  keyFileOption,
  now,
  parseCount,
  parseFeed,
  parseList,
  parseTime,
  type InFolder,
} from "./options.ts";

interface CutoffOptions {
  readonly cutoff?: number;
  readonly feed?: Cutoff["feeds"];
}

export function addRosterChanges(roster: Command): void {
  addJoining(roster);
  addStatus(roster);
  roster
    .command("change <member>")
    .description("Draft a member's new name, contact, capabilities or witnesses.")
    .option(...folderOption)
    .option("--name <name>", "legal name")
    .option("--contact <text>", "how registrars reach the organisation")
    .option("--capabilities <words>", "all of them, with commas", parseList)
    .option("--witnesses <members>", "all members whose cosignatures its log needs, with commas", parseList)
    .action(async (member: string, { folder, ...facts }: InFolder & Facts) => {
      const { changeFacts } = await import("./changes.ts");
      await changeFacts(folder, member, facts, now());
    });
  roster
    .command("publish-freshness")
    .description("Sign the next freshness file (24 hours), and write an invite.")
    .option(...folderOption)
    .option("--key <files...>", "freshness keys; default: those of a trial's folder")
    .option(...keyFileOption)
    .option("--suspend <members...>", "members to suspend, by id; replaces the list of the last file")
    .action(async (options: FreshnessOptions) => {
      const { publishFreshness } = await import("./freshness.ts");
      await publishFreshness(options, now());
    });
}

function addJoining(roster: Command): void {
  roster
    .command("add <files...>")
    .description("Put candidates' files, and freshness keys of members, into the draft of the next roster.")
    .option(...folderOption)
    .action(async (files: string[], { folder }: InFolder) => {
      const { addMembers } = await import("./joining.ts");
      await addMembers(folder, files, now());
    });
  roster
    .command("renew")
    .description("Draft the next roster: the same members for 90 days anew.")
    .option(...folderOption)
    .action(async ({ folder }: InFolder) => {
      const { renewRoster } = await import("./joining.ts");
      await renewRoster(folder, now());
    });
  roster
    .command("handover <files...>")
    .description(
      "List new log and witness keys of members, from the files that `wardline keys rotate` wrote.",
    )
    .option(...folderOption)
    .action(async (files: string[], { folder }: InFolder) => {
      const { listHandovers } = await import("./handovers.ts");
      await listHandovers(folder, files, now());
    });
  withCutoff(roster.command("rotate <member> <candidate>"))
    .description("Draft new keys of a member, from the file that its new node wrote with --member.")
    .option(
      "--overlap <days>",
      "how long the old identity key stays good; a cut-off ends it at once",
      parseCount,
      7,
    )
    .action(async (member: string, path: string, options: InFolder & CutoffOptions & { overlap: number }) => {
      const { rotateMember } = await import("./joining.ts");
      const cutoff = cutoffOf(options);
      const end = { overlapDays: options.overlap, ...(cutoff && { cutoff }) };
      await rotateMember(options.folder, member, path, end, now());
    });
}

function addStatus(roster: Command): void {
  roster
    .command("suspend <member>")
    .description("Draft a member's suspension.")
    .option(...folderOption)
    .action(async (member: string, { folder }: InFolder) => {
      const { suspend } = await import("./changes.ts");
      await suspend(folder, member, now());
    });
  roster
    .command("reinstate <member>")
    .description("Draft the end of a member's suspension.")
    .option(...folderOption)
    .action(async (member: string, { folder }: InFolder) => {
      const { reinstate } = await import("./changes.ts");
      await reinstate(folder, member, now());
    });
  withCutoff(roster.command("revoke <member>"))
    .description("Draft the end of a membership, for ever; with a cut-off when its keys are in other hands.")
    .action(async (member: string, options: InFolder & CutoffOptions) => {
      const { revoke } = await import("./changes.ts");
      await revoke(options.folder, member, cutoffOf(options), now());
    });
}

function withCutoff(command: Command): Command {
  return command
    .option(...folderOption)
    .option("--cutoff <time>", "what its keys signed counts only if honest logs held it before", parseTime)
    .option(
      "--feed <feed:epoch:height:head>",
      "last block of a feed that counts; may be repeated",
      parseFeed,
    );
}

function cutoffOf({ cutoff, feed = [] }: CutoffOptions): Cutoff | undefined {
  return cutoff === undefined ? undefined : { at: cutoff, feeds: feed };
}
