/** The federation as the floors above see it. */
import type { AdvertRecord, Audience } from "@wardline/protocol/adverts";
import type { WardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { FederationFile, Member, Trust } from "@wardline/protocol/roster";
import type { SignedStatement, StatementType } from "@wardline/protocol/statements";
import type { Unit } from "../commit/index.ts";
import type { Reader } from "../store/index.ts";
import type { HolderFound } from "./announcements/announcements.ts";
import type { DelegatedKey } from "./ceremony.ts";
import type { Saying } from "./delivery/outbox.ts";
import type { StatementHandler } from "./delivery/receiver.ts";
import type { RecordWithAuthor } from "./feeds/collections.ts";
import type { Advert, RecordsHandler } from "./feeds/feeds.ts";
import type { Finding } from "./findings.ts";
import type { Freshness } from "./freshness/freshness.ts";
import type { Holder } from "./feeds/holders.ts";
import type { PlacedDelivery } from "./mailbox/collections.ts";
import type { MailboxView } from "./mailbox/keeper.ts";
import type { Material } from "./material/material.ts";
import type { FileKind } from "./membership/files.ts";
import type { AcceptedFiles } from "./membership/membership.ts";
import type { Incident, OveruseTotals } from "./transport/fairness.ts";
import type { ProtocolCounts } from "./transport/protocol.ts";

/** A member as the operator sees it. */
export interface MemberStanding {
  readonly id: MemberId;
  readonly name: string;
  readonly country: string;
  readonly kind: Member["kind"];
  readonly status: Member["status"];
  readonly self: boolean;
  /** A hello was exchanged on a connection that is open. */
  readonly connected: boolean;
  /** Milliseconds. */
  readonly lastContact?: number;
  /** Statements for it that have no receipt yet. */
  readonly waiting: number;
  /** Its records in force. */
  readonly adverts: number;
  /** Code of something the operator should know. */
  readonly note?: string;
}

/** A statement received, as it was signed. */
export interface ReceivedView extends Pick<SignedStatement, "bytes" | "signature" | "keyId" | "hash"> {
  readonly author: MemberId;
  readonly type: string;
  readonly at: number;
  readonly result: string;
}

export interface Federation {
  /** Listens, publishes the own card, and connects to members. Handlers must be registered before. */
  start(): Promise<void>;
  /** Closes all connections. What waits, waits for the next start. */
  stop(): Promise<void>;
  /** This member, as the roster has it now. */
  readonly self: Member;
  readonly peerId: string;
  trust(): Trust;
  /** Where this node listens, with its peer id. */
  addresses(): string[];

  /**
   * Signs one statement and queues one delivery for each recipient, in the unit. Each is sent until its receipt is in,
   * across restarts of either side. Gives the statement's id. Throws what `checkStatement` throws.
   */
  say<T extends StatementType>(unit: Unit, saying: Saying<T>): Promise<string>;
  /** Says what a type of statement does here. Statements of other types are kept and receipted as unsupported. */
  handle(type: StatementType, handler: StatementHandler): void;
  received(reader: Reader, id: string): Promise<ReceivedView | undefined>;
  /** What was said about a report, to whom, and what became of it; the oldest first. */
  deliveriesAbout(reader: Reader, about: string): Promise<PlacedDelivery[]>;
  /** Whether this member takes part in live announcements of holders. */
  readonly announcing: boolean;
  /**
   * Searches, over the network, members that announce to hold this file: members near its key learn that somebody asks, and
   * those found for which file. Bounded in time and number. Throws `holders/off`.
   */
  askHolders(sha256: string): Promise<HolderFound[]>;
  /** What this node keeps for members that are away. */
  mailboxView(): Promise<MailboxView>;

  /** Appends records to the own feed for this audience: no other member is shown them. A withdrawal goes where its record is. */
  publish(unit: Unit, records: readonly AdvertRecord[], audience: Audience): Promise<void>;
  /** Called with other members' new records, inside the unit that stores them. */
  onRecords(handler: RecordsHandler): void;
  /** Records in force with this SHA-256, own ones included. */
  findBySha256(reader: Reader, sha256: string): Promise<RecordWithAuthor[]>;
  /** All that members said of a file with this SHA-256, SHA-1 or MD5, withdrawn records included. */
  adverts(reader: Reader, digest: string): Promise<Advert[]>;
  /** One record, in force or withdrawn. */
  advert(reader: Reader, author: MemberId, record: string): Promise<Advert | undefined>;
  /** Which other members hold the block at this height of an own feed, as their hellos say: they have applied it. */
  holdersOf(reader: Reader, feed: string, height: number): Promise<Holder[]>;
  /** All records in force, own ones included. */
  liveRecords(): AsyncIterable<RecordWithAuthor>;
  recordsBy(member: MemberId): Promise<number>;

  readonly material: Omit<Material, "answer">;

  membersView(): Promise<MemberStanding[]>;
  /** Takes membership files brought by hand. */
  acceptFiles(
    files: readonly { readonly kind: FileKind; readonly file: FederationFile }[],
  ): Promise<AcceptedFiles>;
  /** What was found of others' misbehaviour, what stops the exchange first. */
  findings(reader: Reader): Promise<Finding[]>;
  /** Called after every change of membership. */
  onMembership(listener: () => void): void;
  /** `ledger/restored` while the node waits for a person to decide how it goes on after a restore. */
  restored(): WardlineError | undefined;
  /** What holders of freshness keys do together, and what people there can do in an emergency. */
  readonly freshness: Pick<Freshness, "view" | "propose" | "sign" | "putAway">;
  /** Keeps delegated freshness keys: from then on this node takes its turn in renewing freshness, and signs with the others. */
  holdFreshnessKeys(keys: readonly DelegatedKey[]): Promise<void>;
  /** What happened on each protocol since the start. */
  counts(): Record<string, ProtocolCounts>;
  /** Which members were over a limit within the last day, and how often each limit was met since the start. */
  overLimit(): { readonly incidents: Incident[]; readonly totals: OveruseTotals };
}
