/** The own log and witness keys: naming a successor, and telling the members of it for as long as the roster does not. */
import { WardlineError, equalBytes, utf8, type Random } from "@wardline/protocol/encoding";
import { ed25519PublicKey, keyIdOf, type MemberId } from "@wardline/protocol/identity";
import {
  buildSuccessor,
  decodeFile,
  encodeFile,
  makeHandover,
  member,
  proveSingle,
  readSuccessor,
  signFile,
  type FederationFile,
  type LineRole,
  type Successor,
  type Trust,
} from "@wardline/protocol/roster";
import type { Keyring } from "../../vault/index.ts";

/**
 * Makes a new log or witness key and puts it in place of the old one. `checkpoint` is the newest of the own log, by its
 * present key. Gives the note, which the keyring keeps and the node publishes. Durable when it resolves.
 * Throws `keys/not-known` while the members do not know the present key: one handover after another.
 */
export async function handOver(
  role: LineRole,
  { keyring, trust, self, checkpoint, now, random }: HandoverServices,
): Promise<FederationFile> {
  const old = keyring[role];
  const known = member(trust, self)?.[`${role}Key`];
  if (!known || !equalBytes(known, old.public)) {
    throw new WardlineError("keys/not-known", `The members do not know this node's ${role} key.`, {
      advice:
        "After an earlier change, start the node once, so that they learn of it. Otherwise the roster must list the key first.",
    });
  }
  const seed = random(32);
  const { federationId: federation } = trust;
  const handover = makeHandover(federation, self, role, utf8(checkpoint), { old: old.seed, new: seed });
  if ("lost" in handover) throw new Error("A handover that was just made is not lost.");
  const next = { public: ed25519PublicKey(seed), proof: proveSingle(seed, federation, self, role) };
  const note = { federation, member: self, role, old: old.public, next, handover };
  const file = sign(note, keyring, now);
  await keyring.replaceLine(role, seed, encodeFile(file));
  return file;
}

export interface HandoverServices {
  readonly keyring: Keyring;
  readonly trust: Trust;
  readonly self: MemberId;
  readonly checkpoint: string;
  readonly now: number;
  readonly random: Random;
}

/** Own notes that the members still need: those whose new key neither roster nor notes held have. */
export function notesToPublish(keyring: Keyring, trust: Trust, self: MemberId): FederationFile[] {
  const own = member(trust, self);
  if (!own) return [];
  const known = [own.logKey, own.witnessKey, ...own.formerLogKeys, ...own.formerWitnessKeys];
  return keyring.handovers
    .map(decodeFile)
    .filter(({ bytes }) => !known.some((key) => equalBytes(key, readSuccessor(bytes).next.public)));
}

/** The same note under the present identity: that which signed it first may have been cut off. */
export function signedAnew({ bytes }: FederationFile, keyring: Keyring, now: number): FederationFile {
  return sign(readSuccessor(bytes), keyring, now);
}

function sign(note: Omit<Successor, "key" | "created">, { identity }: Keyring, now: number): FederationFile {
  const bytes = buildSuccessor({ ...note, key: keyIdOf(identity.public), created: now });
  return { bytes, signatures: [signFile("successor", bytes, note.federation, identity)] };
}
