/**
 * The node's own secret keys, in two small files sealed under the master key and rewritten whole:
 *
 *   keyring        identity pair, transport, log and witness key: part of a backup
 *   sealing-keys   what opens envelopes: never part of a backup; see sealing-keys.ts
 *
 * A key that is replaced is gone: the file is overwritten, so that what it signed cannot be signed again.
 */
import { join } from "node:path";
import { WardlineError, decodeCbor, encodeCbor, type Random } from "@wardline/protocol/encoding";
import {
  decodeIdentitySecretKey,
  ed25519PublicKey,
  encodeIdentitySecretKey,
  generateIdentityKey,
  type IdentitySecretKey,
} from "@wardline/protocol/identity";
import type { MasterKey } from "../store/index.ts";
import { openBox, sealBox } from "./box.ts";
import { makeFolder, readIfExists, writeFileAtomically } from "./files.ts";
import { createQueue } from "./queue.ts";
import { createSealingKeys, type SealingKeys } from "./sealing-keys.ts";

/** An Ed25519 key pair; both halves 32 bytes. */
export interface SigningKey {
  readonly seed: Uint8Array;
  readonly public: Uint8Array;
}

/** Keys that hand over to their successor in the open. */
export type LineRole = "log" | "witness";

export interface Keyring extends SealingKeys {
  /** Signs statements, envelopes, receipts, blocks and the member card. */
  readonly identity: IdentitySecretKey;
  /** Made to follow the identity once the roster lists it. */
  readonly nextIdentity: IdentitySecretKey | undefined;
  /** Is the libp2p peer id. */
  readonly transport: SigningKey;
  /** Signs the log's checkpoints. */
  readonly log: SigningKey;
  /** Signs that others' checkpoints were seen. */
  readonly witness: SigningKey;
  /** How log and witness keys followed one another: the notes for the other members, oldest first. */
  readonly handovers: readonly Uint8Array[];
  /** When the node's first keys were made, milliseconds. */
  readonly created: number;
  /** Puts a new transport key in place of the old one, which is gone. Durable when it resolves. */
  replaceTransport(seed: Uint8Array): Promise<void>;
  /** Puts a new log or witness key in place of the old one, which is gone, with the note that says so. Durable when it resolves. */
  replaceLine(role: LineRole, seed: Uint8Array, handover: Uint8Array): Promise<void>;
  /** Keeps an identity for later. Durable when it resolves. */
  prepareIdentity(next: IdentitySecretKey): Promise<void>;
  /** Puts the next identity in place of the old one, which is gone. Does nothing without a next one. Durable when it resolves. */
  takeNextIdentity(): Promise<void>;
}

const PURPOSE = { keyring: "wardline/vault/keyring/1", sealing: "wardline/vault/sealing-keys/1" };
/** Labels that stand beside each key in the file, so that a person who has to look knows what is what. */
const LABEL = {
  identity: "member identity, Ed25519 + ML-DSA-65",
  nextIdentity: "next member identity, Ed25519 + ML-DSA-65",
  transport: "transport, Ed25519",
  log: "log, Ed25519",
  witness: "witness, Ed25519",
};

interface StoredKey {
  label: string;
  secret: Uint8Array;
}
interface StoredKeyring {
  version: 1;
  created: number;
  identity: StoredKey;
  nextIdentity?: StoredKey;
  transport: StoredKey;
  log: StoredKey;
  /** Absent until it was first changed: the first one is derived from the master key. */
  witness?: StoredKey;
  handovers?: Uint8Array[];
}

/** Makes the keys of a new node. @throws `vault/already-initialised` when there are some. */
export async function createKeyring(
  dataFolder: string,
  master: MasterKey,
  random: Random,
  now: number,
): Promise<Keyring> {
  const folder = join(dataFolder, "keyring");
  await makeFolder(folder);
  if ((await readIfExists(join(folder, "keyring"))) !== undefined) {
    throw new WardlineError("vault/already-initialised", "This data folder has keys already.");
  }
  const keyring: StoredKeyring = {
    version: 1,
    created: now,
    identity: stored("identity", encodeIdentitySecretKey(generateIdentityKey(random))),
    transport: stored("transport", random(32)),
    log: stored("log", random(32)),
  };
  const key = master.derive("vault/keyring");
  await writeFileAtomically(
    join(folder, "keyring"),
    sealBox(key, PURPOSE.keyring, encodeCbor(keyring), random),
  );
  return openKeyring(dataFolder, master, random);
}

