/**
 * Makes the golden bytes of membership, `node scripts/golden/roster.ts`: a small federation from seeds, the same each
 * time, with files that every version must accept in order and files that every version must refuse by name.
 */
import { writeFileSync } from "node:fs";
import { hex, text, utf8 } from "@wardline/protocol/encoding";
import { ed25519PublicKey, sealingKeyFromSeed } from "@wardline/protocol/identity";
import { logOrigin, signCheckpoint } from "@wardline/protocol/log";
import {
  buildCard,
  buildFreshness,
  buildRoot,
  buildRoster,
  buildSuccessor,
  buildSuspension,
  encodeFile,
  fileHash,
  listPeer,
  makeHandover,
  peerIdOf,
  proveSingle,
  wordsFor,
  type CardContent,
  type FederationFile,
  type FileType,
  type Freshness,
  type ListedIdentityKey,
  type Root,
  type Roster,
  type RosterEntry,
  type Successor,
  type Suspension,
} from "@wardline/protocol/roster";
import { seededRandom } from "../../tests/support/seeded.ts";
import { makeSigner, proveWith, signWith, type Signer } from "./pairs.ts";

/** 2026-06-01T00:00:00Z. */
const now = 1_780_272_000_000;
const hour = 3_600_000;
const day = 24 * hour;
const [hotline, police, interpol] = ["a1".repeat(16), "b1".repeat(16), "c1".repeat(16)] as const;
const seats = [
  { id: hotline, name: "Hotline A", country: "AA", kind: "hotline" },
  { id: police, name: "Police B", country: "BB", kind: "lea" },
  { id: interpol, name: "Interpol", country: "international", kind: "interpol" },
] as const;

const random = seededRandom("golden roster");
const signers = (count: number) => Array.from({ length: count }, () => makeSigner(random));
const [roots, registrars] = [signers(3), signers(2)];
/** Of the hotline and of the police. */
export const freshnessKeys = signers(2);
const identities = new Map<string, Signer>(seats.map(({ id }) => [id, makeSigner(random)]));
const seeds = new Map(
  seats.map(({ id }) => [
    id,
    { log: random(32), witness: random(32), transport: random(32), sealing: random(32) },
  ]),
);
const [nextLog, nextIdentity] = [random(32), makeSigner(random)];
/** The police change their log key between two rosters. */
const policeLog = random(32);

function need<T>(value: T | undefined): T {
  if (value !== undefined) return value;
  throw new Error("the golden federation lacks a part");
}
const identityOf = (id: string) => need(identities.get(id));
const seedsOf = (id: string) => need(seeds.get(id));

const rootValue: Root = {
  version: 1,
  created: now - 10 * day,
  expires: now + 700 * day,
  root: { threshold: 3, jurisdictions: 3, keys: roots.map((signer, at) => officer("Root", signer, at)) },
  registrars: {
    threshold: 2,
    jurisdictions: 2,
    keys: registrars.map((signer, at) => ({
      ...officer("Registrar", signer, at),
      from: now - 10 * day,
      until: now + 300 * day,
    })),
  },
  resolved: [],
};

function officer(title: string, signer: Signer, at: number) {
  const jurisdiction = need(["AA", "BB", "CC"][at]);
  return { public: signer.key.public, holder: `${title} ${at + 1}`, jurisdiction };
}

const federation = fileHash({ bytes: buildRoot(rootValue), signatures: [] });
const sign = (type: FileType, bytes: Uint8Array, by: readonly Signer[]) =>
  signWith(type, bytes, federation, by);
const signRoot = (value: Root) => sign("root", buildRoot(value), roots);
const signRoster = (value: Roster, by = registrars) => sign("roster", buildRoster(value), by);
const signFreshness = (value: Freshness) => sign("freshness", buildFreshness(value), freshnessKeys);
const signCard = (value: CardContent) => sign("card", buildCard(value), [identityOf(value.member)]);

function listIdentity(signer: Signer, member: string, since: number): ListedIdentityKey {
  const proof = proveWith(signer, federation, member, "identity");
  return { public: signer.key.public, from: now - 5 * day, until: now + 300 * day, since, proof };
}

