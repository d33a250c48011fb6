/**
 * Keys of root holders, registrars and freshness holders as files: `NAME.key`, the secret, which never leaves its
 * holder's machine and is sealed by a passphrase or a key file, and `NAME.public.json`, which goes to the coordinator.
 * Only trial folders hold secrets in clear.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { base64, systemRandom, unbase64, WardlineError } from "@wardline/protocol/encoding";
import {
  decodeIdentitySecretKey,
  encodeIdentitySecretKey,
  type IdentitySecretKey,
} from "@wardline/protocol/identity";
import { createOpeningKey, openBox, openingKey, passphraseCost, sealBox } from "../../vault/index.ts";
import { askSecret, readText } from "../terminal.ts";
import { keyRoles, type KeyRole } from "./options.ts";

export interface KeyFile {
  readonly role: KeyRole;
  /** The member that holds a freshness key. */
  readonly member?: string | undefined;
  readonly key: IdentitySecretKey;
}

const PURPOSE = "wardline/federation-key/1";

const schema = z.strictObject({
  type: z.literal("wardline/key/1"),
  role: z.enum(keyRoles),
  member: z.string().optional(),
  /** In clear, for trials; or sealed by what opens it. */
  secret: z.string().optional(),
  sealed: z
    .strictObject({
      by: z.enum(["key-file", "passphrase"]),
      cost: passphraseCost.optional(),
      box: z.string(),
    })
    .optional(),
});
type Stored = z.infer<typeof schema>;

/** Writes a secret in clear, readable by its owner alone: for trials. */
export async function writePlainKey(path: string, { role, member, key }: KeyFile): Promise<void> {
  await writeNew(path, {
    ...{ type: "wardline/key/1", role, member },
    secret: base64(encodeIdentitySecretKey(key)),
  });
}

/**
 * Writes a secret sealed by a key file on another medium, which is made if it is not there, or by a passphrase that is
 * asked for twice. Readable by its owner alone. Throws `vault/weak-passphrase`, `vault/key-file-…`, `cli/key-exists`.
 */
export async function writeSealedKey(
  path: string,
  { role, member, key }: KeyFile,
  keyFile: string | undefined,
): Promise<void> {
  await mkdir(dirname(resolve(path)), { recursive: true, mode: 0o700 });
  const way = keyFile ? { keyFile } : { passphrase: await askSecret("New passphrase", { confirm: true }) };
  const opening = await createOpeningKey(way, dirname(resolve(path)), systemRandom);
  const box = sealBox(opening.key, PURPOSE, encodeIdentitySecretKey(key), systemRandom);
  const by = keyFile ? "key-file" : "passphrase";
  await writeNew(path, {
    ...{ type: "wardline/key/1", role, member },
    sealed: { by, cost: opening.cost, box: base64(box) },
  });
}

async function writeNew(path: string, content: Stored): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    throw new WardlineError("cli/key-exists", `${path} is there already.`, {
      advice: "A key is never overwritten: choose another name with --out.",
      cause,
    });
  }
}

/**
 * Reads and opens a secret key. Throws `cli/not-a-key`, `cli/locked` (its key file is not named), `cli/wrong-key`, and
 * `vault/key-file-…`.
 */
export async function readKey(path: string, keyFile?: string): Promise<KeyFile> {
  const stored = await readStored(path);
  const { role, member } = stored;
  return { role, member, key: decodeIdentitySecretKey(await secretOf(path, stored, keyFile)) };
}

/** The freshness keys among these, with the members that hold them. */
export function delegated(files: readonly KeyFile[]): { member: string; key: IdentitySecretKey }[] {
  return files.flatMap(({ role, member, key }) =>
    role === "freshness" && member !== undefined ? [{ member, key }] : [],
  );
}

async function readStored(path: string): Promise<Stored> {
  try {
    return schema.parse(JSON.parse(await readText(path)));
  } catch (cause) {
    throw new WardlineError("cli/not-a-key", `${path} holds no key of a federation.`, {
      advice: "Name a .key file that `wardline roster key` made.",
      cause,
    });
  }
}

async function secretOf(path: string, { secret, sealed }: Stored, keyFile?: string): Promise<Uint8Array> {
  if (secret !== undefined) return unbase64(secret);
  const opening = sealed && (await openingFor(path, sealed, keyFile));
  const opened = sealed && opening && openBox(opening, PURPOSE, unbase64(sealed.box));
  if (opened) return opened;
  throw new WardlineError("cli/wrong-key", `${path} does not open with what was given.`, {
    advice: "Use the passphrase or key file that the key was made with.",
  });
}

async function openingFor(
  path: string,
  { by, cost }: NonNullable<Stored["sealed"]>,
  keyFile: string | undefined,
): Promise<Uint8Array> {
  const folder = dirname(resolve(path));
  if (by === "passphrase") {
    return openingKey({ passphrase: await askSecret(`Passphrase of ${path}`) }, folder, cost);
  }
  if (keyFile !== undefined) return openingKey({ keyFile }, folder, undefined);
  throw new WardlineError("cli/locked", `${path} is locked by a key file.`, {
    advice: "Name that file with --key-file.",
  });
}
