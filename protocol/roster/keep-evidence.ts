/** Keeping proofs of misbehaviour, found here or received: each is verified again from its two files. */
import { equalBytes, isWardlineError } from "../encoding/index.ts";
import { keyIdOf, verifyPair } from "../identity/index.ts";
import { readCard } from "./card.ts";
import { isSameEvidence, type Evidence } from "./evidence.ts";
import { refusal } from "./fields.ts";
import { fileHash, signedBytes, type FederationFile } from "./file.ts";
import { readFreshness } from "./freshness.ts";
import { logKeysOf } from "./key-lines.ts";
import { mostEvidence } from "./limits.ts";
import { readRoot } from "./root.ts";
import { freshnessRole } from "./roster-rules.ts";
import { readRoster } from "./roster.ts";
import { checkSuccessor, readSuccessor, saysTheSame } from "./successor.ts";
import { checkThreshold } from "./threshold.ts";
import type { Trust } from "./trust.ts";

/**
 * Adds a proof, once. With two rosters (or roots) of one version the trust is disputed from then on: `freshnessOf` says
 * `expired` until a root file names the one roster. Throws `roster/invalid-evidence` if the files prove nothing.
 */
export function keepEvidence(trust: Trust, evidence: Evidence): Trust {
  if (trust.evidence.some((known) => isSameEvidence(known, evidence))) return trust;
  const differ = fileHash(evidence.first) !== fileHash(evidence.second);
  if (!differ || ![evidence.first, evidence.second].every((file) => proves(trust, evidence, file))) {
    throw refusal("roster", "invalid-evidence", "The two files prove nothing.");
  }
  return isNews(trust, evidence) ? { ...trust, evidence: [...trust.evidence, evidence] } : trust;
}

/** One proof against a member or role is enough; rosters and roots are resolved version by version. */
function isNews(trust: Trust, { kind, member, version }: Evidence): boolean {
  const perVersion = kind === "root" || kind === "roster";
  const known = trust.evidence.filter((each) => each.kind === kind && each.member === member);
  if (perVersion) return known.length < mostEvidence && !known.some((each) => each.version === version);
  return known.length === 0;
}

/** Whether a file is what the evidence says, signed by those who may sign it. */
function proves(trust: Trust, evidence: Evidence, file: FederationFile): boolean {
  try {
    return signed[evidence.kind](trust, evidence, file);
  } catch (error) {
    if (isWardlineError(error)) return false;
    throw error;
  }
}

type Proof = (trust: Trust, evidence: Evidence, file: FederationFile) => boolean;

const signed: Record<Evidence["kind"], Proof> = {
  root: (trust, { version }, file) => {
    const root = readRoot(file.bytes);
    const before = trust.roots.find((held) => held.value.version === version - 1);
    if (!before || root.version !== version) return false;
    checkThreshold("root", file, trust.federationId, before.value.root, root.created);
    checkThreshold("root", file, trust.federationId, root.root, root.created);
    return true;
  },
  roster: (trust, { version }, file) => {
    const roster = readRoster(file.bytes);
    if (roster.version !== version) return false;
    return trust.roots.some(({ value }) =>
      passes(() => checkThreshold("roster", file, trust.federationId, value.registrars, roster.created)),
    );
  },
  freshness: (trust, { version }, file) => {
    const freshness = readFreshness(file.bytes);
    const roster = trust.roster?.value;
    if (freshness.version !== version || freshness.rosterVersion !== roster?.version) return false;
    checkThreshold("freshness", file, trust.federationId, freshnessRole(roster), freshness.created);
    return true;
  },
  card: (trust, { version, member, first }, file) => {
    const card = readCard(file.bytes);
    if (card.key !== readCard(first.bytes).key) return false;
    const owner = trust.roster?.value.members.find((each) => each.id === member);
    const key = owner?.identityKeys.find((each) => keyIdOf(each.public) === card.key);
    const [signature] = file.signatures;
    if (card.version !== version || card.member !== member || !key || !signature) return false;
    return verifyPair(key.public, signedBytes("card", file.bytes, trust.federationId), signature);
  },
  successor: (trust, { member, first, second }, file) => {
    const [one, other] = [readSuccessor(first.bytes), readSuccessor(second.bytes)];
    const ofOneKey = one.role === other.role && equalBytes(one.old, other.old);
    const note = readSuccessor(file.bytes);
    const owner = trust.roster?.value.members.find((each) => each.id === member);
    const key = owner?.identityKeys.find((each) => keyIdOf(each.public) === note.key);
    const [signature] = file.signatures;
    if (!ofOneKey || saysTheSame(one, other) || note.member !== member || !owner || !key || !signature)
      return false;
    checkSuccessor(note, logKeysOf(trust, owner));
    return verifyPair(key.public, signedBytes("successor", file.bytes, trust.federationId), signature);
  },
};

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (isWardlineError(error)) return false;
    throw error;
  }
}
