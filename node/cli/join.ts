/** `wardline join`: takes the invite that the registrars answered with. */
import type { Command } from "commander";
import { openDataFolder } from "../opening.ts";
import { configOption, openedConfiguration } from "./surroundings.ts";
import { readBytes, say } from "./terminal.ts";

export function addJoin(program: Command): void {
  program
    .command("join <invite>")
    .description("Join the federation by the invite file of its registrars, while the node is stopped.")
    .option(...configOption)
    .addHelpText(
      "after",
      "\nExample:\n  wardline join invite.json\n\nThe invite pins the federation: take it from a hand you trust.",
    )
    .action(async (invite: string, { config }: { config: string }) => {
      const bytes = await readBytes(invite);
      const [configuration, surroundings] = await openedConfiguration(config);
      const { joinFederation } = await import("../federation/index.ts");
      const opened = await openDataFolder(configuration, surroundings, () => undefined);
      try {
        await joinFederation(opened.commit, bytes, surroundings.clock.now());
      } finally {
        await opened.close();
      }
      say("Joined. Next: wardline start");
    });
}
