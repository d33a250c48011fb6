/** A federation of five members made from a seed: real files, accepted by the real rules, so that a test starts from real trust. */
import type { Random } from "@wardline/protocol/encoding";
import {
  ed25519PublicKey,
  generateIdentityKey,
  generateSealingKey,
  keyIdOf,
  type IdentitySecretKey,
  type SealingSecretKey,
} from "@wardline/protocol/identity";
import {
  acceptCard,
  acceptFreshness,
  acceptRoster,
  buildCard,
  buildFreshness,
  buildRoot,
  buildRoster,
  fileHash,
  provePair,
  proveSingle,
  signFile,
  startTrust,
  type Cutoff,
  type FederationFile,
  type MemberKind,
  type MemberStatus,
  type RosterEntry,
  type Trust,
} from "@wardline/protocol/roster";
import type { StatementDraft } from "@wardline/protocol/statements";
import { seededRandom } from "../../support/seeded.ts";

/** 2026-06-01T00:00:00Z, the moment at which everything in these tests happens. */
const now = 1_780_272_000_000;
const day = 86_400_000;

/** One member as a test uses it. */
export interface TestMember {
  readonly id: string;
  readonly key: IdentitySecretKey;
  readonly keyId: string;
  readonly keyFrom: number;
  readonly sealing: SealingSecretKey;
}

const seats = {
  hotlineA: { id: "a1".repeat(16), country: "AA", kind: "hotline" },
  hotlineB: { id: "b1".repeat(16), country: "BB", kind: "hotline" },
  police: { id: "b2".repeat(16), country: "BB", kind: "lea" },
  interpol: { id: "c1".repeat(16), country: "international", kind: "interpol" },
  secretariat: { id: "c2".repeat(16), country: "international", kind: "secretariat" },
} as const satisfies Record<string, { id: string; country: string; kind: MemberKind }>;
type Name = keyof typeof seats;
const names = Object.keys(seats) as Name[];

interface Changes {
  status?: Partial<Record<Name, MemberStatus>>;
  /** Cuts off the key that hotline A used last year. */
  cutoff?: Cutoff;
}

type Federation = Record<Name, TestMember> & {
  trust: Trust;
  /** Root, roster, freshness, then the cards. */
  files: FederationFile[];
  /** Hotline A's key of last year, still listed. */
  olderKey: IdentitySecretKey;
  now: number;
  random: Random;
};

/** The same label gives the same keys, files' bytes and random numbers each time. */
export function federation(label = "wardline", changes: Changes = {}): Federation {
  const random = seededRandom(`federation ${label}`);
  const officers = makeOfficers(random);
  const root = makeRoot(officers);
  const id = fileHash(root);
  const secrets = Object.fromEntries(names.map((name) => [name, makeSecrets(random)])) as Record<
    Name,
    Secrets
  >;
  const roster = makeRoster(id, officers, secrets, changes);
  const freshness = makeFreshness(id, roster, officers);
  const active = names.filter((name) => (changes.status?.[name] ?? "active") === "active");
  const cards = active.map((name) => makeCard(id, seats[name].id, secrets[name]));
  const members = Object.fromEntries(names.map((name) => [name, asMember(seats[name].id, secrets[name])]));
  return {
    ...(members as Record<Name, TestMember>),
    trust: trustIn(root, roster, freshness, cards),
    files: [root, roster, freshness, ...cards],
    olderKey: secrets.hotlineA.older,
    now,
    random,
  };
}

/** What every test of statements starts from. */
export function draft(type: string, author: string, to: string[], payload: object): StatementDraft {
  return { type, id: "5a".repeat(16), author, to, created: now, payload };
}

/** Accepts the files in the order in which a joining node meets them. */
export function trustIn(
  root: FederationFile,
  roster: FederationFile,
  freshness: FederationFile,
  cards: FederationFile[],
): Trust {
  const trust = acceptFreshness(acceptRoster(startTrust(root, now), roster, now), freshness, now);
  return cards.reduce((held, card) => acceptCard(held, card, now), trust);
}

interface Secrets {
  current: IdentitySecretKey;
  older: IdentitySecretKey;
  sealing: SealingSecretKey;
  log: Uint8Array;
  witness: Uint8Array;
}

interface Officers {
  roots: IdentitySecretKey[];
  registrars: IdentitySecretKey[];
  freshness: IdentitySecretKey[];
}

