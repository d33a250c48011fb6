/** `wardline keys`: the keys of a node that is not running. */
import type { Command } from "commander";
import { configOption } from "../surroundings.ts";
import { rotateLine } from "./handover.ts";
import { rotateIdentity, rotateSealing, rotateTransport } from "./rotate.ts";
import { showKeys } from "./show.ts";
import { withStoppedNode } from "./stopped-node.ts";

interface Options {
  readonly config: string;
  readonly yes: boolean;
}

const sure = ["--yes", "do not ask", false] as const;

export function addKeys(program: Command): void {
  const keys = program
    .command("keys")
    .description("Show and replace the keys of a node that is not running.")
    .addHelpText("after", examples);
  keys
    .command("show")
    .description("The node's keys, how long each is good, and what comes next.")
    .option(...configOption)
    .action(({ config }: Options) => withStoppedNode(config, showKeys));
  addRotate(keys);
}

function addRotate(keys: Command): void {
  const rotate = keys
    .command("rotate")
    .description(
      "Replace a key. Every one but the identity needs nobody else; members learn of it from the node.",
    );
  rotate
    .command("transport")
    .description("A new peer id at the next start; members admit it by the node's next card.")
    .option(...sure)
    .option(...configOption)
    .action(({ config, yes }: Options) => withStoppedNode(config, (node) => rotateTransport(node, yes)));
  rotate
    .command("sealing")
    .description("New sealing keys at the next start; those of the coming weeks are revoked.")
    .option(...sure)
    .option(...configOption)
    .action(({ config, yes }: Options) => withStoppedNode(config, (node) => rotateSealing(node, yes)));
  for (const role of ["log", "witness"] as const) {
    rotate
      .command(role)
      .description(
        `A new ${role} key; the old one signs the handover, and members learn of it from the node.`,
      )
      .option("--out <file>", "where to write the handover for the registrars", "handover.json")
      .option(...sure)
      .option(...configOption)
      .action(({ config, ...options }: Options & { out: string }) =>
        withStoppedNode(config, (node) => rotateLine(node, role, options)),
      );
  }
  rotate
    .command("identity")
    .description("Make the next member identity, and the file with which registrars list it.")
    .option("--out <file>", "where to write the public keys", "candidate.json")
    .option("--anew", "make another one, although one waits for the roster", false)
    .option(...configOption)
    .action(({ config, ...options }: Options & { out: string; anew: boolean }) =>
      withStoppedNode(config, (node) => rotateIdentity(node, options)),
    );
}

const examples = `
A key may be in other hands: docs/operator.md says which to replace, and what to tell whom.

Examples:
  wardline keys show
  wardline keys rotate transport
  wardline keys rotate identity --out candidate.json`;
