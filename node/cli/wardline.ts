#!/usr/bin/env node
/**
 * The command line: makes, joins and runs a node, and keeps a federation's membership files. What needs the network is
 * imported by the commands that use it, so that the others answer at once.
 */
import { Command } from "commander";
import { addInit } from "./init.ts";
import { addJoin } from "./join.ts";
import { addPeople } from "./people.ts";
import { addRoster } from "./roster/index.ts";
import { addStart } from "./start.ts";
import { fail } from "./terminal.ts";

const program = new Command("wardline")
  .description("One organisation's node in a federation of hotlines, police and INTERPOL.")
  .showHelpAfterError("(see --help)")
  .addHelpText(
    "after",
    `
A new node:
  wardline init --admin ada --federation FEDERATION-ID --member-name "Hotline of Sweden" --country SE --kind hotline
  (send candidate.json to a registrar; they answer with invite.json)
  wardline join invite.json
  wardline start

Exit codes: 0 done, 1 it did not work (one line says why and what to do), 2 it was called wrongly.`,
  );
addInit(program);
addJoin(program);
addStart(program);
addPeople(program);
addRoster(program);

// Commander ends wrong calls with 1; here 1 means that it did not work, and 2 that it was called wrongly.
for (const command of everyCommand(program))
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
await program.parseAsync().catch(fail);

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
