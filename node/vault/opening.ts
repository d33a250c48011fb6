/** Where the key comes from that opens the master key: a key file, a systemd credential, or a passphrase. */
import { argon2 } from "node:crypto";
import { open, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { WardlineError, base64, hex, unbase64, unhex, utf8, type Random } from "@wardline/protocol/encoding";
import { syncFolder } from "./files.ts";

/** Exactly one of them. */
export interface OpeningWay {
  /** Path of a file outside the data folder that nobody but the owner may read. */
  readonly keyFile?: string | undefined;
  /** What a person types at start. */
  readonly passphrase?: string | undefined;
  /** Name of a credential in `$CREDENTIALS_DIRECTORY` (systemd.exec, LoadCredential=), holding the same as a key file. */
  readonly credential?: string | undefined;
  /** `$CREDENTIALS_DIRECTORY`. */
  readonly credentialsFolder?: string | undefined;
}

/**
 * RFC 9106, section 4, second recommended option: 3 passes over 64 MiB in 4 lanes. Kept in lock.json, so that it can
 * grow; bounded when read, so that an altered lock.json cannot exhaust the machine.
 */
const COST = { memory: 64 * 1024, passes: 3, lanes: 4 };
export const passphraseCost = z.strictObject({
  /** 16 bytes, base64 */
  salt: z.string().regex(/^[A-Za-z0-9+/]{22}==$/),
  /** KiB */
  memory: z
    .int()
    .min(8 * 4)
    .max(1024 * 1024),
  passes: z.int().min(1).max(16),
  lanes: z.int().min(1).max(16),
});
export type PassphraseCost = z.infer<typeof passphraseCost>;

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const SHORTEST_PASSPHRASE = 12;
const KEY_LINE = /^wardline-key-1 ([0-9a-f]{64})\n?$/;
const READABLE_BY_OTHERS = 0o077;

/** The opening key of a node that is being made, with what `lock.json` must remember of it. */
export async function createOpeningKey(
  way: OpeningWay,
  dataFolder: string,
  random: Random,
): Promise<{ kind: "key-file" | "credential" | "passphrase"; key: Uint8Array; cost?: PassphraseCost }> {
  const chosen = chosenWay(way);
  if (chosen.kind === "passphrase") {
    refuseWeak(chosen.value);
    const cost = { salt: base64(random(SALT_BYTES)), ...COST };
    return { kind: chosen.kind, key: await fromPassphrase(chosen.value, cost), cost };
  }
  if (chosen.kind === "key-file") await createKeyFile(chosen.value, dataFolder, random);
  return { kind: chosen.kind, key: await openingKey(way, dataFolder, undefined) };
}

/** The opening key of a node that exists. `cost` is what its `lock.json` says about the passphrase. */
export async function openingKey(
  way: OpeningWay,
  dataFolder: string,
  cost: PassphraseCost | undefined,
): Promise<Uint8Array> {
  const chosen = chosenWay(way);
  if (chosen.kind === "key-file") return fromKeyFile(chosen.value, dataFolder);
  if (chosen.kind === "credential") return fromCredential(chosen.value, way.credentialsFolder);
  if (cost) return fromPassphrase(chosen.value, cost);
  throw new WardlineError("vault/wrong-key", "This node is not opened by a passphrase.", {
    advice: "Name the key file or credential that it was made with.",
  });
}

function chosenWay(way: OpeningWay): { kind: "key-file" | "credential" | "passphrase"; value: string } {
  const given = [
    { kind: "key-file", value: way.keyFile },
    { kind: "credential", value: way.credential },
    { kind: "passphrase", value: way.passphrase },
  ] as const;
  const [chosen, another] = given.filter(({ value }) => value !== undefined);
  if (another) {
    throw new WardlineError("vault/ambiguous-key", "More than one way to unlock is given.", {
      advice: "Name one: a key file, a credential, or a passphrase.",
    });
  }
  if (chosen?.value !== undefined) return { kind: chosen.kind, value: chosen.value };
  throw new WardlineError("vault/no-key", "The node's data is locked, and no key is given.", {
    advice: "Name a key file outside the data folder or a systemd credential, or type the passphrase.",
  });
}

/** Makes the key file unless there is one, which then must be usable. */
async function createKeyFile(path: string, dataFolder: string, random: Random): Promise<void> {
  refuseInside(resolve(path), resolve(dataFolder));
  try {
    const file = await open(path, "wx", 0o400);
    await file.writeFile(`wardline-key-1 ${hex(random(KEY_BYTES))}\n`);
    await file.sync();
    await file.close();
    await syncFolder(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw new WardlineError("vault/key-file-missing", "The key file cannot be created.", {
      advice: "Make its folder, owned by the user that runs the node.",
      cause: error,
    });
  }
}

async function fromKeyFile(path: string, dataFolder: string): Promise<Uint8Array> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new WardlineError("vault/key-file-missing", "The key file is not there, or cannot be read.", {
      advice: "Mount or restore it. Without it nothing can be opened.",
      cause,
    });
  });
  refuseInside(await realpath(path), await realpath(dataFolder));
  if (!facts.isFile() || (facts.mode & READABLE_BY_OTHERS) !== 0) {
    throw new WardlineError(
      "vault/key-file-permissions",
      "Others than its owner may read or change the key file.",
      {
        advice: "chmod 400 it, and consider who may have read it until now.",
      },
    );
  }
  return readKey(path);
}

