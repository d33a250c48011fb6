/** `wardline roster add`, `sign` and `publish-freshness`: from candidates to an invite. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isWardlineError, systemRandom, WardlineError } from "@wardline/protocol/encoding";
import { generateIdentityKey, keyIdOf, type IdentitySecretKey } from "@wardline/protocol/identity";
import {
  acceptFreshness,
  acceptRoster,
  buildInvite,
  buildRoster,
  provePair,
  readRoster,
  signFile,
  type FreshnessKey,
  type Roster,
  type Trust,
} from "@wardline/protocol/roster";
import { entryFor, readCandidate, wordsOfCandidate } from "../candidate.ts";
import { readText, say } from "../terminal.ts";
import {
  delegated,
  keysIn,
  readFederationFile,
  readKey,
  readTrust,
  removeDraft,
  writeFederationFile,
  writeKey,
} from "./folder.ts";

const hour = 3_600_000;
const day = 24 * hour;

/** Puts candidates into the draft of the next roster, and prints the words to compare by telephone. */
export async function addMembers(folder: string, files: readonly string[], now: number): Promise<void> {
  const trust = await readTrust(folder, now);
  const draft = await draftOf(folder, trust, now);
  const members = [...draft.members];
  const keys = [...draft.freshness.keys];
  for (const path of files) {
    const candidate = readCandidate(await readText(path));
    if (candidate.federation !== trust.federationId) {
      throw new WardlineError("cli/other-federation", `${path} is meant for another federation.`, {
        advice: `Ask for one made with --federation ${trust.federationId}.`,
      });
    }
    members.push(entryFor(candidate, draft.version, now));
    keys.push(await freshnessKeyFor(folder, trust.federationId, candidate.member, now));
    say(`${candidate.name} (${candidate.country}, ${candidate.kind}), member ${candidate.member}`);
    say(`  words: ${wordsOfCandidate(candidate).join(" ")}`);
  }
  const bytes = buildRoster({ ...draft, members, freshness: { ...draft.freshness, keys } });
  await writeFederationFile(folder, "draft", { bytes, signatures: [] });
  say("", "Call each of them on a number found independently, and let them read their words out.");
  say(`Then two registrars of different countries sign: wardline roster sign --folder ${folder} --key FILE`);
}

/** A software key that signed for half of its 90 days is replaced with the next roster. */
const freshnessKeyAge = 45 * day;

/**
 * The draft of the next roster with the members of this one, for 90 days anew; freshness keys past half their life are
 * replaced by new ones in the folder. @throws `cli/draft-waits`, `cli/no-roster`, `roster/expired` when it is too late
 */
export async function renewRoster(folder: string, now: number): Promise<void> {
  if (await readFederationFile(folder, "draft")) {
    throw new WardlineError("cli/draft-waits", "A draft of the next roster waits already.", {
      advice: "Let registrars sign it: it is good for 90 days from when it was begun.",
    });
  }
  const trust = await readTrust(folder, now);
  if (!trust.roster) throw noRoster();
  const draft = await draftOf(folder, trust, now);
  const keys: FreshnessKey[] = [];
  for (const held of draft.freshness.keys) {
    const isOld = now - held.from > freshnessKeyAge;
    const name = `${held.member}-${draft.version}`;
    keys.push(isOld ? await freshnessKeyFor(folder, trust.federationId, held.member, now, name) : held);
  }
  const replaced = keys.filter((key) => !draft.freshness.keys.includes(key)).length;
  const bytes = buildRoster({ ...draft, freshness: { ...draft.freshness, keys } });
  await writeFederationFile(folder, "draft", { bytes, signatures: [] });
  say(
    `Draft of roster version ${draft.version}: ${draft.members.length} member(s), ${replaced} new freshness key(s).`,
  );
  say(`Next: two registrars of different countries sign: wardline roster sign --folder ${folder} --key FILE`);
}

async function draftOf(folder: string, trust: Trust, now: number): Promise<Roster> {
  const draft = await readFederationFile(folder, "draft");
  if (draft) return readRoster(draft.bytes);
  const held = trust.roster?.value;
  const dates = { created: now, expires: now + 90 * day };
  if (held) return { ...held, ...dates, version: held.version + 1 };
  const freshness = { threshold: 2, jurisdictions: 2, keys: [] };
  return { federation: trust.federationId, version: 1, ...dates, freshness, members: [] };
}

