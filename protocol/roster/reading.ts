/** Questions to a trust. Whatever depends on the hour takes it as a parameter. */
import {
  keyIdOf,
  sealingKeyId,
  type IdentityPublicKey,
  type KeyId,
  type MemberId,
} from "../identity/index.ts";
import { peerIdsOf, type CardContent } from "./card.ts";
import type { FederationFile } from "./file.ts";
import type { Cutoff, MemberKind, MemberStatus, ListedIdentityKey, Roster, RosterEntry } from "./roster.ts";
import { staleTolerance } from "./limits.ts";
import type { Successor } from "./successor.ts";
import { suspendedMembers } from "./suspensions.ts";
import { currentRoot, isDisputed, type Trust } from "./trust.ts";

export interface IdentityKeyEntry {
  readonly keyId: KeyId;
  readonly public: IdentityPublicKey;
  readonly from: number;
  readonly until: number;
  /** The roster version that first listed it. */
  readonly since: number;
  readonly cutoff?: Cutoff | undefined;
}

export interface Member {
  readonly id: MemberId;
  readonly name: string;
  readonly country: string;
  readonly kind: MemberKind;
  readonly capabilities: readonly string[];
  /** As the roster has it, or `suspended` by the freshness file or an emergency. Only `active` members are dealt with. */
  readonly status: MemberStatus;
  /** Oldest first. */
  readonly identityKeys: readonly IdentityKeyEntry[];
  /** Ed25519, 32 bytes, as are those below. */
  readonly logKey: Uint8Array;
  readonly witnessKey: Uint8Array;
  readonly formerLogKeys: readonly Uint8Array[];
  readonly formerWitnessKeys: readonly Uint8Array[];
  readonly witnesses: readonly MemberId[];
  readonly contact: string;
}

export interface SealingKeyEntry {
  readonly id: KeyId;
  /** X-Wing, 1,216 bytes. */
  readonly public: Uint8Array;
  readonly from: number;
  readonly until: number;
}

export interface MemberCard {
  readonly keyId: KeyId;
  readonly version: number;
  readonly peerIds: readonly string[];
  readonly addresses: readonly string[];
  readonly epoch: number;
  readonly expires: number;
  readonly sealingKeys: readonly SealingKeyEntry[];
}

/** The version of the held roster; 0 without one. */
export function rosterVersion(trust: Trust): number {
  return trust.roster?.value.version ?? 0;
}

/** Everybody in the roster, whatever their status. */
export function members(trust: Trust): readonly Member[] {
  return [...membersById(trust).values()];
}

export function member(trust: Trust, id: MemberId): Member | undefined {
  return membersById(trust).get(id);
}

/**
 * A listed identity key; with `version`, only if a roster of that version could list it and is known here. Its validity
 * and cut-off are the caller's to judge: at the time of what it signed.
 */
export function identityKey(
  trust: Trust,
  memberId: MemberId,
  keyId: KeyId,
  version?: number,
): IdentityKeyEntry | undefined {
  const key = member(trust, memberId)?.identityKeys.find((each) => each.keyId === keyId);
  if (!key || version === undefined) return key;
  return key.since <= version && version <= rosterVersion(trust) ? key : undefined;
}

/** The member's newest card: that of its latest key, if one is held. It may have expired; see `expires`. */
export function card(trust: Trust, id: MemberId): MemberCard | undefined {
  const held = trust.cards.get(id);
  const latest = member(trust, id)?.identityKeys.findLast((key) => held?.has(key.keyId));
  const content = latest && held?.get(latest.keyId)?.value;
  return content && viewOfCard(content, latest.until);
}

/** That card as its signed file, to be passed on; `undefined` where there is none. */
export function cardFile(trust: Trust, id: MemberId): FederationFile | undefined {
  const newest = card(trust, id);
  return newest && trust.cards.get(id)?.get(newest.keyId)?.file;
}

