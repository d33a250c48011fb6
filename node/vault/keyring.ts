/**
 * The node's own secret keys, in two small files sealed under the master key and rewritten whole:
 *
 *   keyring        identity pair, transport and log key: made once, part of a backup
 *   sealing-keys   what opens envelopes: replaced weekly, forgotten after 36 days, **never** part of a backup, so that
 *                  old envelopes stay closed even to one who later holds the node
 */
import { join } from "node:path";
import { WardlineError, decodeCbor, encodeCbor, type Random } from "@wardline/protocol/encoding";
import {
  decodeIdentitySecretKey,
  ed25519PublicKey,
  encodeIdentitySecretKey,
  generateIdentityKey,
  sealingKeyFromSeed,
  type IdentitySecretKey,
  type KeyId,
  type SealingSecretKey,
} from "@wardline/protocol/identity";
import type { MasterKey } from "../store/index.ts";
import { openBox, sealBox } from "./box.ts";
import { makeFolder, readIfExists, writeFileAtomically } from "./files.ts";
import { createQueue } from "./queue.ts";

/** An Ed25519 key pair; both halves 32 bytes. */
export interface SigningKey {
  readonly seed: Uint8Array;
  readonly public: Uint8Array;
}

/** A sealing key with the times between which the member card offers it, milliseconds. */
export interface DatedSealingKey extends SealingSecretKey {
  readonly from: number;
  readonly until: number;
}

export interface Keyring {
  /** Signs statements, envelopes, receipts, blocks and the member card. */
  readonly identity: IdentitySecretKey;
  /** Is the libp2p peer id. */
  readonly transport: SigningKey;
  /** Signs the log's checkpoints. */
  readonly log: SigningKey;
  /** When the keys above were made, milliseconds. */
  readonly created: number;
  /** All sealing keys held, the oldest first. */
  sealing(): readonly DatedSealingKey[];
  /** The seed that opens what was sealed to this key; undefined once it was forgotten. */
  sealingSeed(id: KeyId): Uint8Array | undefined;
  /** Adds sealing keys; durable when it resolves. */
  addSealing(keys: readonly DatedSealingKey[]): Promise<void>;
  /** Forgets the sealing keys that were offered from before `time` on; gives their ids. Durable when it resolves. */
  forgetSealing(time: number): Promise<KeyId[]>;
}

const PURPOSE = { keyring: "wardline/vault/keyring/1", sealing: "wardline/vault/sealing-keys/1" };
/** Labels that stand beside each key in the file, so that a person who has to look knows what is what. */
const LABEL = {
  identity: "member identity, Ed25519 + ML-DSA-65",
  transport: "transport, Ed25519",
  log: "log, Ed25519",
};

interface StoredKey {
  label: string;
  secret: Uint8Array;
}
interface StoredSealingKey extends StoredKey {
  from: number;
  until: number;
}
interface StoredKeyring {
  version: 1;
  created: number;
  identity: StoredKey;
  transport: StoredKey;
  log: StoredKey;
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
    identity: { label: LABEL.identity, secret: encodeIdentitySecretKey(generateIdentityKey(random)) },
    transport: { label: LABEL.transport, secret: random(32) },
    log: { label: LABEL.log, secret: random(32) },
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
  const key = master.derive("vault/keyring");
  const stored = (await readSealed(join(folder, "keyring"), key, PURPOSE.keyring)) as
    StoredKeyring | undefined;
  if (stored === undefined) {
    throw new WardlineError("vault/keyring-missing", "The node's keyring is missing.", {
      advice: "Restore the folder keyring from a backup. Without it the node must join the federation anew.",
    });
  }
  const path = join(folder, "sealing-keys");
  let sealing = readSealingKeys(
    (await readSealed(path, key, PURPOSE.sealing)) as StoredSealingKey[] | undefined,
  );

  const inTurn = createQueue();

  async function replace(next: readonly DatedSealingKey[]): Promise<void> {
    const sorted = [...next].sort((a, b) => a.from - b.from);
    const bytes = encodeCbor(
      sorted.map(({ seed, from, until }) => ({ label: "sealing, X-Wing", secret: seed, from, until })),
    );
    await writeFileAtomically(path, sealBox(key, PURPOSE.sealing, bytes, random), { forget: true });
    sealing = sorted;
  }

  return {
    identity: decodeIdentitySecretKey(stored.identity.secret),
    transport: signingKey(stored.transport.secret),
    log: signingKey(stored.log.secret),
    created: stored.created,
    sealing: () => sealing,
    sealingSeed: (id) => sealing.find((held) => held.id === id)?.seed,
    addSealing: (added) =>
      inTurn(() => replace([...sealing.filter(({ id }) => !added.some((one) => one.id === id)), ...added])),
    forgetSealing: (time) =>
      inTurn(async () => {
        const old = sealing.filter(({ from }) => from < time);
        if (old.length > 0) await replace(sealing.filter(({ from }) => from >= time));
        return old.map(({ id }) => id);
      }),
  };
}

async function readSealed(path: string, key: Uint8Array, purpose: string): Promise<unknown> {
  const sealed = await readIfExists(path);
  if (sealed === undefined) return undefined;
  const opened = openBox(key, purpose, sealed);
  if (opened) return decodeCbor(opened);
  throw new WardlineError("vault/keyring-damaged", "A file of the node's keyring is damaged.", {
    advice:
      "Restore the folder keyring from a backup. Sealing keys are in none: without them remove sealing-keys, and peers send again.",
  });
}

function readSealingKeys(stored: readonly StoredSealingKey[] = []): readonly DatedSealingKey[] {
  return stored.map(({ secret, from, until }) => ({ ...sealingKeyFromSeed(secret), from, until }));
}

function signingKey(seed: Uint8Array): SigningKey {
  return { seed, public: ed25519PublicKey(seed) };
}
