/** `wardline roster draft-root`: from the public files of key holders to the first root, or to the next one. */
import { WardlineError } from "@wardline/protocol/encoding";
import { keyIdOf } from "@wardline/protocol/identity";
import { buildRoot, checkDraft, type RegistrarKey, type Root, type RootKey } from "@wardline/protocol/roster";
import { day, hour, checkNoDraft, writeDraft } from "./drafts.ts";
import { findTrust } from "./folder.ts";
import { readHolderKey, wordsOfKey, type HolderKey } from "./public-key.ts";
import { tell } from "./tell.ts";

export interface RootOptions {
  /** How many keys and jurisdictions must sign the next root, and a roster. Left out: as before; at first 3, 3, 2, 2. */
  readonly threshold?: number;
  readonly jurisdictions?: number;
  readonly registrarThreshold?: number;
  readonly registrarJurisdictions?: number;
  /** Ids of keys that end, or their beginnings. */
  readonly drop: readonly string[];
  /** Rosters that the root names, of versions of which two were signed. */
  readonly resolve: Root["resolved"];
}

/**
 * Drafts the next root: the keys of the one in force, less those dropped, with those of the files given. A new key of a
 * holder already listed replaces the old one. Throws `cli/draft-waits`, `cli/not-proven`, `cli/no-such-key`, and
 * `roster/weak-threshold` and whatever else the root would be refused for.
 */
export async function draftRoot(
  folder: string,
  paths: readonly string[],
  options: RootOptions,
  now: number,
): Promise<void> {
  await checkNoDraft(folder);
  const trust = await findTrust(folder, now);
  const given = await Promise.all(paths.map(readHolderKey));
  const held = trust?.roots.at(-1)?.value;
  const bytes = buildRoot(nextRoot(held, given, options, now));
  checkDraft(trust, "root", bytes, now);
  for (const key of given) {
    tell(`${key.role}  ${key.jurisdiction}  ${key.holder}`, `  words: ${wordsOfKey(key.public)}`);
  }
  tell("", "Call each holder on a number found independently, and let them read their words out.");
  await writeDraft(
    folder,
    bytes,
    "send draft.json to the holders; each looks at it with `wardline roster show --file` and signs it with `sign --file`",
  );
}

/** The root that follows this one, or the first. */
export function nextRoot(
  held: Root | undefined,
  given: readonly Pick<HolderKey, "role" | "public" | "holder" | "jurisdiction">[],
  options: RootOptions,
  now: number,
): Root {
  const dropped = idsToDrop(held, options.drop);
  const listed = ({ public: key, holder, jurisdiction }: (typeof given)[number]) => ({
    ...{ public: key, holder, jurisdiction },
  });
  const added = (role: HolderKey["role"]) => given.filter((key) => key.role === role).map(listed);
  const registrars = added("registrar").map((key) => ({
    ...key,
    ...{ from: now - hour, until: now + 365 * day },
  }));
  return {
    version: (held?.version ?? 0) + 1,
    created: now,
    expires: now + 730 * day,
    root: {
      threshold: options.threshold ?? held?.root.threshold ?? 3,
      jurisdictions: options.jurisdictions ?? held?.root.jurisdictions ?? 3,
      keys: merged<RootKey>(held?.root.keys ?? [], added("root"), dropped),
    },
    registrars: {
      threshold: options.registrarThreshold ?? held?.registrars.threshold ?? 2,
      jurisdictions: options.registrarJurisdictions ?? held?.registrars.jurisdictions ?? 2,
      keys: merged<RegistrarKey>(held?.registrars.keys ?? [], registrars, dropped),
    },
    resolved: [...(held?.resolved ?? []), ...options.resolve],
  };
}

function merged<Key extends RootKey>(
  held: readonly Key[],
  added: readonly Key[],
  dropped: ReadonlySet<string>,
): Key[] {
  const nameOf = ({ holder, jurisdiction }: Key) => `${jurisdiction} ${holder}`;
  const replaced = new Set(added.map(nameOf));
  const stays = (key: Key) => !dropped.has(keyIdOf(key.public)) && !replaced.has(nameOf(key));
  return [...held.filter(stays), ...added];
}

function idsToDrop(held: Root | undefined, beginnings: readonly string[]): ReadonlySet<string> {
  const ids = [...(held?.root.keys ?? []), ...(held?.registrars.keys ?? [])].map((key) =>
    keyIdOf(key.public),
  );
  return new Set(
    beginnings.map((beginning) => {
      const [found, another] = ids.filter((id) => beginning.length >= 8 && id.startsWith(beginning));
      if (found !== undefined && another === undefined) return found;
      throw new WardlineError("cli/no-such-key", `No one key's id begins with ${beginning}.`, {
        advice: "See `wardline roster show`; eight digits or more.",
      });
    }),
  );
}
