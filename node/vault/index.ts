/**
 * Vault: material at rest, one key per item, shredded by forgetting the key; grants and receptions in constant memory.
 * Also the node's master key and how it is unlocked, the keyring with the node's own secret keys, and files that are
 * replaced whole.
 */
export { createMasterKey, unlock } from "./masterkey.ts";
export { createOpeningKey, openingKey, passphraseCost, type OpeningWay } from "./opening.ts";
export { openBox, sealBox } from "./box.ts";
export { createKeyring, openKeyring, type Keyring, type LineRole, type SigningKey } from "./keyring.ts";
export type { DatedSealingKey } from "./sealing-keys.ts";
export { openVault, type StoredItem, type Vault } from "./vault.ts";
export type { Receiving } from "./receive.ts";
export type { Grant } from "./reception.ts";
export type { Swept } from "./sweep.ts";
export { createQueue, type Queue } from "./queue.ts";
export { readIfExists, writeFileAtomically } from "./files.ts";