function makeSecrets(random: Random): Secrets {
  const [current, older] = [generateIdentityKey(random), generateIdentityKey(random)];
  return { current, older, sealing: generateSealingKey(random), log: random(32), witness: random(32) };
}

function makeOfficers(random: Random): Officers {
  const make = (count: number) => Array.from({ length: count }, () => generateIdentityKey(random));
  return { roots: make(3), registrars: make(2), freshness: make(3) };
}

const jurisdictions = ["AA", "BB", "CC"];
const signed = (
  type: Parameters<typeof signFile>[0],
  bytes: Uint8Array,
  id: string,
  keys: IdentitySecretKey[],
) => ({
  bytes,
  signatures: keys.map((key) => signFile(type, bytes, id, key)),
});

function makeRoot({ roots, registrars }: Officers): FederationFile {
  const listed = (keys: IdentitySecretKey[]) =>
    keys.map((key, index) => ({
      public: key.public,
      holder: `Officer ${index + 1}`,
      jurisdiction: jurisdictions[index] ?? "",
    }));
  const bytes = buildRoot({
    version: 1,
    created: now - day,
    expires: now + 700 * day,
    root: { threshold: 3, jurisdictions: 3, keys: listed(roots) },
    registrars: {
      threshold: 2,
      jurisdictions: 2,
      keys: listed(registrars).map((key) => ({ ...key, from: now - day, until: now + 300 * day })),
    },
    resolved: [],
  });
  return signed("root", bytes, fileHash({ bytes, signatures: [] }), roots);
}

function makeRoster(
  id: string,
  officers: Officers,
  secrets: Record<Name, Secrets>,
  changes: Changes,
): FederationFile {
  const holders = [seats.hotlineA.id, seats.police.id, seats.interpol.id];
  const keys = officers.freshness.map((key, index) => {
    const member = holders[index] ?? "";
    return {
      public: key.public,
      member,
      from: now - day,
      until: now + 80 * day,
      proof: provePair(key, id, member, "freshness"),
    };
  });
  const bytes = buildRoster({
    federation: id,
    version: 1,
    created: now - day,
    expires: now + 80 * day,
    freshness: { threshold: 2, jurisdictions: 2, keys },
    members: names.map((name) => makeEntry(id, name, secrets[name], changes)),
  });
  return signed("roster", bytes, id, officers.registrars);
}

function makeEntry(id: string, name: Name, secrets: Secrets, { status, cutoff }: Changes): RosterEntry {
  const seat = seats[name];
  const pair = (key: IdentitySecretKey, from: number, until: number) => ({
    ...{ public: key.public, from, until, since: 1, proof: provePair(key, id, seat.id, "identity") },
  });
  const older = {
    ...pair(secrets.older, now - 400 * day, now - 50 * day),
    ...(name === "hotlineA" && cutoff && { cutoff }),
  };
  const single = (role: "log" | "witness") => ({
    public: ed25519PublicKey(secrets[role]),
    proof: proveSingle(secrets[role], id, seat.id, role),
  });
  return {
    ...{ id: seat.id, name: `The ${name}`, country: seat.country, kind: seat.kind },
    capabilities: ["send", "receive"],
    status: status?.[name] ?? "active",
    identityKeys: [older, pair(secrets.current, now - 60 * day, now + 300 * day)],
    logKey: single("log"),
    witnessKey: single("witness"),
    witnesses: [],
    contact: "Duty desk",
  };
}

function makeFreshness(id: string, roster: FederationFile, { freshness }: Officers): FederationFile {
  const bytes = buildFreshness({
    federation: id,
    version: 1,
    rosterVersion: 1,
    rosterHash: fileHash(roster),
    created: now - day / 4,
    expires: now + day / 2,
    suspended: [],
  });
  // Two of three, so that a member can be suspended in a test and the federation still be kept fresh.
  return signed("freshness", bytes, id, freshness.slice(1));
}

function makeCard(id: string, member: string, { current, sealing }: Secrets): FederationFile {
  const bytes = buildCard({
    federation: id,
    member,
    key: keyIdOf(current.public),
    version: 1,
    created: now - day,
    expires: now + 30 * day,
    peers: [],
    addresses: [],
    epoch: 1,
    sealingKeys: [{ public: sealing.public, from: now - day, until: now + 6 * day }],
    revoked: [],
  });
  return signed("card", bytes, id, [current]);
}

function asMember(id: string, { current, sealing }: Secrets): TestMember {
  return { id, key: current, keyId: keyIdOf(current.public), keyFrom: now - 60 * day, sealing };
}
