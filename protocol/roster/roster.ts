/** The roster: every member there is or was, its keys, and who keeps it fresh. It changes rarely. */
import { z } from "zod";
import type { IdentityPublicKey, MemberId, PairSignature } from "../identity/index.ts";
import {
  bytesField,
  hashField,
  jurisdictionField,
  memberIdField,
  pairKeyField,
  pairSignatureField,
  readFile,
  timeField,
  versionField,
  writeFile,
} from "./fields.ts";

export const memberKinds = ["hotline", "lea", "interpol", "secretariat"] as const;
export type MemberKind = (typeof memberKinds)[number];
export const memberStatuses = ["active", "suspended", "revoked"] as const;
export type MemberStatus = (typeof memberStatuses)[number];

/** What still counts of a compromised key: what witnessed logs held before `at`, and feeds up to a named block. */
export interface Cutoff {
  /** Milliseconds, measured by the cosignatures of a quorum of witnesses; never by the author's own clock. */
  readonly at: number;
  readonly feeds: readonly {
    readonly feed: string;
    readonly epoch: number;
    readonly height: number;
    readonly head: string;
  }[];
}

export interface ListedIdentityKey {
  readonly public: IdentityPublicKey;
  readonly from: number;
  readonly until: number;
  /** The roster version that first listed the key: it cannot have signed anything that names an older one. */
  readonly since: number;
  readonly cutoff?: Cutoff | undefined;
  readonly proof: PairSignature;
}

export interface ListedSingleKey {
  /** Ed25519, 32 bytes. */
  readonly public: Uint8Array;
  readonly proof: Uint8Array;
}

/** How a log or witness key passed to its successor: a last checkpoint signed by both, or the old key is lost. */
export type Handover =
  | { readonly checkpoint: Uint8Array; readonly old: Uint8Array; readonly new: Uint8Array }
  | { readonly lost: true };

/** A log or witness key of the past: old checkpoints stay verifiable, and its end is on record. */
export interface FormerKey {
  readonly public: Uint8Array;
  /** To the next former key, or to the present one. */
  readonly handover: Handover;
}

export interface RosterEntry {
  /** Assigned once, for ever. */
  readonly id: MemberId;
  readonly name: string;
  /** Two letters, or `international`. */
  readonly country: string;
  readonly kind: MemberKind;
  /** `send`, `receive`, `witness`, `mailbox`, `relay`, `material`, `orphan`, `orphan:XX`; unknown ones are kept. */
  readonly capabilities: readonly string[];
  readonly status: MemberStatus;
  readonly identityKeys: readonly ListedIdentityKey[];
  readonly logKey: ListedSingleKey;
  readonly witnessKey: ListedSingleKey;
  /** Oldest first; all of them, since a reader may have missed rosters in between. */
  readonly formerLogKeys?: readonly FormerKey[] | undefined;
  readonly formerWitnessKeys?: readonly FormerKey[] | undefined;
  /** Whose cosignatures this member's log needs: more than half of them. */
  readonly witnesses: readonly MemberId[];
  readonly contact: string;
  readonly handover?:
    { readonly log?: Handover | undefined; readonly witness?: Handover | undefined } | undefined;
}

export interface FreshnessKey {
  readonly public: IdentityPublicKey;
  readonly member: MemberId;
  readonly from: number;
  readonly until: number;
  readonly proof: PairSignature;
}

export interface Roster {
  readonly federation: string;
  readonly version: number;
  readonly created: number;
  readonly expires: number;
  readonly freshness: {
    readonly threshold: number;
    readonly jurisdictions: number;
    readonly keys: readonly FreshnessKey[];
  };
  readonly members: readonly RosterEntry[];
}

const cutoffSchema = z.looseObject({
  at: timeField,
  feeds: z
    .array(
      z.looseObject({
        feed: hashField,
        epoch: z.int().nonnegative(),
        height: z.int().nonnegative(),
        head: hashField,
      }),
    )
    .max(64),
});

const identityKeySchema: z.ZodType<ListedIdentityKey> = z.looseObject({
  public: pairKeyField,
  from: timeField,
  until: timeField,
  since: versionField,
  cutoff: cutoffSchema.optional(),
  proof: pairSignatureField,
});

const signatureBytes = bytesField({ exactly: 64 });
const singleKeySchema = z.looseObject({ public: bytesField({ exactly: 32 }), proof: signatureBytes });
const handoverSchema = z.union([
  z.looseObject({ checkpoint: bytesField({ most: 1 << 14 }), old: signatureBytes, new: signatureBytes }),
  z.looseObject({ lost: z.literal(true) }),
]);
const formerKeysSchema = z
  .array(z.looseObject({ public: bytesField({ exactly: 32 }), handover: handoverSchema }))
  .max(64)
  .optional();

const entrySchema: z.ZodType<RosterEntry> = z.looseObject({
  id: memberIdField,
  name: z.string().min(1).max(256),
  country: jurisdictionField,
  kind: z.enum(memberKinds),
  capabilities: z.array(z.string().max(64)).max(64),
  status: z.enum(memberStatuses),
  identityKeys: z.array(identityKeySchema).min(1).max(64),
  logKey: singleKeySchema,
  witnessKey: singleKeySchema,
  formerLogKeys: formerKeysSchema,
  formerWitnessKeys: formerKeysSchema,
  witnesses: z.array(memberIdField).max(16),
  contact: z.string().max(1024),
});

const schema: z.ZodType<Roster> = z.looseObject({
  federation: hashField,
  version: versionField,
  created: timeField,
  expires: timeField,
  freshness: z.looseObject({
    threshold: z.int().positive(),
    jurisdictions: z.int().positive(),
    keys: z
      .array(
        z.looseObject({
          public: pairKeyField,
          member: memberIdField,
          from: timeField,
          until: timeField,
          proof: pairSignatureField,
        }),
      )
      .max(32),
  }),
  members: z.array(entrySchema).max(4096),
});

/** The bytes of a roster, to be signed by registrars. Throws `roster/invalid`. */
export function buildRoster(roster: Roster): Uint8Array {
  return writeFile("roster", schema, roster);
}

/** Reads a roster; verifies nothing. Throws `roster/invalid`, `roster/too-large`. */
export function readRoster(bytes: Uint8Array): Roster {
  return readFile("roster", schema, bytes);
}
