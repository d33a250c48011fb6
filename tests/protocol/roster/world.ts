/** A federation with every secret at hand, so that a test can play its officers, its members and its enemies. */
import {
  ed25519PublicKey,
  generateIdentityKey,
  generateSealingKey,
  keyIdOf,
  type IdentitySecretKey,
} from "@wardline/protocol/identity";
import {
  acceptFreshness,
  acceptRoster,
  buildCard,
  buildFreshness,
  buildRoot,
  buildRoster,
  buildSuspension,
  fileHash,
  listPeer,
  provePair,
  proveSingle,
  signFile,
  startTrust,
  type CardContent,
  type FederationFile,
  type FileType,
  type Freshness,
  type ListedIdentityKey,
  type MemberKind,
  type Root,
  type Roster,
  type RosterEntry,
  type Suspension,
} from "@wardline/protocol/roster";
import { seededRandom } from "../../support/seeded.ts";

export const now = 1_780_272_000_000;
export const hour = 3_600_000;
export const day = 24 * hour;

export const a = "a1".repeat(16);
export const b = "b1".repeat(16);
export const c = "c1".repeat(16);
export const i = "d1".repeat(16);

const seats: readonly { id: string; country: string; kind: MemberKind }[] = [
  { id: a, country: "AA", kind: "hotline" },
  { id: b, country: "BB", kind: "hotline" },
  { id: c, country: "BB", kind: "lea" },
  { id: i, country: "international", kind: "interpol" },
];

const random = seededRandom("roster world");
const keys = (count: number) => Array.from({ length: count }, () => generateIdentityKey(random));

/** Root keys sit in AA, BB, CC, AA, BB; registrars in AA, AA, BB; freshness keys with a, b and c (so AA, BB, BB). */
export const rootKeys = keys(5);
export const registrars = keys(3);
export const freshnessKeys = keys(3);
const rootSeats = ["AA", "BB", "CC", "AA", "BB"];
const registrarSeats = ["AA", "AA", "BB"];
const freshnessSeats = [a, b, c];

export interface Secrets {
  readonly identity: IdentitySecretKey;
  readonly log: Uint8Array;
  readonly witness: Uint8Array;
  readonly transport: Uint8Array;
}
export const secretsOf: Record<string, Secrets> = Object.fromEntries(
  seats.map(({ id }) => [
    id,
    { identity: generateIdentityKey(random), log: random(32), witness: random(32), transport: random(32) },
  ]),
);
export const sealing = Array.from({ length: 6 }, () => generateSealingKey(random));
/** A key that nobody has listed. */
export const stranger = generateIdentityKey(random);

export function secrets(id: string): Secrets {
  const found = secretsOf[id];
  if (!found) throw new Error(`no member ${id}`);
  return found;
}

export const root: Root = {
  version: 1,
  created: now - 30 * day,
  expires: now + 600 * day,
  root: {
    threshold: 3,
    jurisdictions: 3,
    keys: rootKeys.map((key, at) => ({
      public: key.public,
      holder: `Root ${at}`,
      jurisdiction: rootSeats[at] ?? "",
    })),
  },
  registrars: {
    threshold: 2,
    jurisdictions: 2,
    keys: registrars.map((key, at) => ({
      ...{ public: key.public, holder: `Registrar ${at}`, jurisdiction: registrarSeats[at] ?? "" },
      ...{ from: now - 30 * day, until: now + 300 * day },
    })),
  },
  resolved: [],
};

const rootBytes = buildRoot(root);
export const federation = fileHash({ bytes: rootBytes, signatures: [] });

/** A file with the signatures of these keys. */
export function sign(type: FileType, bytes: Uint8Array, by: readonly IdentitySecretKey[]): FederationFile {
  return { bytes, signatures: by.map((key) => signFile(type, bytes, federation, key)) };
}

/** The keys at these places, those that by themselves make a threshold if none are named. */
const chosen = (all: readonly IdentitySecretKey[], places: readonly number[]) =>
  all.filter((_, at) => places.includes(at));
export const signRoot = (value: Root, by: readonly number[] = [0, 1, 2]) =>
  sign("root", buildRoot(value), chosen(rootKeys, by));
