/**
 * The manifest: which files make up the index, and how much of each was acknowledged. Replaced as a whole with every change;
 * a file that it does not name does not count.
 *
 *   8   magic          "wl-exact"
 *   4   version
 *   16  key check      tells a wrong key from damage
 *   4   CRC-32 of the above, so that damage is not taken for another version or key
 *   12  nonce          random
 *   …   JSON, sealed with AES-256-GCM, and its tag of 16 bytes
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { HashingError } from "../errors.ts";
import { replaceFile } from "../files.ts";
import { deriveBytes, deriveKey } from "./keys.ts";
import { damaged } from "./faults.ts";
import type { RunName } from "./runs.ts";

export const MANIFEST = "manifest";

export interface Manifest {
  /** Oldest first. */
  readonly runs: readonly RunName[];
  /** Oldest first; what they say is newer than all runs. `pages` of each were acknowledged at least. */
  readonly logs: readonly { readonly id: string; readonly pages: number }[];
}

const MAGIC = Buffer.from("wl-exact");
const VERSION = 1;
const CHECK_AT = 12;
const CRC_AT = 28;
const NONCE_AT = 32;
const SEALED_AT = 44;
const TAG = 16;

export async function writeManifest(folder: string, secret: Uint8Array, manifest: Manifest): Promise<void> {
  const header = Buffer.alloc(SEALED_AT);
  MAGIC.copy(header);
  header.writeUInt32LE(VERSION, MAGIC.length);
  checkOf(secret).copy(header, CHECK_AT);
  header.writeUInt32LE(crc32(header.subarray(0, CRC_AT)), CRC_AT);
  randomBytes(SEALED_AT - NONCE_AT).copy(header, NONCE_AT);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(secret, "manifest"), header.subarray(NONCE_AT));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(manifest)), cipher.final()]);
  await replaceFile(folder, MANIFEST, Buffer.concat([header, sealed, cipher.getAuthTag()]));
}

/**
 * The manifest of the folder; none when the folder has none. Errors: `hashing/index-damaged`, `hashing/index-version`
 * (a later version wrote it), `hashing/index-key`.
 */
export async function readManifest(folder: string, secret: Uint8Array): Promise<Manifest | undefined> {
  const file = await readFile(join(folder, MANIFEST)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  if (file.length < SEALED_AT + TAG || !file.subarray(0, MAGIC.length).equals(MAGIC)) throw unreadable();
  if (file.readUInt32LE(CRC_AT) !== crc32(file.subarray(0, CRC_AT))) throw unreadable();
  if (file.readUInt32LE(MAGIC.length) !== VERSION) throw otherVersion(file.readUInt32LE(MAGIC.length));
  if (!file.subarray(CHECK_AT, CRC_AT).equals(checkOf(secret))) throw otherKey();
  return unsealed(file, secret);
}

function unsealed(file: Buffer, secret: Uint8Array): Manifest {
  const nonce = file.subarray(NONCE_AT, SEALED_AT);
  const decipher = createDecipheriv("aes-256-gcm", deriveKey(secret, "manifest"), nonce);
  decipher.setAuthTag(file.subarray(-TAG));
  try {
    const text = Buffer.concat([decipher.update(file.subarray(SEALED_AT, -TAG)), decipher.final()]);
    return JSON.parse(text.toString()) as Manifest;
  } catch {
    throw unreadable();
  }
}

const checkOf = (secret: Uint8Array): Buffer =>
  deriveBytes(secret, "key check").subarray(0, CRC_AT - CHECK_AT);

const unreadable = () => damaged("its manifest is not what was written");

function otherVersion(version: number): HashingError {
  return new HashingError(
    "hashing/index-version",
    `The exact index has version ${version} of its format; this program reads version ${VERSION}.`,
    "Open it with the version of Wardline that wrote it, or empty its folder and build it again.",
  );
}

function otherKey(): HashingError {
  return new HashingError(
    "hashing/index-key",
    "The exact index was made with another key.",
    "Check that the data folder and the key belong together; else empty the folder and build it again.",
  );
}
