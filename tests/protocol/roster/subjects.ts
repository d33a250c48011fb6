/** Every kind of file with the trust that would accept it, and the ways to spoil one. */
import { concat } from "@wardline/protocol/encoding";
import {
  acceptCard,
  acceptFreshness,
  acceptRoot,
  acceptRoster,
  acceptSuspension,
  type FederationFile,
} from "@wardline/protocol/roster";
import * as w from "./world.ts";

export interface Subject {
  readonly name: string;
  readonly file: FederationFile;
  readonly accept: (file: FederationFile) => unknown;
}

export const subjects: readonly Subject[] = [
  {
    name: "root",
    file: w.signRoot({ ...w.root, version: 2 }),
    accept: (file) => acceptRoot(w.rooted, file, w.now),
  },
  { name: "roster", file: w.rosterFile, accept: (file) => acceptRoster(w.rooted, file, w.now) },
  { name: "freshness", file: w.freshnessFile, accept: (file) => acceptFreshness(w.listed, file, w.now) },
  {
    name: "suspension",
    file: w.signSuspension(w.suspension([w.c])),
    accept: (file) => acceptSuspension(w.listed, file, w.now),
  },
  { name: "card", file: w.signCard(w.cardOf(w.b)), accept: (file) => acceptCard(w.listed, file, w.now) },
];

export const attack = {
  change: (file: FederationFile, at: number, mask: number): FederationFile => ({
    ...file,
    bytes: flip(file.bytes, at, mask),
  }),
  cut: (file: FederationFile, length: number): FederationFile => ({
    ...file,
    bytes: file.bytes.slice(0, length),
  }),
  append: (file: FederationFile, byte: number): FederationFile => ({
    ...file,
    bytes: concat(file.bytes, Uint8Array.of(byte)),
  }),
  /** `at` counts through the Ed25519 half, then the ML-DSA half. */
  spoil: (file: FederationFile, which: number, at: number): FederationFile => ({
    ...file,
    signatures: file.signatures.map((signature, index) => {
      if (index !== which) return signature;
      if (at < 64) return { ...signature, ed25519: flip(signature.ed25519, at, 1) };
      return { ...signature, mldsa65: flip(signature.mldsa65, at - 64, 1) };
    }),
  }),
};

function flip(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ mask;
  return changed;
}
