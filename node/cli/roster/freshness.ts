/** `wardline roster publish-freshness`: the file that says daily which roster is in force and who is suspended. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { WardlineError } from "@wardline/protocol/encoding";
import { keyIdOf } from "@wardline/protocol/identity";
import { checkNoDraft } from "./drafts.ts";
import { readTrust } from "./folder.ts";
import { delegated, readKey } from "./key-file.ts";
import { publish, writeInvite } from "./publish.ts";
import { keepIncomplete } from "./sign.ts";
import { tell } from "./tell.ts";

export interface FreshnessOptions {
  readonly folder: string;
  /** Secret freshness keys; those of the trial's folder if left out. */
  readonly key?: readonly string[];
  readonly keyFile?: string;
  readonly suspend?: readonly string[];
}

/**
 * The next freshness file (24 hours), and an invite for those who join. With too few keys it waits as a draft that other
 * members sign on their machines. Throws `cli/no-roster`, `cli/draft-waits`.
 */
export async function publishFreshness(options: FreshnessOptions, now: number): Promise<void> {
  const { folder, suspend } = options;
  const trust = await readTrust(folder, now);
  if (!trust.roster) {
    throw new WardlineError("cli/no-roster", "There is no roster yet that could be kept fresh.", {
      advice: "Add candidates and let registrars sign first.",
    });
  }
  const paths = options.key ?? (await keysIn(folder));
  const files = await Promise.all(paths.map((path) => readKey(path, options.keyFile)));
  // A trial's folder may hold keys of rosters before this one, or of a draft.
  const listed = new Set(trust.roster.value.freshness.keys.map((one) => keyIdOf(one.public)));
  const keys = delegated(files).filter(({ key }) => listed.has(keyIdOf(key.public)));
  const { renewFreshness } = await import("../../federation/index.ts");
  const freshness = renewFreshness(trust, keys, now, ...(suspend ? [suspend] : []));
  try {
    const next = await publish(folder, trust, freshness, now);
    tell(`Freshness is good until ${new Date(next.freshness?.value.expires ?? now).toISOString()}.`);
    await writeInvite(folder, next, now);
  } catch (error) {
    await checkNoDraft(folder);
    await keepIncomplete(folder, trust, freshness, error, now);
  }
}

/** The freshness keys of a trial's folder. */
async function keysIn(folder: string): Promise<string[]> {
  const keys = join(folder, "keys");
  const names = existsSync(keys) ? await readdir(keys) : [];
  return names.filter((name) => name.startsWith("freshness")).map((name) => join(keys, name));
}