export const signRoster = (value: Roster, by: readonly number[] = [0, 2]) =>
  sign("roster", buildRoster(value), chosen(registrars, by));
export const signFreshness = (value: Freshness, by: readonly number[] = [0, 1]) =>
  sign("freshness", buildFreshness(value), chosen(freshnessKeys, by));
export const signSuspension = (value: Suspension, by: readonly number[] = [0, 1]) =>
  sign("suspension", buildSuspension(value), chosen(freshnessKeys, by));
export const signCard = (value: CardContent, by = secrets(value.member).identity) =>
  sign("card", buildCard(value), [by]);

export function listIdentity(
  key: IdentitySecretKey,
  member: string,
  change: Partial<ListedIdentityKey> = {},
): ListedIdentityKey {
  const proof = provePair(key, federation, member, "identity");
  return { public: key.public, from: now - 60 * day, until: now + 300 * day, since: 1, proof, ...change };
}

export function listSingle(seed: Uint8Array, member: string, role: "log" | "witness") {
  return { public: ed25519PublicKey(seed), proof: proveSingle(seed, federation, member, role) };
}

const entries: readonly RosterEntry[] = seats.map(({ id, country, kind }) => ({
  ...{
    id,
    country,
    kind,
    name: `Member ${id.slice(0, 2)}`,
    capabilities: ["send", "receive"],
    status: "active",
  },
  identityKeys: [listIdentity(secrets(id).identity, id)],
  logKey: listSingle(secrets(id).log, id, "log"),
  witnessKey: listSingle(secrets(id).witness, id, "witness"),
  witnesses: id === a ? [b, i] : [],
  contact: "Duty desk",
}));

export const roster: Roster = {
  federation,
  version: 5,
  created: now - day,
  expires: now + 80 * day,
  freshness: {
    threshold: 2,
    jurisdictions: 2,
    keys: freshnessKeys.map((key, at) => {
      const member = freshnessSeats[at] ?? "";
      const proof = provePair(key, federation, member, "freshness");
      return { public: key.public, member, from: now - day, until: now + 80 * day, proof };
    }),
  },
  members: entries,
};

/** The roster with one member's entry changed. */
export function withMember(id: string, change: Partial<RosterEntry>, base: Roster = roster): Roster {
  return {
    ...base,
    members: base.members.map((entry) => (entry.id === id ? { ...entry, ...change } : entry)),
  };
}

/** The roster one version later. */
export function next(base: Roster = roster, by = 1): Roster {
  return { ...base, version: base.version + by };
}

export function freshnessOfFile(file: FederationFile, change: Partial<Freshness> = {}): Freshness {
  const times = { created: now - hour, expires: now + 23 * hour };
  const pin = { rosterVersion: roster.version, rosterHash: fileHash(file) };
  return { federation, version: 1, ...pin, ...times, suspended: [], ...change };
}

export function suspension(members: readonly string[], change: Partial<Suspension> = {}): Suspension {
  return {
    federation,
    created: now,
    expires: now + 72 * hour,
    members,
    reason: "key reported stolen",
    ...change,
  };
}

export function cardOf(member: string, change: Partial<CardContent> = {}): CardContent {
  const { identity, transport } = secrets(member);
  return {
    ...{
      federation,
      member,
      key: keyIdOf(identity.public),
      version: 3,
      created: now,
      expires: now + 30 * day,
    },
    peers: [listPeer(transport, federation, member)],
    addresses: ["/ip4/192.0.2.1/tcp/4001"],
    epoch: 1,
    sealingKeys: [0, 1].map((week) => ({
      public: sealing[week]?.public ?? new Uint8Array(),
      from: now + (week * 7 - 1) * day,
      until: now + (week * 7 + 6) * day,
    })),
    revoked: [],
    ...change,
  };
}

export const rootFile = signRoot(root);
export const rosterFile = signRoster(roster);
export const freshnessFile = signFreshness(freshnessOfFile(rosterFile));

/** Before, and after, the roster and the freshness file. */
export const rooted = startTrust(rootFile, now);
export const listed = acceptRoster(rooted, rosterFile, now);
export const trusting = acceptFreshness(listed, freshnessFile, now);
