/**
 * A federation from software keys, in one call: for the demonstration, for tests, and for trying `wardline roster`. A real
 * federation's root and registrar keys never lie on one machine; the files are the same.
 */
import type { Random } from "@wardline/protocol/encoding";
import { hex } from "@wardline/protocol/encoding";
import {
  ed25519PublicKey,
  generateIdentityKey,
  type IdentitySecretKey,
  type MemberId,
} from "@wardline/protocol/identity";
import {
  acceptFreshness,
  acceptRoster,
  buildFreshness,
  buildInvite,
  buildRoot,
  buildRoster,
  buildSuspension,
  fileHash,
  provePair,
  proveSingle,
  signFile,
  startTrust,
  type FederationFile,
  type FreshnessKey,
  type MemberKind,
  type Roster,
  type RosterEntry,
  type Trust,
} from "@wardline/protocol/roster";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A member as the ceremony needs it: its description, and its keys to sign that it holds them. */
export interface FoundingMember {
  /** 16 bytes, hexadecimal; random unless given. */
  readonly id?: MemberId;
  readonly name: string;
  /** Two letters, or `international`. */
  readonly country: string;
  readonly kind: MemberKind;
  readonly capabilities?: readonly string[];
  readonly identity: IdentitySecretKey;
  /** Seed of the log key, 32 bytes. */
  readonly logSeed: Uint8Array;
  /** Seed of the witness key, 32 bytes; without it the one listed is nobody's. */
  readonly witnessSeed?: Uint8Array;
  readonly contact?: string;
}

/** A freshness key with the member that holds it. */
export interface DelegatedKey {
  readonly member: MemberId;
  readonly key: IdentitySecretKey;
}

export interface FederationFiles {
  readonly federationId: string;
  /** In the order of the members given. */
  readonly memberIds: readonly MemberId[];
  readonly root: FederationFile;
  readonly roster: FederationFile;
  readonly freshness: FederationFile;
  /** All of it for a node to begin with; see `joinFederation`. */
  readonly invite: Uint8Array;
  readonly trust: Trust;
  /** To make the next root: three of them must sign. */
  readonly rootKeys: readonly IdentitySecretKey[];
  readonly registrars: readonly IdentitySecretKey[];
  /** To renew freshness and to suspend: two of them must sign. */
  readonly freshnessKeys: readonly DelegatedKey[];
}

/**
 * Makes root (3 of 5 holders in three jurisdictions), roster (2 of 3 registrars) and freshness. The members must sit in at
 * least two jurisdictions, since freshness is theirs to sign. Throws what the roster's rules refuse.
 */
export function createFederationFiles(options: {
  readonly members: readonly FoundingMember[];
  readonly now: number;
  readonly random: Random;
}): FederationFiles {
  const { members, now, random } = options;
  const rootKeys = Array.from({ length: 5 }, () => generateIdentityKey(random));
  const registrars = Array.from({ length: 3 }, () => generateIdentityKey(random));
  const root = signRoot(rootKeys, registrars, now);
  const federationId = fileHash(root);
  const ids = members.map(({ id }) => id ?? hex(random(16)));
  const delegated = ids.map((member) => ({ member, key: generateIdentityKey(random) }));
  const entries = members.map((member, index) =>
    entryOf(member, ids[index] ?? "", federationId, now, random),
  );
  const roster = signRoster(
    {
      federation: federationId,
      version: 1,
      created: now,
      expires: now + 90 * DAY,
      freshness: {
        threshold: 2,
        jurisdictions: 2,
        keys: delegated.map((one) => listFreshnessKey(one, federationId, now)),
      },
      members: entries,
    },
    registrars,
  );
  let trust = acceptRoster(startTrust(root, now), roster, now);
  const freshness = renewFreshness(trust, delegated, now);
  trust = acceptFreshness(trust, freshness, now);
  const made = { federationId, memberIds: ids, root, roster, freshness, trust, rootKeys, registrars };
  return { ...made, invite: buildInvite(trust), freshnessKeys: delegated };
}

