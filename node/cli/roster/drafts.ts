/** The draft of a folder: one at a time, begun from what is in force. */
import { WardlineError } from "@wardline/protocol/encoding";
import {
  buildRoster,
  readRoster,
  type FederationFile,
  type Roster,
  type RosterEntry,
  type Trust,
} from "@wardline/protocol/roster";
import { readFederationFile, readTrust, writeFederationFile } from "./folder.ts";
import { typeOf, wordsOfFile } from "./publish.ts";
import { tell } from "./tell.ts";

export const hour = 3_600_000;
export const day = 24 * hour;

/** Throws `cli/no-draft`. */
export async function readDraft(folder: string): Promise<FederationFile> {
  const draft = await readFederationFile(folder, "draft");
  if (draft) return draft;
  throw new WardlineError("cli/no-draft", "There is no draft to sign.", {
    advice: "Begin one with `wardline roster draft-root`, `add` or `renew`, or name a file with --file.",
  });
}

/** Refuses while another draft waits: one thing is signed at a time. Throws `cli/draft-waits`. */
export async function checkNoDraft(folder: string): Promise<void> {
  if (!(await readFederationFile(folder, "draft"))) return;
  throw new WardlineError("cli/draft-waits", "A draft waits for signatures already.", {
    advice: "Let it be signed, or put it away with `wardline roster discard`.",
  });
}

/** Keeps new bytes as the draft and says how it goes on. */
export async function writeDraft(folder: string, bytes: Uint8Array, next: string): Promise<void> {
  const file = { bytes, signatures: [] };
  await writeFederationFile(folder, "draft", file);
  tell(`Words of this draft: ${wordsOfFile(file)}`, `Next: ${next}`);
}

/**
 * Changes the draft of the next roster, which is begun if there is none. Signatures under what it was before are void.
 * Throws `cli/draft-waits` while a draft of another kind waits.
 */
export async function amendRosterDraft(
  folder: string,
  now: number,
  change: (roster: Roster, trust: Trust) => Roster | Promise<Roster>,
): Promise<void> {
  const trust = await readTrust(folder, now);
  const draft = await readFederationFile(folder, "draft");
  if (draft && typeOf(draft) !== "roster") await checkNoDraft(folder);
  if (draft && draft.signatures.length > 0)
    tell(`${draft.signatures.length} signature(s) under the draft are void: it says something else now.`);
  const roster = await change(draft ? readRoster(draft.bytes) : nextRoster(trust, now), trust);
  await writeDraft(
    folder,
    buildRoster(roster),
    `two registrars of different countries sign: wardline roster sign --folder ${folder} --key FILE`,
  );
}

/** Changes one member's row. */
export function amendMember(
  folder: string,
  now: number,
  member: string,
  change: (entry: RosterEntry, roster: Roster) => RosterEntry,
): Promise<void> {
  return amendRosterDraft(folder, now, (roster) => {
    const found = findMember(roster, member);
    const changed = change(found, roster);
    return { ...roster, members: roster.members.map((entry) => (entry === found ? changed : entry)) };
  });
}

/** A member by its id or the beginning of it, 8 digits or more. Throws `cli/no-such-member`. */
export function findMember({ members }: Pick<Roster, "members">, id: string): RosterEntry {
  const [found, another] = members.filter((entry) => id.length >= 8 && entry.id.startsWith(id));
  if (found && !another) return found;
  throw new WardlineError("cli/no-such-member", `No one member's id begins with ${id}.`, {
    advice: "See `wardline roster show`; eight digits or more.",
  });
}

function nextRoster({ roster: held, federationId, floor }: Trust, now: number): Roster {
  const dates = { created: now, expires: now + 90 * day };
  if (held) return { ...held.value, ...dates, version: held.value.version + 1 };
  if (floor > 1) {
    throw new WardlineError("cli/no-roster", "The root has named one of two rosters; it is not here.", {
      advice: "Take that roster with `wardline roster take` first.",
    });
  }
  const freshness = { threshold: 2, jurisdictions: 2, keys: [] };
  return { federation: federationId, version: 1, ...dates, freshness, members: [] };
}
