/** Replacing a stopped node's transport key, sealing keys and identity. */
import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { generateIdentityKey, keyIdOf } from "@wardline/protocol/identity";
import { peerIdOf } from "@wardline/protocol/roster";
import { candidateOf, wordsOf } from "../candidate.ts";
import { confirm, say } from "../terminal.ts";
import type { StoppedNode } from "./stopped-node.ts";

export async function rotateTransport(
  { opened: { keyring }, surroundings }: StoppedNode,
  yes: boolean,
): Promise<void> {
  await confirm("The old transport key is gone for good, and the node has another peer id.", yes);
  await keyring.replaceTransport(surroundings.random(32));
  say(
    `New peer id: ${peerIdOf(keyring.transport.public)}`,
    "At its next start the node publishes a new card, and members admit it by that. Next: wardline start",
    "Whoever names the old peer id in federation.introductions should write the new one there.",
  );
}

export async function rotateSealing({ opened: { keyring }, now }: StoppedNode, yes: boolean): Promise<void> {
  await confirm(
    "What was sealed to keys of the coming weeks is sent again; it cannot be opened any more.",
    yes,
  );
  const before = keyring.revokedSealing().length;
  await keyring.withdrawSealing(now());
  say(
    `${keyring.revokedSealing().length - before} key(s) of the coming weeks are revoked. The one in use only opens what is under way.`,
    "At its next start the node makes new ones and publishes them with its card. Next: wardline start",
  );
}

/** Makes the next identity once; asked again, it writes the same one's file again, unless told to make another. */
export async function rotateIdentity(
  { opened, surroundings, self, trust }: StoppedNode,
  { out, anew }: { readonly out: string; readonly anew: boolean },
): Promise<void> {
  const { keyring } = opened;
  if (!keyring.nextIdentity || anew) await keyring.prepareIdentity(generateIdentityKey(surroundings.random));
  const { id: member, name, country, kind, contact } = self;
  const described = { member, federation: trust().federationId, name, country, kind, contact };
  const candidate = candidateOf(opened, described, surroundings.random);
  await writeFile(out, `${JSON.stringify(candidate, null, 2)}\n`);
  say(
    `Next identity: ${keyIdOf((keyring.nextIdentity ?? keyring.identity).public).slice(0, 16)}`,
    "Words to read out when the registrars call:",
    `  ${wordsOf(opened).join(" ")}`,
    `Public keys for the registrars: ${resolve(out)}`,
    `Next: send ${basename(out)} to a registrar, who lists it: wardline roster rotate ${member} ${basename(out)}`,
    "The node signs with the old key until then, and takes the new one by itself when the roster arrives.",
  );
}
