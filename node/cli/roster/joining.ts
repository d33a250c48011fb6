/** `wardline roster add` and `rotate`: candidates' keys on their way into the roster, each proven before it is listed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { equalBytes, systemRandom, WardlineError } from "@wardline/protocol/encoding";
import { generateIdentityKey, keyIdOf } from "@wardline/protocol/identity";
import {
  checkMemberKeys,
  provePair,
  type Cutoff,
  type FormerKey,
  type FreshnessKey,
  type Roster,
  type RosterEntry,
} from "@wardline/protocol/roster";
import { entryFor, readCandidate, wordsOfCandidate, type Candidate } from "../candidate.ts";
import { readText } from "../terminal.ts";
import { amendRosterDraft, day, findMember, hour } from "./drafts.ts";
import { writePlainKey } from "./key-file.ts";
import { parsePublicKey, type FreshnessPublicKey } from "./public-key.ts";
import { tell } from "./tell.ts";

/**
 * Puts candidates, and freshness keys that members made, into the draft of the next roster, and prints the words to
 * compare by telephone. In a trial's folder a candidate's freshness key is made as well. Throws `cli/not-a-candidate`,
 * `cli/other-federation`, `cli/member-listed`, `roster/possession`, `roster/handover`.
 */
export async function addMembers(folder: string, paths: readonly string[], now: number): Promise<void> {
  await amendRosterDraft(folder, now, async (draft) => {
    let next = draft;
    const files = await Promise.all(paths.map(async (path) => [path, await readText(path)] as const));
    // Candidates first: a freshness key may be that of a candidate.
    for (const [path, text] of files.filter(([, text]) => !parsePublicKey(text))) {
      const candidate = candidateIn(path, text, draft.federation);
      next = withMember(next, candidate, now);
      tellCandidate(candidate);
      if (isTrial(folder)) next = await withTrialKey(folder, next, candidate.member, now);
    }
    for (const [path, text] of files) {
      const key = parsePublicKey(text);
      if (key) next = withFreshnessKey(next, freshnessKeyIn(path, key), now);
    }
    return next;
  });
}

/** Software keys lie only in the folder of a trial. */
export const isTrial = (folder: string) => existsSync(join(folder, "keys"));

/**
 * Lists a member's new keys from the candidate's file that its new node wrote with `--member`. The old identity key ends
 * after an overlap, or is cut off. Log and witness keys that changed with it are listed as lost.
 */
export async function rotateMember(
  folder: string,
  member: string,
  path: string,
  end: { readonly overlapDays: number; readonly cutoff?: Cutoff },
  now: number,
): Promise<void> {
  await amendRosterDraft(folder, now, async (draft) => {
    const before = findMember(draft, member);
    const candidate = candidateIn(path, await readText(path), draft.federation);
    if (candidate.member !== before.id) {
      throw new WardlineError("cli/other-member", `${path} is meant for another member.`, {
        advice: `Its node writes it with \`wardline candidate --member ${before.id}\`.`,
      });
    }
    const rotated = withNewKeys(before, entryFor(candidate, draft.version, now), end, now);
    checkMemberKeys(rotated, draft);
    tellCandidate(candidate);
    return { ...draft, members: draft.members.map((entry) => (entry === before ? rotated : entry)) };
  });
}

function withNewKeys(
  before: RosterEntry,
  fresh: RosterEntry,
  { overlapDays, cutoff }: { readonly overlapDays: number; readonly cutoff?: Cutoff },
  now: number,
): RosterEntry {
  const [key] = fresh.identityKeys;
  const known = new Set(before.identityKeys.map((each) => keyIdOf(each.public)));
  if (!key || known.has(keyIdOf(key.public))) {
    throw new WardlineError("cli/key-known", "This identity key is listed already.", {
      advice: "The member's new node makes a new one.",
    });
  }
  const last = cutoff ? now : now + overlapDays * day;
  const old = before.identityKeys.map((each) => ({
    ...each,
    until: Math.min(each.until, last),
    ...(cutoff && !each.cutoff && { cutoff }),
  }));
  return {
    ...before,
    identityKeys: [...old, key],
    logKey: fresh.logKey,
    witnessKey: fresh.witnessKey,
    formerLogKeys: formerKeys(before.formerLogKeys, before.logKey.public, fresh.logKey.public),
    formerWitnessKeys: formerKeys(
      before.formerWitnessKeys,
      before.witnessKey.public,
      fresh.witnessKey.public,
    ),
  };
}

