/** `wardline keys rotate log` and `witness`: the old key hands over to the new one over the log as it is now. */
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { logOrigin } from "@wardline/protocol/log";
import { encodeFile, wordsFor, type LineRole } from "@wardline/protocol/roster";
import { formerLogKeys, openLedger } from "../../ledger/index.ts";
import { confirm, say } from "../terminal.ts";
import type { StoppedNode } from "./stopped-node.ts";

export async function rotateLine(
  node: StoppedNode,
  role: LineRole,
  { out, yes }: { readonly out: string; readonly yes: boolean },
): Promise<void> {
  const { opened, surroundings, self, trust, now } = node;
  const { keyring } = opened;
  await confirm(
    `The old ${role} key is gone for good; the new one takes over from the log as it is now.`,
    yes,
  );
  const { handOver } = await import("../../federation/index.ts");
  const { text: checkpoint, size } = await lastCheckpoint(node);
  const services = { keyring, trust: trust(), self: self.id, checkpoint, now: now(), ...surroundings };
  const file = await handOver(role, services);
  await writeFile(out, encodeFile(file));
  say(
    `The ${role} key was handed over at ${size} entries. Make a backup: earlier ones hold the old key.`,
    "At its next start the node tells the members. Next: wardline start",
    "Words to read out when the registrars call:",
    `  ${wordsFor({ identity: keyring.identity.public, log: keyring.log.public, witness: keyring.witness.public }).join(" ")}`,
    `For the registrars, who list it with the next roster: ${resolve(out)}`,
  );
}

async function lastCheckpoint({ configuration, opened, surroundings, self, trust }: StoppedNode) {
  const { epochOf } = await import("../../federation/index.ts");
  const { keyring, commit } = opened;
  const ledger = await openLedger({
    reader: commit,
    checkpointFile: join(configuration.dataFolder, "checkpoint"),
    origin: logOrigin(trust().federationId, self.id, await epochOf(commit)),
    key: keyring.log,
    former: formerLogKeys(keyring.handovers),
    random: surroundings.random,
  });
  if (ledger.problem) throw ledger.problem;
  return ledger.checkpoint();
}