/** The key to seal to now: the newest that is in its week. None for a member that is not active: then the statement waits. */
export function sealingKeyFor(trust: Trust, id: MemberId, now: number): SealingKeyEntry | undefined {
  const current = member(trust, id)?.status === "active" ? card(trust, id) : undefined;
  if (!current || now >= current.expires) return undefined;
  const usable = current.sealingKeys.filter((key) => key.from <= now && now < key.until);
  return usable.toSorted((a, b) => a.from - b.from).at(-1);
}

/**
 * How far what is known here can be relied on. `current`: normal. `stale` (up to 48 hours past): exchange goes on with
 * members already known, no material is granted, everyone is warned. `expired`, also while two rosters of one version
 * are unresolved: outgoing waits, incoming is kept in quarantine.
 */
export function freshnessOf(trust: Trust, now: number): "current" | "stale" | "expired" {
  const { roster, freshness } = trust;
  if (!roster || !freshness || isDisputed(trust)) return "expired";
  if (now >= roster.value.expires || now >= currentRoot(trust).value.expires) return "expired";
  if (now < freshness.value.expires) return "current";
  return now < freshness.value.expires + staleTolerance ? "stale" : "expired";
}

const byTrust = new WeakMap<Trust, ReadonlyMap<MemberId, Member>>();
const byRoster = new WeakMap<Roster, ReadonlyMap<MemberId, Member>>();
const cardViews = new WeakMap<CardContent, MemberCard>();

function membersById(trust: Trust): ReadonlyMap<MemberId, Member> {
  const known = byTrust.get(trust);
  if (known) return known;
  const found = new Map(trust.roster ? membersOfRoster(trust.roster.value) : []);
  for (const { value } of trust.successors) {
    const listed = found.get(value.member);
    if (listed) found.set(value.member, withSuccessor(listed, value));
  }
  for (const id of suspendedMembers(trust)) {
    const listed = found.get(id);
    if (listed?.status === "active") found.set(id, { ...listed, status: "suspended" });
  }
  byTrust.set(trust, found);
  return found;
}

function membersOfRoster(roster: Roster): ReadonlyMap<MemberId, Member> {
  const known = byRoster.get(roster);
  if (known) return known;
  const found = new Map(roster.members.map((entry) => [entry.id, viewOfMember(entry)]));
  byRoster.set(roster, found);
  return found;
}

function viewOfMember(entry: RosterEntry): Member {
  const { id, name, country, kind, capabilities, status, witnesses, contact } = entry;
  const keysOf = (former: RosterEntry["formerLogKeys"]) => (former ?? []).map((key) => key.public);
  return {
    ...{ id, name, country, kind, capabilities, status, witnesses, contact },
    identityKeys: entry.identityKeys.map(viewOfKey).sort((a, b) => a.since - b.since || a.from - b.from),
    logKey: entry.logKey.public,
    witnessKey: entry.witnessKey.public,
    formerLogKeys: keysOf(entry.formerLogKeys),
    formerWitnessKeys: keysOf(entry.formerWitnessKeys),
  };
}

/** The next link of a line: the roster lists it with its next version. */
function withSuccessor(view: Member, { role, next }: Successor): Member {
  if (role === "log")
    return { ...view, logKey: next.public, formerLogKeys: [...view.formerLogKeys, view.logKey] };
  const formerWitnessKeys = [...view.formerWitnessKeys, view.witnessKey];
  return { ...view, witnessKey: next.public, formerWitnessKeys };
}

function viewOfKey({ public: key, from, until, since, cutoff }: ListedIdentityKey): IdentityKeyEntry {
  return { keyId: keyIdOf(key), public: key, from, until, since, ...(cutoff && { cutoff }) };
}

/** A card ends with its key, if that is sooner. */
function viewOfCard(content: CardContent, keyEnds: number): MemberCard {
  const known = cardViews.get(content);
  if (known) return known;
  const { key, version, addresses, epoch } = content;
  const view = {
    ...{ keyId: key, version, addresses, epoch },
    peerIds: peerIdsOf(content),
    expires: Math.min(content.expires, keyEnds),
    sealingKeys: content.sealingKeys.map((each) => ({
      id: sealingKeyId(each.public),
      public: each.public,
      from: each.from,
      until: each.until,
    })),
  };
  cardViews.set(content, view);
  return view;
}
