/**
 * The node's master key: 32 random bytes that are never stored in clear.
 *
 * The data folder holds one small file, `lock.json`, with the master key sealed under an *opening key*: the content of a
 * key file, a systemd credential, or what argon2id makes of a passphrase. Every other key is derived from the master
 * key for its purpose. Without the opening key the folder is noise; without `lock.json` it is too, even with the key.
 */
import { join } from "node:path";
import { z } from "zod";
import { WardlineError, base64, unbase64, utf8, type Random } from "@wardline/protocol/encoding";
import { masterKeyOf, type MasterKey } from "../store/index.ts";
import { openBox, sealBox } from "./box.ts";
import { makeFolder, readIfExists, writeFileAtomically } from "./files.ts";
import { createOpeningKey, openingKey, passphraseCost, type OpeningWay } from "./opening.ts";

const LOCK = "lock.json";
const PURPOSE = "wardline/vault/master-key/1";
const KEY_BYTES = 32;

const lockFile = z.strictObject({
  version: z.literal(1),
  /** How the opening key is had; for people, and to choose the error that helps. */
  kind: z.enum(["key-file", "credential", "passphrase"]),
  passphrase: passphraseCost.optional(),
  /** base64 */
  box: z.string().transform(unbase64),
});

/**
 * Makes the master key of a new node and `lock.json`. With `keyFile`, a file that does not exist yet is created.
 * @throws `vault/already-initialised`, and as `unlock` for a key that cannot be used.
 */
export async function createMasterKey(
  dataFolder: string,
  way: OpeningWay,
  random: Random,
): Promise<MasterKey> {
  await makeFolder(dataFolder);
  const path = join(dataFolder, LOCK);
  if ((await readIfExists(path)) !== undefined) {
    throw new WardlineError("vault/already-initialised", "This data folder belongs to a node already.", {
      advice: "Start the node, or choose another data folder.",
    });
  }
  const opening = await createOpeningKey(way, dataFolder, random);
  const master = random(KEY_BYTES);
  const box = base64(sealBox(opening.key, PURPOSE, master, random));
  const lock = { version: 1, kind: opening.kind, passphrase: opening.cost, box };
  await writeFileAtomically(path, utf8(`${JSON.stringify(lock, null, 2)}\n`));
  return masterKeyOf(master);
}

/**
 * Opens the node's master key.
 * @throws `vault/not-initialised`, `vault/lock-damaged`, `vault/wrong-key`, `vault/wrong-passphrase`,
 * `vault/no-key`, `vault/ambiguous-key`, and those of a key file: `vault/key-file-missing`, `vault/key-file-inside`,
 * `vault/key-file-permissions`, `vault/key-file-malformed`, `vault/no-credentials`.
 */
export async function unlock(dataFolder: string, way: OpeningWay): Promise<MasterKey> {
  const lock = await readLock(join(dataFolder, LOCK));
  const opening = await openingKey(way, dataFolder, lock.passphrase);
  const master = openBox(opening, PURPOSE, lock.box);
  if (master?.length === KEY_BYTES) return masterKeyOf(master);
  if (way.passphrase !== undefined) {
    throw new WardlineError("vault/wrong-passphrase", "This passphrase does not open the node's data.", {
      advice: "Type it again. Mind capitals and the keyboard's language.",
    });
  }
  throw new WardlineError(
    "vault/wrong-key",
    `This key does not open the node's data; it was locked by ${lock.kind}.`,
    {
      advice:
        "Use the key that was made with this data folder. A key of another node, or of an older installation, never fits.",
    },
  );
}

async function readLock(path: string): Promise<z.infer<typeof lockFile>> {
  const bytes = await readIfExists(path);
  if (bytes === undefined) {
    throw new WardlineError(
      "vault/not-initialised",
      "There is no node in this data folder: lock.json is missing.",
      {
        advice:
          "Run `wardline init` for a new node. If this was a node, restore lock.json from a backup: without it nothing can be opened.",
      },
    );
  }
  try {
    return lockFile.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new WardlineError("vault/lock-damaged", "The file lock.json in the data folder is damaged.", {
      advice: "Restore lock.json from a backup. Do not delete it: without it nothing can be opened.",
      cause,
    });
  }
}