async function freshnessKeyFor(
  folder: string,
  federation: string,
  member: string,
  now: number,
  name = member,
): Promise<FreshnessKey> {
  const key = generateIdentityKey(systemRandom);
  await writeKey(folder, `freshness-${name}`, { role: "freshness", member, key });
  const proof = provePair(key, federation, member, "freshness");
  return { public: key.public, member, from: now - hour, until: now - hour + 90 * day, proof };
}

/** Signs the draft with each key. Once the root's rule is met it becomes the roster. */
export async function signDraft(folder: string, keyFiles: readonly string[], now: number): Promise<void> {
  const trust = await readTrust(folder, now);
  const draft = await readFederationFile(folder, "draft");
  if (!draft) {
    throw new WardlineError("cli/no-draft", "There is no draft of a roster to sign.", {
      advice: "Add candidates with `wardline roster add` first.",
    });
  }
  const keys = await Promise.all(keyFiles.map((path) => registrarKey(path, trust)));
  const made = keys.map((key) => signFile("roster", draft.bytes, trust.federationId, key));
  const kept = draft.signatures.filter(({ keyId }) => !made.some((one) => one.keyId === keyId));
  const signed = { bytes: draft.bytes, signatures: [...kept, ...made] };
  try {
    acceptRoster(trust, signed, now);
  } catch (error) {
    if (!isWardlineError(error, "roster/threshold") && !isWardlineError(error, "roster/one-jurisdiction"))
      throw error;
    await writeFederationFile(folder, "draft", signed);
    return say(
      `Signed. ${signed.signatures.length} signature(s) so far; registrars of another country must sign, too.`,
    );
  }
  await writeFederationFile(folder, "roster", signed);
  await removeDraft(folder);
  say(
    `Roster version ${readRoster(signed.bytes).version} is complete.`,
    "Next: wardline roster publish-freshness",
  );
}

/** @throws `cli/not-a-registrar` for a key that the root does not list as one */
async function registrarKey(path: string, trust: Trust): Promise<IdentitySecretKey> {
  const { key } = await readKey(path);
  const listed = trust.roots.at(-1)?.value.registrars.keys ?? [];
  if (listed.some((registrar) => keyIdOf(registrar.public) === keyIdOf(key.public))) return key;
  throw new WardlineError("cli/not-a-registrar", `${path} is not a key of a registrar of this federation.`, {
    advice: "Rosters are signed by registrars; the root lists their keys.",
  });
}

/** The next freshness file (24 hours) by the keys given or the folder's own, and an invite for those who join. */
export async function publishFreshness(
  folder: string,
  keyFiles: readonly string[] | undefined,
  suspended: readonly string[] | undefined,
  now: number,
): Promise<void> {
  const trust = await readTrust(folder, now);
  if (!trust.roster) throw noRoster();
  const files = keyFiles ? await Promise.all(keyFiles.map(readKey)) : await keysIn(folder, "freshness");
  // The folder may hold keys of rosters before this one, or of a draft.
  const listed = new Set(trust.roster.value.freshness.keys.map((one) => keyIdOf(one.public)));
  const keys = delegated(files).filter(({ key }) => listed.has(keyIdOf(key.public)));
  const { renewFreshness } = await import("../../federation/index.ts");
  const freshness = suspended
    ? renewFreshness(trust, keys, now, suspended)
    : renewFreshness(trust, keys, now);
  const next = acceptFreshness(trust, freshness, now);
  await writeFederationFile(folder, "freshness", freshness);
  await writeFile(join(folder, "invite.json"), buildInvite(next));
  say(`Freshness is good until ${new Date(next.freshness?.value.expires ?? now).toISOString()}.`);
  say(`Invite for those who join: ${join(folder, "invite.json")}`);
}

const noRoster = () =>
  new WardlineError("cli/no-roster", "There is no roster yet that could be kept.", {
    advice: "Add candidates and let registrars sign first.",
  });