/** Opens the node's keys. @throws `vault/keyring-missing`, `vault/keyring-damaged` */
export async function openKeyring(dataFolder: string, master: MasterKey, random: Random): Promise<Keyring> {
  const folder = join(dataFolder, "keyring");
  const paths = { keyring: join(folder, "keyring"), sealing: join(folder, "sealing-keys") };
  const key = master.derive("vault/keyring");
  const content = await readSealed(paths.keyring, key, PURPOSE.keyring);
  if (content === undefined) {
    throw new WardlineError("vault/keyring-missing", "The node's keyring is missing.", {
      advice: "Restore the folder keyring from a backup. Without it the node must join the federation anew.",
    });
  }
  let held = decodeCbor(content) as StoredKeyring;
  let keys = keysOf(held, master);
  const inTurn = createQueue();

  const write = (file: "keyring" | "sealing", bytes: Uint8Array) =>
    writeFileAtomically(paths[file], sealBox(key, PURPOSE[file], bytes, random), { forget: true });

  const change = (changes: (before: StoredKeyring) => StoredKeyring) =>
    inTurn(async () => {
      const next = changes(held);
      await write("keyring", encodeCbor(next));
      held = next;
      keys = keysOf(next, master);
    });

  return {
    ...createSealingKeys(await readSealed(paths.sealing, key, PURPOSE.sealing), (bytes) =>
      write("sealing", bytes),
    ),
    get identity() {
      return keys.identity;
    },
    get nextIdentity() {
      return keys.nextIdentity;
    },
    get transport() {
      return keys.transport;
    },
    get log() {
      return keys.log;
    },
    get witness() {
      return keys.witness;
    },
    get handovers() {
      return held.handovers ?? [];
    },
    created: held.created,
    replaceTransport: (seed) => change((before) => ({ ...before, transport: stored("transport", seed) })),
    replaceLine: (role, seed, handover) =>
      change((before) => ({
        ...before,
        [role]: stored(role, seed),
        handovers: [...(before.handovers ?? []), handover],
      })),
    prepareIdentity: (next) =>
      change((before) => ({
        ...before,
        nextIdentity: stored("nextIdentity", encodeIdentitySecretKey(next)),
      })),
    takeNextIdentity: () =>
      change(({ nextIdentity, ...before }) =>
        nextIdentity ? { ...before, identity: stored("identity", nextIdentity.secret) } : before,
      ),
  };
}

function keysOf(held: StoredKeyring, master: MasterKey) {
  const { identity, nextIdentity, transport, log, witness } = held;
  return {
    identity: decodeIdentitySecretKey(identity.secret),
    nextIdentity: nextIdentity && decodeIdentitySecretKey(nextIdentity.secret),
    transport: signingKey(transport.secret),
    log: signingKey(log.secret),
    witness: signingKey(witness?.secret ?? master.derive("federation/witness-key")),
  };
}

const stored = (name: keyof typeof LABEL, secret: Uint8Array): StoredKey => ({ label: LABEL[name], secret });

async function readSealed(path: string, key: Uint8Array, purpose: string): Promise<Uint8Array | undefined> {
  const sealed = await readIfExists(path);
  if (sealed === undefined) return undefined;
  const opened = openBox(key, purpose, sealed);
  if (opened) return opened;
  throw new WardlineError("vault/keyring-damaged", "A file of the node's keyring is damaged.", {
    advice:
      "Restore the folder keyring from a backup. Sealing keys are in none: without them remove sealing-keys, and peers send again.",
  });
}

function signingKey(seed: Uint8Array): SigningKey {
  return { seed, public: ed25519PublicKey(seed) };
}