function listSingle(seed: Uint8Array, member: string, role: "log" | "witness") {
  return { public: ed25519PublicKey(seed), proof: proveSingle(seed, federation, member, role) };
}

const members: readonly RosterEntry[] = seats.map((seat) => ({
  ...seat,
  ...{ capabilities: ["send", "receive"], status: "active" as const, contact: "Duty desk" },
  identityKeys: [listIdentity(identityOf(seat.id), seat.id, 1)],
  logKey: listSingle(seedsOf(seat.id).log, seat.id, "log"),
  witnessKey: listSingle(seedsOf(seat.id).witness, seat.id, "witness"),
  witnesses: seat.id === hotline ? [police, interpol] : [],
}));

const rosterValue: Roster = {
  federation,
  version: 1,
  created: now - 5 * day,
  expires: now + 80 * day,
  freshness: {
    threshold: 2,
    jurisdictions: 2,
    keys: freshnessKeys.map((signer, at) => {
      const member = need([hotline, police][at]);
      const proof = proveWith(signer, federation, member, "freshness");
      return { public: signer.key.public, member, from: now - 5 * day, until: now + 80 * day, proof };
    }),
  },
  members,
};

/** The hotline changes its log key in the open, and its identity key is cut off and followed by a new one. */
function nextRoster(): Roster {
  const seats = rosterValue.members.map((entry) => (entry.id === hotline ? changedHotline(entry) : entry));
  return { ...rosterValue, version: 2, created: now - day, members: seats };
}

function changedHotline(entry: RosterEntry): RosterEntry {
  const line = { old: seedsOf(hotline).log, new: nextLog };
  const handover = makeHandover(
    federation,
    hotline,
    "log",
    new TextEncoder().encode("final checkpoint\n"),
    line,
  );
  const cutoff = {
    at: now - day,
    feeds: [{ feed: "f0".repeat(32), epoch: 1, height: 7, head: "0f".repeat(32) }],
  };
  return {
    ...entry,
    identityKeys: [{ ...need(entry.identityKeys[0]), cutoff }, listIdentity(nextIdentity, hotline, 2)],
    logKey: listSingle(nextLog, hotline, "log"),
    formerLogKeys: [{ public: entry.logKey.public, handover }],
  };
}

function freshnessOf(
  roster: FederationFile,
  rosterVersion: number,
  change: Partial<Freshness> = {},
): Freshness {
  const pin = { rosterVersion, rosterHash: fileHash(roster) };
  const times = { created: now - hour, expires: now + 23 * hour };
  return { federation, version: 1, ...pin, ...times, suspended: [], ...change };
}

function cardOf(member: string, version: number): CardContent {
  const { sealing, transport } = seedsOf(member);
  return {
    ...{
      federation,
      member,
      key: identityOf(member).keyId,
      version,
      created: now - hour,
      expires: now + 30 * day,
    },
    peers: [listPeer(transport, federation, member)],
    addresses: ["/ip4/192.0.2.1/tcp/4001"],
    epoch: 1,
    sealingKeys: [{ public: sealingKeyFromSeed(sealing).public, from: now - day, until: now + 6 * day }],
    revoked: [],
  };
}

/** The note of the police, over a log of so many entries; `old` signs as the key that ends. */
function signSuccessor(size: number, old = seedsOf(police).log): FederationFile {
  const origin = logOrigin(federation, police, 1);
  const root = new Uint8Array(32).fill(0xcc);
  const listed = seedsOf(police).log;
  const checkpoint = signCheckpoint(
    { origin, size, root },
    { seed: listed, public: ed25519PublicKey(listed) },
  );
  const seeds = { old, new: policeLog };
  const handover = makeHandover(federation, police, "log", utf8(checkpoint.text), seeds);
  const bytes = buildSuccessor({
    ...{ federation, member: police, key: identityOf(police).keyId, created: now - hour, role: "log" },
    ...{ old: ed25519PublicKey(listed), next: listSingle(policeLog, police, "log") },
    handover: handover as Successor["handover"],
  });
  return sign("successor", bytes, [identityOf(police)]);
}

