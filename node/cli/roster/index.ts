/** `wardline roster`: membership files of a federation, made and signed on machines that need no network. */
import { InvalidArgumentError, type Command } from "commander";
import { member as memberOf, members } from "@wardline/protocol/roster";
import { systemClock } from "../../telemetry/index.ts";
import { say } from "../terminal.ts";
import { createFederation } from "./create.ts";
import { readFederationFile, readTrust } from "./folder.ts";
import { addMembers, publishFreshness, renewRoster, signDraft } from "./members.ts";

const folderOption = ["--folder <folder>", "the federation's folder", "federation"] as const;
const now = () => systemClock.now();

export function addRoster(program: Command): void {
  const roster = program
    .command("roster")
    .description("Make and keep a federation's membership files: root, roster, freshness, invite.")
    .addHelpText("after", example);
  roster
    .command("create")
    .description("A new federation's root, from software keys (for trials).")
    .option(...folderOption)
    .option(
      "--jurisdictions <codes>",
      "where the keys' holders sit: three or more, with commas",
      parseCodes,
      ["XA", "XB", "XC"],
    )
    .action(({ folder, jurisdictions }: { folder: string; jurisdictions: string[] }) =>
      createFederation(folder, jurisdictions, now()),
    );
  roster
    .command("add <candidates...>")
    .description("Put candidates' files into the draft of the next roster.")
    .option(...folderOption)
    .action((files: string[], { folder }: { folder: string }) => addMembers(folder, files, now()));
  roster
    .command("renew")
    .description("Draft the next roster: the same members for 90 days anew, old freshness keys replaced.")
    .option(...folderOption)
    .action(({ folder }: { folder: string }) => renewRoster(folder, now()));
  roster
    .command("sign")
    .description("Sign the draft as a registrar; with enough signatures it becomes the roster.")
    .option(...folderOption)
    .requiredOption("--key <files...>", "key files of registrars")
    .action(({ folder, key }: { folder: string; key: string[] }) => signDraft(folder, key, now()));
  roster
    .command("publish-freshness")
    .description("Sign the next freshness file (24 hours), and write an invite.")
    .option(...folderOption)
    .option("--key <files...>", "freshness keys; default: those of the folder")
    .option("--suspend <members...>", "members to suspend, by id; replaces the list of the last file")
    .action(({ folder, key, suspend }: { folder: string; key?: string[]; suspend?: string[] }) =>
      publishFreshness(folder, key, suspend, now()),
    );
  roster
    .command("show")
    .description("What the published files say.")
    .option(...folderOption)
    .action(({ folder }: { folder: string }) => show(folder));
}

async function show(folder: string): Promise<void> {
  const trust = await readTrust(folder, now());
  const until = (time: number | undefined) =>
    time === undefined ? "missing" : `until ${new Date(time).toISOString()}`;
  say(
    `Federation: ${trust.federationId}`,
    `Root: ${trust.roots.length} file(s), ${until(trust.roots.at(-1)?.value.expires)}`,
  );
  if (trust.roster)
    say(`Roster: version ${trust.roster.value.version}, ${until(trust.roster.value.expires)}`);
  else say("Roster: missing");
  say(`Freshness: ${until(trust.freshness?.value.expires)}`);
  for (const { id } of members(trust)) {
    const found = memberOf(trust, id);
    if (found) say(`  ${id}  ${found.country}  ${found.kind}  ${found.status}  ${found.name}`);
  }
  const draft = await readFederationFile(folder, "draft");
  if (draft) say(`A draft of the next roster waits with ${draft.signatures.length} signature(s).`);
}

function parseCodes(text: string): string[] {
  const codes = text.split(",").map((code) => code.trim());
  if (new Set(codes).size >= 3 && codes.every((code) => /^[A-Z]{2}$/.test(code))) return codes;
  throw new InvalidArgumentError("Give at least three different country codes of two capital letters.");
}

const example = `
A federation for a trial:
  wardline roster create
  wardline roster add a/candidate.json b/candidate.json
  wardline roster sign --key federation/keys/registrar-1.key federation/keys/registrar-2.key
  wardline roster publish-freshness
  (give federation/invite.json to the members)`;
