/**
 * The commands, as one tree. What needs the network is imported by the commands that use it, so that the others answer
 * at once.
 */
import { Command } from "commander";
import { addInit } from "./init.ts";
import { addJoin } from "./join.ts";
import { addPeople } from "./people.ts";
import { addRoster } from "./roster/index.ts";
import { addStart } from "./start.ts";

export function createProgram(): Command {
  const program = new Command("wardline")
    .description("One organisation's node in a federation of hotlines, police and INTERPOL.")
    .addHelpText("after", story);
  for (const add of [addInit, addJoin, addStart, addPeople, addRoster]) add(program);
  for (const command of everyCommand(program)) {
    command.showHelpAfterError("(see --help)");
    // Commander ends wrong calls with 1; here 1 means that it did not work, and 2 that it was called wrongly.
    command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  }
  return program;
}

/** A command with all those below it. */
export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

const story = `
A new node:
  wardline init --admin ada --federation FEDERATION-ID --member-name "Hotline of Sweden" --country SE --kind hotline
  (send candidate.json to a registrar; they answer with invite.json)
  wardline join invite.json
  wardline start

Exit codes: 0 done, 1 it did not work (one line says why and what to do), 2 it was called wrongly.`;
