/**
 * The folder of a federation's membership files:
 *
 *   root.json  roster.json  freshness.json  invite.json     what is published
 *   draft.json                                               the next roster, while registrars sign it
 *   keys/                                                    software keys: for trials. Real ones stay with their holders.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { base64, unbase64, WardlineError } from "@wardline/protocol/encoding";
import {
  decodeIdentitySecretKey,
  encodeIdentitySecretKey,
  type IdentitySecretKey,
} from "@wardline/protocol/identity";
import {
  acceptFreshness,
  acceptRoster,
  decodeFile,
  encodeFile,
  startTrust,
  type FederationFile,
  type Trust,
} from "@wardline/protocol/roster";
import { readBytes, readText } from "../terminal.ts";

export type FileName = "root" | "roster" | "freshness" | "draft";

export interface KeyFile {
  readonly role: "root" | "registrar" | "freshness";
  /** The member that holds a freshness key. */
  readonly member?: string | undefined;
  readonly key: IdentitySecretKey;
}

const keyFileSchema = z.strictObject({
  type: z.literal("wardline/key/1"),
  role: z.enum(["root", "registrar", "freshness"]),
  member: z.string().optional(),
  secret: z.string(),
});

export async function makeFolder(folder: string): Promise<void> {
  if (existsSync(join(folder, "root.json"))) {
    throw new WardlineError("cli/federation-exists", "There is a federation in this folder already.", {
      advice: "Choose another --folder; a federation's root is made once.",
    });
  }
  await mkdir(join(folder, "keys"), { recursive: true, mode: 0o700 });
}

export async function writeFederationFile(
  folder: string,
  name: FileName,
  file: FederationFile,
): Promise<void> {
  await writeFile(join(folder, `${name}.json`), encodeFile(file));
}

export async function readFederationFile(
  folder: string,
  name: FileName,
): Promise<FederationFile | undefined> {
  const path = join(folder, `${name}.json`);
  return existsSync(path) ? decodeFile(await readBytes(path)) : undefined;
}

export async function removeDraft(folder: string): Promise<void> {
  await rm(join(folder, "draft.json"), { force: true });
}

/** What the published files say together. @throws `cli/no-federation`, and what they are refused for */
export async function readTrust(folder: string, now: number): Promise<Trust> {
  const [root, roster, freshness] = await Promise.all(
    (["root", "roster", "freshness"] as const).map((name) => readFederationFile(folder, name)),
  );
  if (!root) {
    throw new WardlineError("cli/no-federation", `There is no federation in ${folder}.`, {
      advice: "Make one with `wardline roster create`, or name its folder with --folder.",
    });
  }
  let trust = startTrust(root, now);
  if (roster) trust = acceptRoster(trust, roster, now);
  // An old freshness file may be past its end, or of the roster before: the next one replaces it.
  if (freshness) trust = orBefore(trust, () => acceptFreshness(trust, freshness, now));
  return trust;
}

function orBefore(before: Trust, next: () => Trust): Trust {
  try {
    return next();
  } catch {
    return before;
  }
}

/** Readable by its owner alone. */
export async function writeKey(folder: string, name: string, { role, member, key }: KeyFile): Promise<void> {
  const content = { type: "wardline/key/1", role, member, secret: base64(encodeIdentitySecretKey(key)) };
  await writeFile(join(folder, "keys", `${name}.key`), `${JSON.stringify(content)}\n`, {
    mode: 0o600,
    flag: "wx",
  });
}

/** @throws `cli/not-a-key` */
export async function readKey(path: string): Promise<KeyFile> {
  try {
    const { role, member, secret } = keyFileSchema.parse(JSON.parse(await readText(path)));
    return { role, member, key: decodeIdentitySecretKey(unbase64(secret)) };
  } catch (cause) {
    throw new WardlineError("cli/not-a-key", `${path} holds no key of a federation.`, {
      advice: "Name a .key file that `wardline roster` made.",
      cause,
    });
  }
}

/** The freshness keys among these, with the members that hold them. */
export function delegated(files: readonly KeyFile[]): { member: string; key: IdentitySecretKey }[] {
  return files.flatMap(({ role, member, key }) =>
    role === "freshness" && member !== undefined ? [{ member, key }] : [],
  );
}

/** The folder's own keys of a role. */
export async function keysIn(folder: string, role: KeyFile["role"]): Promise<KeyFile[]> {
  const names = (await readdir(join(folder, "keys"))).filter((name) => name.startsWith(role)).sort();
  return Promise.all(names.map((name) => readKey(join(folder, "keys", name))));
}
