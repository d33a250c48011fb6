/** Membership files on the wire: what each side holds, what the other lacks, and the files themselves. */
import { z } from "zod";
import { hex, sha256, unhex } from "@wardline/protocol/encoding";
import {
  fileHash,
  nameOfSuccessor,
  type Evidence,
  type FederationFile,
  type Trust,
} from "@wardline/protocol/roster";
import { bytesSchema } from "../transport/messages.ts";
import { PARTS, PARTS_BYTES, differing, digestsOf, partOf, type NamedCard } from "./parts.ts";

export const fileKinds = ["root", "roster", "freshness", "suspension", "card", "successor"] as const;
export type FileKind = (typeof fileKinds)[number];

export interface OfferedFile {
  readonly kind: FileKind;
  readonly file: FederationFile;
}

const count = z.int().nonnegative();
const hash = bytesSchema(32);
const versioned = z.object({ version: count, hash });

/** What a node holds, told in few bytes. */
export const holdingsSchema = z.object({
  /** Length of the root chain, and its last file. */
  root: versioned,
  roster: versioned.optional(),
  freshness: versioned.extend({ roster: count }).optional(),
  suspensions: z.array(hash).max(1024),
  /** Names of the proofs of misbehaviour held; see `nameOf`. */
  evidence: z.array(hash).max(256),
  /** Digests of the parts in which the newest cards under each identity key lie; see parts.ts. */
  parts: bytesSchema(PARTS_BYTES),
  /** The parts whose cards are listed here, all of them: those that the reader holds otherwise. */
  listed: z
    .array(
      z
        .int()
        .nonnegative()
        .max(PARTS - 1),
    )
    .max(PARTS),
  cards: z.array(versioned.extend({ member: bytesSchema(16), key: hash })).max(8192),
  /** Names of the notes of successors held; a node that does not know such notes says nothing of them. */
  successors: z.array(hash).max(1024).optional(),
});
export type Holdings = z.infer<typeof holdingsSchema>;

const signatureSchema = z.object({ key: hash, ed25519: bytesSchema(64), mldsa65: bytesSchema(3309) });
export const wireFileSchema = z.object({
  kind: z.enum(fileKinds),
  bytes: bytesSchema(),
  signatures: z.array(signatureSchema).max(32),
});
export type WireFile = z.infer<typeof wireFileSchema>;

export const wireEvidenceSchema = z.object({
  kind: z.enum(["root", "roster", "freshness", "card", "successor"]),
  version: count,
  member: bytesSchema(16).optional(),
  first: wireFileSchema,
  second: wireFileSchema,
});
export type WireEvidence = z.infer<typeof wireEvidenceSchema>;

export function toWire({ kind, file }: OfferedFile): WireFile {
  const signatures = file.signatures.map(({ keyId, ed25519, mldsa65 }) => ({
    key: unhex(keyId, 32),
    ed25519,
    mldsa65,
  }));
  return { kind, bytes: file.bytes, signatures };
}

export function fromWire({ kind, bytes, signatures }: WireFile): OfferedFile {
  const read = signatures.map(({ key, ed25519, mldsa65 }) => ({ keyId: hex(key), ed25519, mldsa65 }));
  return { kind, file: { bytes, signatures: read } };
}

export function evidenceToWire({ kind, version, member, first, second }: Evidence): WireEvidence {
  return {
    ...{ kind, version },
    ...(member !== undefined && { member: unhex(member, 16) }),
    first: toWire({ kind, file: first }),
    second: toWire({ kind, file: second }),
  };
}

export function evidenceFromWire({ kind, version, member, first, second }: WireEvidence): Evidence {
  const files = { first: fromWire(first).file, second: fromWire(second).file };
  return { kind, version, member: member && hex(member), ...files };
}

/** Proofs that a node with these holdings lacks. */
export function evidenceLackedBy(theirs: Holdings, trust: Trust): Evidence[] {
  const held = new Set(theirs.evidence.map(hex));
  const known = (kind: Evidence["kind"]) => kind !== "successor" || theirs.successors !== undefined;
  return trust.evidence.filter((proof) => known(proof.kind) && !held.has(hex(nameOf(proof))));
}

/** Names a proof by its two files, in whatever order. */
function nameOf({ first, second }: Evidence): Uint8Array {
  return sha256(...[fileHash(first), fileHash(second)].sort().map((hash) => unhex(hash, 32)));
}

