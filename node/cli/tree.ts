/** What all commands share: the root of their tree, how they end, and how wrong calls are answered. */
import { Command } from "commander";

/** A tree of the commands that `add` puts in. */
export function commandTree(add: readonly ((program: Command) => void)[]): Command {
  const program = new Command("wardline")
    .description("One organisation's node in a federation of hotlines, police and INTERPOL.")
    .addHelpText("after", story);
  for (const one of add) one(program);
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

Pictures, videos and hash lists, without a node:
  wardline hash --json --recursive FOLDER
  wardline match --list hashes.csv FOLDER
  wardline compare A.jpg B.jpg

Exit codes: 0 done, 1 it did not work (one line says why and what to do), 2 it was called wrongly.`;