/** Who takes the disk must not take the key with it. */
function refuseInside(path: string, dataFolder: string): void {
  if (path !== dataFolder && !path.startsWith(dataFolder.endsWith(sep) ? dataFolder : dataFolder + sep))
    return;
  throw new WardlineError(
    "vault/key-file-inside",
    "The key file lies inside the data folder that it locks.",
    {
      advice: "Keep it elsewhere: on another disk, a token, or as a systemd credential.",
    },
  );
}

async function fromCredential(name: string, folder: string | undefined): Promise<Uint8Array> {
  if (folder === undefined || !/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(name)) {
    throw new WardlineError("vault/no-credentials", "The service manager has not passed this credential.", {
      advice: "Add LoadCredentialEncrypted=NAME:PATH to the service, and start the node as that service.",
    });
  }
  return readKey(join(folder, name));
}

async function readKey(path: string): Promise<Uint8Array> {
  const content = await readFile(path, "latin1").catch((cause: unknown) => {
    throw new WardlineError("vault/key-file-missing", "The key cannot be read.", {
      advice: "See that it is there, and readable by the user that runs the node.",
      cause,
    });
  });
  const key = KEY_LINE.exec(content)?.[1];
  if (key !== undefined) return unhex(key, KEY_BYTES);
  throw new WardlineError("vault/key-file-malformed", "The key file does not hold a Wardline key.", {
    advice:
      "It has one line: wardline-key-1 and 64 hexadecimal digits. Restore it from where you keep the copy.",
  });
}

async function fromPassphrase(passphrase: string, cost: PassphraseCost): Promise<Uint8Array> {
  const { memory, passes, lanes: parallelism } = cost;
  const message = utf8(passphrase.normalize("NFC"));
  const nonce = unbase64(cost.salt);
  const derive = promisify(argon2);
  return new Uint8Array(
    await derive("argon2id", { message, nonce, memory, passes, parallelism, tagLength: KEY_BYTES }),
  );
}

function refuseWeak(passphrase: string): void {
  if (passphrase.length >= SHORTEST_PASSPHRASE) return;
  throw new WardlineError(
    "vault/weak-passphrase",
    `A passphrase has at least ${SHORTEST_PASSPHRASE} characters.`,
    {
      advice: "Five or more words chosen by dice are good.",
    },
  );
}
