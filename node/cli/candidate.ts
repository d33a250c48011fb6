/**
 * A candidate's public keys, as a file for the registrars. With the federation's id it also proves that the node holds
 * each key, so that registrars need nothing more than a telephone call about the twelve words.
 */
import { z } from "zod";
import { base64, hex, unbase64, unhex, WardlineError, type Random } from "@wardline/protocol/encoding";
import {
  decodeIdentityPublicKey,
  encodeIdentityPublicKey,
  type PairSignature,
} from "@wardline/protocol/identity";
import {
  memberKinds,
  peerIdOf,
  provePair,
  proveSingle,
  wordsFor,
  type RosterEntry,
} from "@wardline/protocol/roster";
import type { OpenedFolder } from "../opening.ts";
import type { Keyring } from "../vault/index.ts";

const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const pairProof = z.object({ ed25519: z.string(), mldsa65: z.string() });

const candidateSchema = z.strictObject({
  type: z.literal("wardline/candidate/1"),
  /** Proposed by the candidate at random; it is the member's for ever once the registrars list it. */
  member: hexOf(16),
  name: z.string().min(1).max(256),
  country: z.string(),
  kind: z.enum(memberKinds),
  contact: z.string().max(1024),
  peerId: z.string(),
  federation: hexOf(32),
  /** base64 of both algorithms' keys, as in the roster; log and witness keys in hexadecimal. */
  keys: z.strictObject({ identity: z.string(), log: hexOf(32), witness: hexOf(32) }),
  proofs: z.strictObject({ identity: pairProof, log: hexOf(64), witness: hexOf(64) }),
});
export type Candidate = z.infer<typeof candidateSchema>;

export interface Described {
  /** The id of a member that brings new keys; else one is proposed at random. */
  readonly member?: string | undefined;
  readonly federation: string;
  readonly name: string;
  readonly country: string;
  readonly kind: Candidate["kind"];
  readonly contact: string;
}

/** The node's public keys: a new identity where one is prepared, else the present one. */
function keysOf({ identity, nextIdentity, log, witness }: Keyring) {
  return { identity: (nextIdentity ?? identity).public, log: log.public, witness: witness.public };
}

/** What a person reads out when the registrars call. */
export function wordsOf({ keyring }: Pick<OpenedFolder, "keyring">): readonly string[] {
  return wordsFor(keysOf(keyring));
}

/** The file for the registrars. */
export function candidateOf(
  { keyring }: Pick<OpenedFolder, "keyring">,
  described: Described,
  random: Random,
): Candidate {
  const keys = keysOf(keyring);
  const { federation, member = hex(random(16)) } = described;
  const identity = provePair(keyring.nextIdentity ?? keyring.identity, federation, member, "identity");
  return candidateSchema.parse({
    type: "wardline/candidate/1",
    ...described,
    member,
    peerId: peerIdOf(keyring.transport.public),
    keys: {
      identity: base64(encodeIdentityPublicKey(keys.identity)),
      log: hex(keys.log),
      witness: hex(keys.witness),
    },
    proofs: {
      identity: { ed25519: base64(identity.ed25519), mldsa65: base64(identity.mldsa65) },
      log: hex(proveSingle(keyring.log.seed, federation, member, "log")),
      witness: hex(proveSingle(keyring.witness.seed, federation, member, "witness")),
    },
  });
}

/** Reads a candidate's file; its proofs are judged with the roster that lists it. @throws `cli/not-a-candidate` */
export function readCandidate(text: string): Candidate {
  try {
    return candidateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new WardlineError("cli/not-a-candidate", "This file does not hold a candidate's public keys.", {
      advice: "Ask the candidate for the file that `wardline init` or `wardline candidate` wrote.",
      cause,
    });
  }
}

/** The twelve words for a candidate's file, to compare with what is read out. */
export function wordsOfCandidate({ keys }: Candidate): readonly string[] {
  const identity = decodeIdentityPublicKey(unbase64(keys.identity));
  return wordsFor({ identity, log: unhex(keys.log, 32), witness: unhex(keys.witness, 32) });
}

const hour = 3_600_000;
const year = 365 * 24 * hour;

/** The candidate's row in the roster of this version. */
export function entryFor(candidate: Candidate, version: number, now: number): RosterEntry {
  const { member: id, name, country, kind, contact, keys, proofs } = candidate;
  const proof: PairSignature = {
    ed25519: unbase64(proofs.identity.ed25519),
    mldsa65: unbase64(proofs.identity.mldsa65),
  };
  return {
    ...{ id, name, country, kind, contact },
    capabilities: ["send", "receive", "material"],
    status: "active",
    identityKeys: [
      {
        public: decodeIdentityPublicKey(unbase64(keys.identity)),
        from: now - hour,
        until: now + year,
        since: version,
        proof,
      },
    ],
    logKey: { public: unhex(keys.log, 32), proof: unhex(proofs.log, 64) },
    witnessKey: { public: unhex(keys.witness, 32), proof: unhex(proofs.witness, 64) },
    witnesses: [],
  };
}
