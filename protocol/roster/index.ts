/**
 * Roster: who belongs to the federation. Root, roster, freshness, emergency suspension and member card are signed files
 * after The Update Framework's rules; a `Trust` is what a node believes after taking them, an immutable value:
 *
 *   let trust = startTrust(rootFile, now);            // the federation id is the hash of that file
 *   trust = acceptRoster(trust, rosterFile, now);     // or throws, and `trust` stays what it was
 *   trust = acceptFreshness(trust, freshnessFile, now);
 *   trust = acceptCard(trust, cardFile, now);
 *   const key = sealingKeyFor(trust, memberId, now);  // none: the statement waits
 *
 * To make a file: `buildX(value)` gives the bytes, `signFile` one signature each, `{ bytes, signatures }` is the file.
 * A refusal `…/two-of-one-version` carries its `evidenceOf(error)`: give it to `keepEvidence`, store the trust, pass it on.
 */
export type { FileType } from "./fields.ts";
export {
  decodeFile,
  encodeFile,
  fileHash,
  signFile,
  type FederationFile,
  type FileSignature,
} from "./file.ts";
export { buildRoot, readRoot, type RegistrarKey, type Root, type RootKey } from "./root.ts";
export {
  buildRoster,
  memberKinds,
  readRoster,
  type Cutoff,
  type FormerKey,
  type FreshnessKey,
  type Handover,
  type ListedIdentityKey,
  type ListedSingleKey,
  type MemberKind,
  type MemberStatus,
  type Roster,
  type RosterEntry,
} from "./roster.ts";
export {
  buildFreshness,
  buildSuspension,
  readFreshness,
  readSuspension,
  type Freshness,
  type Suspension,
} from "./freshness.ts";
export { buildCard, readCard, type CardContent, type ListedSealingKey } from "./card.ts";
export { listPeer, peerIdOf, type ListedPeer } from "./peers.ts";
export { provePair, proveSingle, type PairRole, type SingleRole } from "./possession.ts";
export { makeHandover, type LineRole } from "./handover.ts";
export { wordsFor, wordsOfHash, type CandidateKeys } from "./words.ts";
export {
  checkDraft,
  draftTypeOf,
  freshnessHolders,
  draftTypes,
  progressOf,
  rolesFor,
  type DraftType,
  type FreshnessHolder,
  type Signer,
  type SigningProgress,
} from "./draft.ts";
export { changedThings, changeKinds, changesIn, rosterChanges, type Change } from "./changes.ts";
export { changedFacts, hasNewKeys, type ChangedFact } from "./member-changes.ts";
export { expiriesOf, expiringThings, expiryLevels, type Expiry } from "./expiry.ts";
export { signersOf, type Role } from "./threshold.ts";
export { checkMemberKeys } from "./roster-rules.ts";
export { isDisputed, startTrust, type Held, type Trust } from "./trust.ts";
export { decodeTrust, encodeTrust } from "./trust-codec.ts";
export { acceptRoot } from "./accept-root.ts";
export { acceptRoster } from "./accept-roster.ts";
export { acceptFreshness, acceptSuspension } from "./accept-freshness.ts";
export { inForce } from "./suspensions.ts";
export {
  checkFreshnessProposal,
  checkSuspensionProposal,
  nextFreshness,
  type LastSigned,
} from "./proposal.ts";
export { acceptCard } from "./accept-card.ts";
export { acceptSuccessor } from "./accept-successor.ts";
export {
  buildSuccessor,
  checkSuccessor,
  nameOfSuccessor,
  readSuccessor,
  type Successor,
} from "./successor.ts";
export { verifyCheckpoint } from "./key-lines.ts";
export { evidenceOf, type Evidence } from "./evidence.ts";
export { keepEvidence } from "./keep-evidence.ts";
export { acceptInvite, buildInvite } from "./invite.ts";
export {
  card,
  cardFile,
  freshnessOf,
  identityKey,
  member,
  members,
  rosterVersion,
  sealingKeyFor,
  type IdentityKeyEntry,
  type Member,
  type MemberCard,
  type SealingKeyEntry,
} from "./reading.ts";
export { memberOfPeer } from "./peer-index.ts";
