/** `wardline roster handover`: a member named the successor of its log or witness key, and the roster catches up. */
import {
  acceptSuccessor,
  decodeFile,
  readSuccessor,
  type FormerKey,
  type RosterEntry,
  type Successor,
} from "@wardline/protocol/roster";
import { readBytes } from "../terminal.ts";
import { amendRosterDraft, findMember } from "./drafts.ts";
import { readTrust } from "./folder.ts";
import { tell } from "./tell.ts";

/** Lists handovers in the draft of the next roster, in the order given. Throws what `acceptSuccessor` throws. */
export async function listHandovers(folder: string, paths: readonly string[], now: number): Promise<void> {
  let trust = await readTrust(folder, now);
  const notes: Successor[] = [];
  for (const path of paths) {
    const file = decodeFile(await readBytes(path));
    trust = acceptSuccessor(trust, file, now);
    notes.push(readSuccessor(file.bytes));
  }
  await amendRosterDraft(folder, now, (draft) => {
    let { members } = draft;
    for (const note of notes) {
      const before = findMember({ ...draft, members }, note.member);
      members = members.map((entry) => (entry === before ? withSuccessor(entry, note) : entry));
      tell(`${before.name}: a new ${note.role} key, handed over by the one before`);
    }
    return Promise.resolve({ ...draft, members });
  });
}

function withSuccessor(entry: RosterEntry, { role, old, next, handover }: Successor): RosterEntry {
  const former: FormerKey = { public: old, handover };
  return role === "log"
    ? { ...entry, logKey: next, formerLogKeys: [...(entry.formerLogKeys ?? []), former] }
    : { ...entry, witnessKey: next, formerWitnessKeys: [...(entry.formerWitnessKeys ?? []), former] };
}
