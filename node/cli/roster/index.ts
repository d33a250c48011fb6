/** `wardline roster`: membership files of a federation, made and signed on machines that need no network. */
import type { Command } from "commander";
import { addRosterChanges } from "./change-commands.ts";
import { addCeremony } from "./ceremony-commands.ts";

export function addRoster(program: Command): void {
  const roster = program
    .command("roster")
    .description("Make and keep a federation's membership files: root, roster, freshness, invite.")
    .addHelpText("after", example);
  addCeremony(roster);
  addRosterChanges(roster);
}

const example = `
Step by step, with several people on several machines: docs/registrars.md.

A federation for a trial, with software keys in one folder:
  wardline roster create
  wardline roster add a/candidate.json b/candidate.json
  wardline roster sign --key federation/keys/registrar-1.key federation/keys/registrar-2.key
  wardline roster publish-freshness
  (give federation/invite.json to the members)`;