function formerKeys(
  former: readonly FormerKey[] = [],
  old: Uint8Array,
  next: Uint8Array,
): readonly FormerKey[] {
  return equalBytes(old, next) ? former : [...former, { public: old, handover: { lost: true } }];
}

function candidateIn(path: string, text: string, federation: string): Candidate {
  const candidate = readCandidate(text);
  if (candidate.federation === federation) return candidate;
  throw new WardlineError("cli/other-federation", `${path} is meant for another federation.`, {
    advice: `Ask for one made with --federation ${federation}.`,
  });
}

function withMember(draft: Roster, candidate: Candidate, now: number): Roster {
  if (draft.members.some(({ id }) => id === candidate.member)) {
    throw new WardlineError("cli/member-listed", `Member ${candidate.member} is in the roster already.`, {
      advice: "New keys of a member come in with `wardline roster rotate`.",
    });
  }
  const entry = entryFor(candidate, draft.version, now);
  checkMemberKeys(entry, draft);
  return { ...draft, members: [...draft.members, entry] };
}

function tellCandidate(candidate: Candidate): void {
  tell(`${candidate.name} (${candidate.country}, ${candidate.kind}), member ${candidate.member}`);
  tell(`  words: ${wordsOfCandidate(candidate).join(" ")}`);
  tell("Call them on a number found independently, and let them read their words out.", "");
}

function freshnessKeyIn(
  path: string,
  key: NonNullable<ReturnType<typeof parsePublicKey>>,
): FreshnessPublicKey {
  if (key.role === "freshness") return key;
  throw new WardlineError("cli/not-for-rosters", `${path} is a key for the root.`, {
    advice: "Root and registrar keys go into `wardline roster draft-root`.",
  });
}

/** A member has one freshness key; its proof is judged with the roster. */
function withFreshnessKey(draft: Roster, { public: key, member, proof }: FreshnessPublicKey, now: number) {
  const { name } = findMember(draft, member);
  tell(`Freshness key of ${name}`);
  return withKey(draft, { public: key, member, from: now - hour, until: now - hour + 90 * day, proof });
}

function withKey(draft: Roster, key: FreshnessKey): Roster {
  const others = draft.freshness.keys.filter(({ member }) => member !== key.member);
  return { ...draft, freshness: { ...draft.freshness, keys: [...others, key] } };
}

async function withTrialKey(folder: string, draft: Roster, member: string, now: number): Promise<Roster> {
  const key = generateIdentityKey(systemRandom);
  const path = join(folder, "keys", `freshness-${member}-${draft.version}.key`);
  await writePlainKey(path, { role: "freshness", member, key });
  const proof = provePair(key, draft.federation, member, "freshness");
  const until = now - hour + 90 * day;
  return withKey(draft, { public: key.public, member, from: now - hour, until, proof });
}

/** A software key that signed for half of its 90 days is replaced with the next roster. */
const freshnessKeyAge = 45 * day;

/**
 * The draft of the next roster with the members of this one, for 90 days anew. Freshness keys that have ended are left
 * out; in a trial's folder those past half their life are replaced.
 */
export async function renewRoster(folder: string, now: number): Promise<void> {
  await amendRosterDraft(folder, now, async (draft) => {
    const kept = draft.freshness.keys.filter((key) => now < key.until);
    const old = draft.freshness.keys.filter((key) => now - key.from > freshnessKeyAge);
    let next: Roster = {
      ...draft,
      ...{ created: now, expires: now + 90 * day },
      freshness: { ...draft.freshness, keys: kept },
    };
    const replaced = isTrial(folder) ? old : [];
    for (const { member } of replaced) next = await withTrialKey(folder, next, member, now);
    const count = `${next.members.length} member(s), ${replaced.length} new freshness key(s)`;
    tell(`Draft of roster version ${next.version}: ${count}.`);
    return next;
  });
}
