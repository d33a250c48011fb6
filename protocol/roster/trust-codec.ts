/** A trust as bytes, for a node's own store. It is read without verifying again: what is stored was accepted once. */
import { decodeCbor, encodeCbor, WardlineError } from "../encoding/index.ts";
import { readCard } from "./card.ts";
import type { Evidence } from "./evidence.ts";
import type { FederationFile } from "./file.ts";
import { readFreshness, readSuspension } from "./freshness.ts";
import { readRoot } from "./root.ts";
import { readRoster } from "./roster.ts";
import { readSuccessor } from "./successor.ts";
import type { Held, Trust } from "./trust.ts";

/** Raised when the form changes; every earlier one stays readable. */
const FORM = 1;

interface Stored {
  readonly form: number;
  readonly federationId: string;
  readonly floor: number;
  readonly roots: readonly FederationFile[];
  readonly roster?: FederationFile;
  readonly freshness?: FederationFile & { readonly keySet: string };
  readonly suspensions: readonly FederationFile[];
  readonly cards: readonly FederationFile[];
  readonly evidence: readonly Evidence[];
  /** Absent where there are none, as in trusts stored before there were any. */
  readonly successors?: readonly FederationFile[];
}

/** Deterministic: the same trust gives the same bytes. */
export function encodeTrust(trust: Trust): Uint8Array {
  const { federationId, floor, roots, roster, freshness, suspensions, cards, successors, evidence } = trust;
  const stored: Stored = {
    ...{ form: FORM, federationId, floor, evidence },
    roots: roots.map(fileOf),
    ...(roster && { roster: roster.file }),
    ...(freshness && { freshness: { ...freshness.file, keySet: freshness.keySet } }),
    suspensions: suspensions.map(fileOf),
    cards: [...cards.values()].flatMap((ofMember) => [...ofMember.values()].map(fileOf)),
    ...(successors.length > 0 && { successors: successors.map(fileOf) }),
  };
  return encodeCbor(stored);
}

/** Reads what `encodeTrust` wrote. Only for bytes whose origin is authenticated. Throws `roster/damaged`. */
export function decodeTrust(bytes: Uint8Array): Trust {
  try {
    const stored = decodeCbor(bytes) as Stored;
    if (stored.form === FORM) return restore(stored);
  } catch (cause) {
    throw damaged("The stored membership cannot be read.", cause);
  }
  throw damaged("The stored membership has a form that this version does not know.");
}

function restore(stored: Stored): Trust {
  const { federationId, floor, evidence, roster, freshness } = stored;
  const fresh = freshness && { bytes: freshness.bytes, signatures: freshness.signatures };
  return {
    ...{ federationId, floor, evidence },
    roots: stored.roots.map((file) => held(file, readRoot)),
    roster: roster && held(roster, readRoster),
    freshness: freshness && fresh && { ...held(fresh, readFreshness), keySet: freshness.keySet },
    suspensions: stored.suspensions.map((file) => held(file, readSuspension)),
    cards: cardsOf(stored.cards),
    successors: (stored.successors ?? []).map((file) => held(file, readSuccessor)),
  };
}

function cardsOf(files: readonly FederationFile[]): Trust["cards"] {
  const cards = new Map<string, Map<string, Held<ReturnType<typeof readCard>>>>();
  for (const file of files) {
    const card = held(file, readCard);
    const ofMember = cards.get(card.value.member) ?? new Map<string, typeof card>();
    cards.set(card.value.member, ofMember.set(card.value.key, card));
  }
  return cards;
}

function held<T>(file: FederationFile, read: (bytes: Uint8Array) => T): Held<T> {
  return { file, value: read(file.bytes) };
}

function fileOf(held: Held<unknown>): FederationFile {
  return held.file;
}

function damaged(message: string, cause?: unknown): WardlineError {
  const advice = "Restore it from a backup, or start from a new invite.";
  return new WardlineError("roster/damaged", message, { advice, cause });
}