/** `theirs`: what the reader holds, as far as it has said; the cards in which both differ are listed. */
export function holdingsOf(trust: Trust, theirs?: Holdings): Holdings {
  const { roots, roster, freshness, suspensions } = trust;
  const last = roots.at(-1);
  if (!last) throw new Error("A trust without a root cannot be.");
  const { cards, parts } = namedCards(trust);
  const listed = theirs ? differing(parts, theirs.parts) : [];
  return {
    root: { version: roots.length, hash: hashOf(last.file) },
    ...(roster && { roster: { version: roster.value.version, hash: hashOf(roster.file) } }),
    ...(freshness && {
      freshness: {
        version: freshness.value.version,
        roster: freshness.value.rosterVersion,
        hash: hashOf(freshness.file),
      },
    }),
    suspensions: suspensions.map(({ file }) => hashOf(file)),
    evidence: trust.evidence.map(nameOf),
    parts,
    listed,
    cards: cards.filter(({ member }) => listed.includes(partOf(member))),
    successors: trust.successors.map(({ value }) => nameOfSuccessor(value)),
  };
}

/** Whether the reader cannot tell yet which cards it lacks: it knows of parts that differ, and not what is in ours. */
export function mustListMore(trust: Trust, told: Holdings, theirs: Holdings): boolean {
  return differing(namedCards(trust).parts, theirs.parts).some((part) => !told.listed.includes(part));
}

/**
 * The files that a node with these holdings lacks, in the order in which they can be judged; cards only of parts that it
 * has listed. A different file of the same version is among them: the two are evidence.
 */
export function lackedBy(theirs: Holdings, trust: Trust): OfferedFile[] {
  const { roots, roster, freshness, suspensions } = trust;
  const offered: OfferedFile[] = [];
  const offer = (kind: FileKind, file: FederationFile) => offered.push({ kind, file });
  for (const root of roots.slice(theirs.root.version)) offer("root", root.file);
  const lastShared = roots[theirs.root.version - 1];
  if (lastShared && differs(lastShared.file, theirs.root.hash)) offer("root", lastShared.file);
  if (roster && isNews(roster.value.version, roster.file, theirs.roster)) offer("roster", roster.file);
  if (freshness) {
    const sameRoster =
      theirs.freshness?.roster === freshness.value.rosterVersion ? theirs.freshness : undefined;
    const newerRoster = freshness.value.rosterVersion > (theirs.freshness?.roster ?? 0);
    const news = newerRoster || (sameRoster && isNews(freshness.value.version, freshness.file, sameRoster));
    if (news) offer("freshness", freshness.file);
  }
  const held = new Set(theirs.suspensions.map(hex));
  for (const { file } of suspensions) if (!held.has(fileHash(file))) offer("suspension", file);
  const cards = new Map(theirs.cards.map((card) => [`${hex(card.member)} ${hex(card.key)}`, card]));
  for (const { member, key, version, file } of cardsOf(trust)) {
    if (
      theirs.listed.includes(partOf(unhex(member, 16))) &&
      isNews(version, file, cards.get(`${member} ${key}`))
    )
      offer("card", file);
  }
  for (const file of notesLackedBy(theirs, trust)) offer("successor", file);
  return offered;
}

function notesLackedBy({ successors }: Holdings, trust: Trust): FederationFile[] {
  if (!successors) return [];
  const held = new Set(successors.map(hex));
  return trust.successors
    .filter(({ value }) => !held.has(hex(nameOfSuccessor(value))))
    .map(({ file }) => file);
}

function cardsOf(trust: Trust) {
  return [...trust.cards].flatMap(([member, byKey]) =>
    [...byKey].map(([key, { file, value }]) => ({ member, key, version: value.version, file })),
  );
}

/** Trusts never change, and one is told to hundreds of members. */
const named = new WeakMap<Trust, { readonly cards: readonly NamedCard[]; readonly parts: Uint8Array }>();

function namedCards(trust: Trust) {
  const known = named.get(trust);
  if (known) return known;
  const cards = cardsOf(trust).map(({ member, key, version, file }) => ({
    member: unhex(member, 16),
    key: unhex(key, 32),
    version,
    hash: hashOf(file),
  }));
  const made = { cards, parts: digestsOf(cards) };
  named.set(trust, made);
  return made;
}

function isNews(
  version: number,
  file: FederationFile,
  theirs: { version: number; hash: Uint8Array } | undefined,
): boolean {
  if (!theirs || version > theirs.version) return true;
  return version === theirs.version && differs(file, theirs.hash);
}

const hashOf = (file: FederationFile) => unhex(fileHash(file), 32);
const differs = (file: FederationFile, theirs: Uint8Array) => fileHash(file) !== hex(theirs);
