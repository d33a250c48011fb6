/** `wardline restore`: what a node that was restored from a backup found out, and how a person lets it go on. */
import type { Command } from "commander";
import { members } from "@wardline/protocol/roster";
import { logOrigin } from "@wardline/protocol/log";
import { dayOf } from "./days.ts";
import { withStoppedNode, type StoppedNode } from "./keys/stopped-node.ts";
import { configOption } from "./surroundings.ts";
import { confirm, say } from "./terminal.ts";

interface Options {
  readonly config: string;
  readonly openEpoch: boolean;
  readonly continue: boolean;
  readonly yes: boolean;
}

export function addRestore(program: Command): void {
  program
    .command("restore")
    .description("After a backup was put back: what the other members know, and how this node goes on.")
    .option("--open-epoch", "go on in a new epoch, which members are told of", false)
    .option("--continue", "go on as before: nothing that this node signed is missing", false)
    .option("--yes", "do not ask", false)
    .option(...configOption)
    .addHelpText("after", examples)
    .action(({ config, ...options }: Options) => withStoppedNode(config, (node) => restore(node, options)));
}

async function restore(node: StoppedNode, options: Omit<Options, "config">): Promise<void> {
  const { continueEpoch, viewRestore } = await import("../federation/index.ts");
  const view = await viewRestore(node.opened.commit);
  show(node, view);
  if (options.openEpoch) await openEpoch(node, options.yes);
  else if (options.continue) {
    await node.opened.commit.run(continueEpoch);
    say("The node goes on as before at its next start.");
  }
}

type View = Awaited<ReturnType<(typeof import("../federation/index.ts"))["viewRestore"]>>;

function show({ trust, self }: StoppedNode, { epoch, mark, heard }: View): void {
  say(`Epoch ${epoch}.`);
  if (!mark) return say("Nothing shows that this node was restored.");
  say(`Restored: noticed on ${dayOf(mark.since)}.`);
  if (mark.lost)
    say("What it signed since the backup is missing, or came back from members: a new epoch is needed.");
  else say("Nothing has shown so far that anything it signed is missing.");
  for (const { id, name, status } of members(trust())) {
    if (id === self.id || status !== "active") continue;
    const at = heard.get(id);
    say(at === undefined ? `  not asked yet   ${name}` : `  asked ${dayOf(at)}   ${name}`);
  }
}

async function openEpoch(node: StoppedNode, yes: boolean): Promise<void> {
  await confirm(
    "Members show for ever that a new epoch was opened here. What only members that were not asked hold of this node's feeds will count as misbehaviour.",
    yes,
  );
  const { openNextEpoch } = await import("../federation/index.ts");
  const { renewLedger } = await import("../ledger/index.ts");
  const { opened, self, trust } = node;
  const epoch = await opened.commit.run(async (unit) => {
    const next = await openNextEpoch(unit, self.id);
    await renewLedger(unit, logOrigin(trust().federationId, self.id, next));
    return next;
  });
  say(`Epoch ${epoch} begins at the next start.`);
}

const examples = `
Start the node after the backup was put back: it meets the other members, takes back what they hold of its feeds, and signs
nothing. When it has met all that can be reached, stop it and decide.

Examples:
  wardline restore
  wardline restore --open-epoch`;
