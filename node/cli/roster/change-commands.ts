/** The commands that change the draft of the next roster, and the freshness file that follows it. */
import type { Command } from "commander";
import type { Cutoff } from "@wardline/protocol/roster";
import { changeFacts, parseFeed, parseTime, reinstate, revoke, suspend, type Facts } from "./changes.ts";
import { publishFreshness, type FreshnessOptions } from "./freshness.ts";
import { listHandovers } from "./handovers.ts";
import { addMembers, renewRoster, rotateMember } from "./joining.ts";
import { folderOption, keyFileOption, now, parseCount, parseList, type InFolder } from "./options.ts";

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
    .action((member: string, { folder, ...facts }: InFolder & Facts) =>
      changeFacts(folder, member, facts, now()),
    );
  roster
    .command("publish-freshness")
    .description("Sign the next freshness file (24 hours), and write an invite.")
    .option(...folderOption)
    .option("--key <files...>", "freshness keys; default: those of a trial's folder")
    .option(...keyFileOption)
    .option("--suspend <members...>", "members to suspend, by id; replaces the list of the last file")
    .action((options: FreshnessOptions) => publishFreshness(options, now()));
}

function addJoining(roster: Command): void {
  roster
    .command("add <files...>")
    .description("Put candidates' files, and freshness keys of members, into the draft of the next roster.")
    .option(...folderOption)
    .action((files: string[], { folder }: InFolder) => addMembers(folder, files, now()));
  roster
    .command("renew")
    .description("Draft the next roster: the same members for 90 days anew.")
    .option(...folderOption)
    .action(({ folder }: InFolder) => renewRoster(folder, now()));
  roster
    .command("handover <files...>")
    .description(
      "List new log and witness keys of members, from the files that `wardline keys rotate` wrote.",
    )
    .option(...folderOption)
    .action((files: string[], { folder }: InFolder) => listHandovers(folder, files, now()));
  withCutoff(roster.command("rotate <member> <candidate>"))
    .description("Draft new keys of a member, from the file that its new node wrote with --member.")
    .option(
      "--overlap <days>",
      "how long the old identity key stays good; a cut-off ends it at once",
      parseCount,
      7,
    )
    .action((member: string, path: string, options: InFolder & CutoffOptions & { overlap: number }) => {
      const cutoff = cutoffOf(options);
      const end = { overlapDays: options.overlap, ...(cutoff && { cutoff }) };
      return rotateMember(options.folder, member, path, end, now());
    });
}

function addStatus(roster: Command): void {
  roster
    .command("suspend <member>")
    .description("Draft a member's suspension.")
    .option(...folderOption)
    .action((member: string, { folder }: InFolder) => suspend(folder, member, now()));
  roster
    .command("reinstate <member>")
    .description("Draft the end of a member's suspension.")
    .option(...folderOption)
    .action((member: string, { folder }: InFolder) => reinstate(folder, member, now()));
  withCutoff(roster.command("revoke <member>"))
    .description("Draft the end of a membership, for ever; with a cut-off when its keys are in other hands.")
    .action((member: string, options: InFolder & CutoffOptions) =>
      revoke(options.folder, member, cutoffOf(options), now()),
    );
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
