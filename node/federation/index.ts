/**
 * Federation: this member's node among the others. Membership by signed files, connections to members only, statements
 * that arrive once and are receipted, feeds of hash records, and material in ranges to whom it was granted.
 *
 * `createFederation` makes the service, `joinFederation` takes the invite that comes before it. `createFederationFiles`
 * and its companions make a federation from software keys, for demonstrations and tests.
 */
export { createFederation, type FederationServices } from "./federation.ts";
export type { Federation, MemberStanding, ReceivedView } from "./types.ts";
export {
  joinFederation,
  openMembership,
  type AcceptedFiles,
  type Membership,
} from "./membership/membership.ts";
export { holderOf } from "./membership/directory.ts";
export { handOver } from "./membership/own-lines.ts";
export { listedNextIdentity } from "./membership/own-identity.ts";
export type { FileKind, OfferedFile } from "./membership/files.ts";
export {
  amendRoster,
  createFederationFiles,
  entryOf,
  renewFreshness,
  suspendMembers,
  type DelegatedKey,
  type FederationFiles,
  type FoundingMember,
} from "./ceremony.ts";
export { epochOf } from "./epochs.ts";
export { continueEpoch, openNextEpoch, viewRestore } from "./recovery.ts";
export { overuses, type Incident } from "./transport/fairness.ts";
export type { Delivery, DeliveryState } from "./delivery/collections.ts";
export type { PlacedDelivery } from "./mailbox/collections.ts";
export type { Saying } from "./delivery/outbox.ts";
export type { ReceivedStatement, StatementHandler } from "./delivery/receiver.ts";
export type { RecordWithAuthor } from "./feeds/collections.ts";
export type { Advert, RecordsHandler } from "./feeds/feeds.ts";
export type { FetchOptions } from "./material/fetch.ts";
export type { Offer } from "./material/offers.ts";
export { RANGE_BYTES } from "./material/ranges.ts";
export type { TransferView } from "./material/transfers.ts";