/** The whole golden file as a JSON value. */
export function makeMembership(): object {
  const first = signRoot(rootValue);
  const second = signRoot({ ...rootValue, version: 2, created: now - 6 * day });
  const [rosterOne, rosterTwo] = [signRoster(rosterValue), signRoster(nextRoster())];
  const freshness = signFreshness(freshnessOf(rosterTwo, 2));
  const suspension = signSuspension({ members: [interpol] });
  const lifted = signSuspension({ members: [police], expires: now + 48 * hour });
  const accepted: [FileType, FederationFile][] = [
    ["root", first],
    ["root", second],
    ["roster", rosterOne],
    ["card", signCard(cardOf(hotline, 1))],
    ["roster", rosterTwo],
    ["freshness", freshness],
    ["card", signCard(cardOf(police, 1))],
    ["suspension", suspension],
    ["successor", signSuccessor(12)],
    ["suspension", lifted],
    ["suspension", signSuspension({ members: [], lifts: [fileHash(lifted)], expires: now + 48 * hour })],
  ];
  const other = { ...nextRoster(), expires: now + 79 * day };
  const refused: [string, FileType, FederationFile][] = [
    ["roster/rollback", "roster", rosterOne],
    ["roster/two-of-one-version", "roster", signRoster(other)],
    ["roster/threshold", "roster", signRoster({ ...nextRoster(), version: 3 }, registrars.slice(1))],
    ["roster/rollback", "freshness", signFreshness(freshnessOf(rosterOne, 1))],
    ["roster/mix-and-match", "freshness", signFreshness(freshnessOf(rosterOne, 2, { version: 2 }))],
    ["roster/expired", "freshness", signFreshness(expiredFreshness(rosterTwo))],
    [
      "roster/lives-too-long",
      "freshness",
      signFreshness(freshnessOf(rosterTwo, 2, { version: 2, expires: now + day })),
    ],
    ["card/cut-off", "card", signCard(cardOf(hotline, 2))],
    ["card/two-of-one-version", "card", signCard({ ...cardOf(police, 1), epoch: 2 })],
    ["card/signature", "card", sign("card", buildCard(cardOf(police, 2)), [identityOf(interpol)])],
    ["successor/handover", "successor", signSuccessor(12, policeLog)],
    ["successor/two-of-one-version", "successor", signSuccessor(13)],
    ["roster/gap", "root", signRoot({ ...rootValue, version: 4 })],
    ["roster/lifted", "suspension", lifted],
    [
      "roster/lifts-too-short",
      "suspension",
      signSuspension({ members: [], lifts: [fileHash(suspension)], expires: now + 71 * hour }),
    ],
  ];
  return {
    now,
    federation,
    accepted: accepted.map(([type, file]) => ({ type, file: asJson(file) })),
    refused: refused.map(([code, type, file]) => ({ code, type, file: asJson(file) })),
    members: seats.map(({ id }) => ({ id, ...namesOf(id) })),
  };
}

function signSuspension(change: Partial<Suspension>): FederationFile {
  const { members = [], lifts, expires = now + 72 * hour } = change;
  const said = { federation, created: now, expires, members, ...(lifts && { lifts }), reason: "an exercise" };
  return sign("suspension", buildSuspension(said), freshnessKeys);
}

function expiredFreshness(roster: FederationFile): Freshness {
  return freshnessOf(roster, 2, { version: 2, created: now - hour / 2, expires: now });
}

function namesOf(id: string) {
  const { log, witness, transport, sealing } = seedsOf(id);
  const { key, keyId } = identityOf(id);
  const keys = { identity: key.public, log: ed25519PublicKey(log), witness: ed25519PublicKey(witness) };
  return {
    keyId,
    seeds: { ed25519: hex(key.seeds.ed25519), mldsa65: hex(key.seeds.mldsa65), sealing: hex(sealing) },
    sealingKeyId: sealingKeyFromSeed(sealing).id,
    peerId: peerIdOf(ed25519PublicKey(transport)),
    words: wordsFor(keys),
  };
}

function asJson(file: FederationFile): unknown {
  return JSON.parse(text(encodeFile(file)));
}

if (import.meta.main) {
  const target = new URL("../../tests/conformance/golden/roster.json", import.meta.url);
  writeFileSync(target, `${JSON.stringify(makeMembership(), null, 1)}\n`);
  process.stdout.write(`Golden bytes of federation ${federation.slice(0, 16)}… are in ${target.pathname}\n`);
}
