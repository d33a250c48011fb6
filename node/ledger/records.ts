/**
 * How the ledger lies in the store:
 *
 *   entries   index → content and salt; erasing an entry deletes this
 *   leaves    index → commitment, the hashes that this leaf added to the tree, the subjects it is found under; never changed
 *   erasures  index → when and why the entry was erased
 *   head      the length
 *
 * commitment = SHA-256 over (salt, content); leaf hash = RFC 6962's over the commitment. The salt keeps an erased content
 * from being guessed and tried against its commitment.
 */
import { WardlineError, decodeCbor, encodeCbor, pae, sha256, type Random } from "@wardline/protocol/encoding";
import { HASH_BYTES, storedAt, type ReadHashes } from "@wardline/protocol/log";
import { blind, defineCollection, type Reader } from "../store/index.ts";
import type { NewEntry } from "./appender.ts";

/** What is committed to, and may be erased. */
export interface StoredEntry {
  /** Deterministic CBOR of `Content`: the exact bytes under the commitment. */
  readonly content: Uint8Array;
  readonly salt: Uint8Array;
}

export interface Content extends NewEntry {
  /** Milliseconds. */
  readonly at: number;
}

export interface StoredLeaf {
  readonly index: number;
  readonly commitment: Uint8Array;
  /** The stored hashes that this leaf completed, one after the other (see protocol/log). */
  readonly hashes: Uint8Array;
  readonly subject: readonly string[];
}

export interface Erasure {
  /** Milliseconds. */
  readonly at: number;
  readonly reason: string;
}

export interface Head {
  readonly origin: string;
  readonly size: number;
  /** The log of a new epoch was opened: its first checkpoint takes the place of the old one's. */
  readonly renewed?: boolean;
}

export const entries = defineCollection<StoredEntry>("ledger.entries");
export const leaves = defineCollection<StoredLeaf>("ledger.leaves", {
  indexes: { subject: ({ subject, index }) => subject.map((one) => [blind(one), index]) },
  writeOnce: true,
});
export const erasures = defineCollection<Erasure>("ledger.erasures");
export const heads = defineCollection<Head>("ledger.head");

const SALT_BYTES = 32;
const PURPOSE = "wardline/ledger/entry/1";

/** Salts an entry and commits to it. @throws `encoding/unsupported-value` for a detail that CBOR cannot hold. */
export function commitTo(
  entry: NewEntry,
  at: number,
  random: Random,
): { stored: StoredEntry; commitment: Uint8Array } {
  const { kind, subject, actor, detail } = entry;
  const stored = { content: encodeCbor({ at, kind, subject, actor, detail }), salt: random(SALT_BYTES) };
  return { stored, commitment: commitmentOf(stored) };
}

export function commitmentOf({ content, salt }: StoredEntry): Uint8Array {
  return sha256(pae(PURPOSE, salt, content));
}

export function contentOf(stored: StoredEntry): Content {
  return decodeCbor(stored.content) as Content;
}

/** Reads stored hashes out of the leaves that completed them. @throws `ledger/damaged` */
export function hashReader(reader: Reader): ReadHashes {
  return (positions) =>
    Promise.all(
      positions.map(async (position) => {
        const { leaf, level } = storedAt(position);
        const hashes = (await reader.get(leaves, leaf))?.hashes;
        const hash = hashes?.subarray(level * HASH_BYTES, (level + 1) * HASH_BYTES);
        if (hash?.length === HASH_BYTES) return hash;
        throw damaged(`The ledger's tree lacks a hash that entry ${leaf} completed.`);
      }),
    );
}

export function damaged(message: string, cause?: unknown): WardlineError {
  return new WardlineError("ledger/damaged", message, {
    advice: "Keep a copy of the data folder, and restore the newest backup.",
    cause,
  });
}
