/** What a person needs to know of a node's keys: which there are, how old they are, and what comes next. */
import { hex } from "@wardline/protocol/encoding";
import { keyIdOf } from "@wardline/protocol/identity";
import { card, peerIdOf } from "@wardline/protocol/roster";
import { dayOf } from "../days.ts";
import { say } from "../terminal.ts";
import type { StoppedNode } from "./stopped-node.ts";

export async function showKeys(node: StoppedNode): Promise<void> {
  const { self, opened } = node;
  const { keyring } = opened;
  say(`${self.name} (${self.country}, ${self.kind}), member ${self.id}`, "");
  await sayIdentity(node);
  say(`transport  ${peerIdOf(keyring.transport.public)}`);
  sayLine(node, "log");
  sayLine(node, "witness");
  sayCard(node);
  saySealing(node);
}

async function sayIdentity({ self, opened: { keyring }, trust, now }: StoppedNode): Promise<void> {
  const { listedNextIdentity } = await import("../../federation/index.ts");
  const id = keyIdOf(keyring.identity.public);
  const listed = self.identityKeys.find(({ keyId }) => keyId === id);
  const state = listed?.cutoff ? "CUT OFF" : now() >= (listed?.until ?? 0) ? "ENDED" : "until";
  say(`identity   ${id.slice(0, 16)}  ${state} ${dayOf(listed?.until ?? 0)}`);
  if (!keyring.nextIdentity) return;
  const next = listedNextIdentity(keyring, trust(), self.id);
  const when = next ? `takes over ${dayOf(Math.max(now(), next.from))}` : "not in the roster yet";
  say(`  next     ${keyIdOf(keyring.nextIdentity.public).slice(0, 16)}  ${when}`);
}

function sayLine({ self, opened: { keyring } }: StoppedNode, role: "log" | "witness"): void {
  const own = hex(keyring[role].public);
  const listed = hex(self[`${role}Key`]) === own ? "known to the members" : "NOT KNOWN to the members";
  say(`${role.padEnd(10)} ${own.slice(0, 16)}  ${listed}`);
}

function sayCard({ self, trust, now }: StoppedNode): void {
  const own = card(trust(), self.id);
  if (!own) return say("card       none yet: the node makes one when it starts");
  const state = now() >= own.expires ? "ENDED" : "until";
  say(`card       version ${own.version}, ${state} ${dayOf(own.expires)}`);
  for (const address of own.addresses) say(`             ${address}`);
}

function saySealing({ opened: { keyring }, now }: StoppedNode): void {
  for (const { id, from, until, withdrawn } of keyring.sealing()) {
    const kept = withdrawn === true || until <= now() ? "opens only" : "to come";
    const use = from <= now() && now() < until && withdrawn !== true ? "in use" : kept;
    say(`sealing    ${id.slice(0, 16)}  ${dayOf(from)} to ${dayOf(until)}  ${use}`);
  }
  for (const { id, from } of keyring.revokedSealing()) {
    say(`sealing    ${id.slice(0, 16)}  ${dayOf(from)}                revoked`);
  }
}
