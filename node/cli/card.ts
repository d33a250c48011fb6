/** `wardline card`: member cards on paper ways, for members that cannot reach each other yet. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { WardlineError } from "@wardline/protocol/encoding";
import { card, cardFile, decodeFile, encodeFile, member, readCard } from "@wardline/protocol/roster";
import { dayOf } from "./days.ts";
import { withStoppedNode, type StoppedNode } from "./keys/stopped-node.ts";
import { configOption } from "./surroundings.ts";
import { readBytes, say } from "./terminal.ts";

export function addCard(program: Command): void {
  const cards = program
    .command("card")
    .description(
      "Carry member cards by hand: where a member is, and what to seal to. The node is not running.",
    )
    .addHelpText("after", examples);
  cards
    .command("export [member]")
    .description("Write a member's newest card into a file; without a member id, this node's own.")
    .option("--out <file>", "where to write it", "card.json")
    .option(...configOption)
    .action((id: string | undefined, { config, out }: { config: string; out: string }) =>
      withStoppedNode(config, (node) => exportCard(node, id ?? node.self.id, out)),
    );
  cards
    .command("import <files...>")
    .description("Take members' cards from files. Each is judged by its signature, whoever brings it.")
    .option(...configOption)
    .action((files: string[], { config }: { config: string }) =>
      withStoppedNode(config, (node) => importCards(node, files)),
    );
}

async function exportCard({ trust }: StoppedNode, id: string, out: string): Promise<void> {
  const newest = card(trust(), id);
  const file = cardFile(trust(), id);
  if (!newest || !file) {
    throw new WardlineError("cli/no-card", `There is no card of member ${id} here.`, {
      advice: "A node makes its own card at its first start.",
    });
  }
  await writeFile(out, encodeFile(file));
  say(`Card version ${newest.version}, until ${dayOf(newest.expires)}: ${resolve(out)}`);
}

async function importCards({ membership, trust }: StoppedNode, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const file = decodeFile(await readBytes(path));
    const { version, member: id } = readCard(file.bytes);
    const { accepted, refused } = await membership.accept([{ kind: "card", file }]);
    const [refusal] = refused;
    if (refusal) {
      throw new WardlineError(refusal.code, `${path} was refused.`, {
        advice: "Ask the member for its newest card.",
      });
    }
    const name = member(trust(), id)?.name ?? id;
    say(`${name}, card version ${version}: ${accepted > 0 ? "taken" : "was here already"}`);
  }
}

const examples = `
Examples:
  wardline card export --out our-card.json
  wardline card import their-card.json`;
