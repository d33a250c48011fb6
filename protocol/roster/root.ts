/** The root file: who may sign the next root, who may sign rosters, and which of two rosters of one version is the one. */
import { z } from "zod";
import type { IdentityPublicKey } from "../identity/index.ts";
import {
  hashField,
  jurisdictionField,
  pairKeyField,
  readFile,
  refusal,
  timeField,
  versionField,
  writeFile,
} from "./fields.ts";
import { clockSkew, life } from "./limits.ts";
import { claimKeys } from "./rows.ts";
import { checkRole, type Role } from "./threshold.ts";

export interface RootKey {
  readonly public: IdentityPublicKey;
  /** The person or office that keeps it, for the minutes of a ceremony. */
  readonly holder: string;
  readonly jurisdiction: string;
}

export interface RegistrarKey extends RootKey {
  readonly from: number;
  readonly until: number;
}

export interface Root {
  /** 1, 2, 3 and so on without gaps. */
  readonly version: number;
  readonly created: number;
  readonly expires: number;
  readonly root: Role<RootKey>;
  readonly registrars: Role<RegistrarKey>;
  /** Names the one roster of a version of which two were signed. */
  readonly resolved: readonly { readonly version: number; readonly hash: string }[];
}

const rootKeyShape = { public: pairKeyField, holder: z.string().max(256), jurisdiction: jurisdictionField };
const countField = z.int().positive();

const schema: z.ZodType<Root> = z.looseObject({
  version: versionField,
  created: timeField,
  expires: timeField,
  root: z.looseObject({
    threshold: countField,
    jurisdictions: countField,
    keys: z.array(z.looseObject(rootKeyShape)).max(32),
  }),
  registrars: z.looseObject({
    threshold: countField,
    jurisdictions: countField,
    keys: z.array(z.looseObject({ ...rootKeyShape, from: timeField, until: timeField })).max(32),
  }),
  resolved: z.array(z.looseObject({ version: versionField, hash: hashField })).max(256),
});

/** The bytes of a root file. The SHA-256 of the first one is the federation id. Throws `roster/invalid`. */
export function buildRoot(root: Root): Uint8Array {
  return writeFile("root", schema, root);
}

/** Reads a root file; verifies nothing. Throws `roster/invalid`, `roster/too-large`. */
export function readRoot(bytes: Uint8Array): Root {
  return readFile("root", schema, bytes);
}

/**
 * The rules that a root must keep by itself. A root past its end passes here, since a newer one may follow it; what it
 * would sign is refused. Throws `roster/from-the-future`, `…/lives-too-long`, `…/weak-threshold`, `…/key-in-two-rows`.
 */
export function checkRoot(root: Root, now: number): void {
  if (root.created > now + clockSkew)
    throw refusal("root", "from-the-future", "The root was made later than now.");
  if (root.expires <= root.created || root.expires - root.created > life.root) {
    throw refusal("root", "lives-too-long", "A root lives two years at most.");
  }
  for (const { from, until } of root.registrars.keys) {
    if (until > from && until - from <= life.registrarKey) continue;
    throw refusal("root", "lives-too-long", "A registrar's key lives one year at most.");
  }
  checkRole("root", "root", root.root);
  checkRole("root", "registrars", root.registrars);
  claimKeys("root", new Set(), keysOfRoot(root));
}

/** Every key that the root file lists. */
export function keysOfRoot(root: Root): IdentityPublicKey[] {
  return [...root.root.keys, ...root.registrars.keys].map((key) => key.public);
}