/** The next freshness file for the roster held, with the suspensions of the last one or those given. */
export function renewFreshness(
  trust: Trust,
  keys: readonly DelegatedKey[],
  now: number,
  suspended: readonly MemberId[] = trust.freshness?.value.suspended ?? [],
): FederationFile {
  const { roster, freshness, federationId } = trust;
  if (!roster) throw new Error("Freshness is made for a roster.");
  const rosterVersion = roster.value.version;
  const counter = freshness?.value.rosterVersion === rosterVersion ? freshness.value.version : 0;
  const bytes = buildFreshness({
    federation: federationId,
    version: counter + 1,
    rosterVersion,
    rosterHash: fileHash(roster.file),
    created: now,
    expires: now + 24 * HOUR,
    suspended: [...suspended],
  });
  return { bytes, signatures: keys.map(({ key }) => signFile("freshness", bytes, federationId, key)) };
}

/** An emergency suspension of members, for 72 hours. */
export function suspendMembers(
  trust: Trust,
  keys: readonly DelegatedKey[],
  now: number,
  members: readonly MemberId[],
  reason = "",
): FederationFile {
  const { federationId } = trust;
  const bytes = buildSuspension({
    federation: federationId,
    created: now,
    expires: now + 72 * HOUR,
    members: [...members],
    reason,
  });
  return { bytes, signatures: keys.map(({ key }) => signFile("suspension", bytes, federationId, key)) };
}

/** The next roster: the one held, changed, with the next version. */
export function amendRoster(
  trust: Trust,
  registrars: readonly IdentitySecretKey[],
  now: number,
  change: (members: readonly RosterEntry[]) => readonly RosterEntry[],
): FederationFile {
  const held = trust.roster?.value;
  if (!held) throw new Error("There is no roster to amend.");
  const version = held.version + 1;
  return signRoster(
    { ...held, version, created: now, expires: now + 90 * DAY, members: change(held.members) },
    registrars,
  );
}

/** A member's row in the roster, with the proofs that it holds its keys. */
export function entryOf(
  member: FoundingMember,
  id: MemberId,
  federation: string,
  now: number,
  random: Random,
  since = 1,
): RosterEntry {
  const { name, country, kind, identity, logSeed, witnessSeed = random(32) } = member;
  const proven = (seed: Uint8Array, role: "log" | "witness") => ({
    public: ed25519PublicKey(seed),
    proof: proveSingle(seed, federation, id, role),
  });
  return {
    ...{ id, name, country, kind },
    capabilities: [...(member.capabilities ?? ["send", "receive", "material"])],
    status: "active",
    identityKeys: [
      {
        public: identity.public,
        from: now - HOUR,
        until: now + 365 * DAY,
        since,
        proof: provePair(identity, federation, id, "identity"),
      },
    ],
    logKey: proven(logSeed, "log"),
    witnessKey: proven(witnessSeed, "witness"),
    witnesses: [],
    contact: member.contact ?? "",
  };
}

function signRoot(
  rootKeys: readonly IdentitySecretKey[],
  registrars: readonly IdentitySecretKey[],
  now: number,
): FederationFile {
  const jurisdictions = ["XA", "XB", "XC"];
  const held = (key: IdentitySecretKey, index: number) => ({
    public: key.public,
    holder: `software key ${index + 1}`,
    jurisdiction: jurisdictions[index % jurisdictions.length] ?? "XA",
  });
  const bytes = buildRoot({
    version: 1,
    created: now,
    expires: now + 730 * DAY,
    root: { threshold: 3, jurisdictions: 3, keys: rootKeys.map(held) },
    registrars: {
      threshold: 2,
      jurisdictions: 2,
      keys: registrars.map((key, index) => ({
        ...held(key, index),
        from: now - HOUR,
        until: now + 365 * DAY,
      })),
    },
    resolved: [],
  });
  const federationId = fileHash({ bytes, signatures: [] });
  return { bytes, signatures: rootKeys.map((key) => signFile("root", bytes, federationId, key)) };
}

function signRoster(roster: Roster, registrars: readonly IdentitySecretKey[]): FederationFile {
  const bytes = buildRoster(roster);
  return { bytes, signatures: registrars.map((key) => signFile("roster", bytes, roster.federation, key)) };
}

function listFreshnessKey({ member, key }: DelegatedKey, federation: string, now: number): FreshnessKey {
  const proof = provePair(key, federation, member, "freshness");
  return { public: key.public, member, from: now - HOUR, until: now - HOUR + 90 * DAY, proof };
}
