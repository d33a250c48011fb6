/** Short names for what the API shows; the shapes are made from its schemas. */
import type { components } from "./api-types.ts";

type Views = components["schemas"];
export type ReportSummary = Views["ReportSummary"];
export type ReportDetail = Views["ReportDetail"];
export type Item = Views["ItemView"];
export type Verdict = Views["AssessmentView"]["verdict"];
export type Facts = Views["AssessmentView"]["facts"];
export type Escalation = Views["EscalationView"];
export type CaptureState = Views["CaptureView"];
export type KeptTrace = Views["KeptTraceView"];
export type HostingTrace = KeptTrace["trace"];
export type NoticeSummary = Views["NoticeView"];
export type NoticeDetail = Views["NoticeDetail"];
export type NoticePreview = Views["NoticePreview"];
export type NoticeWords = Views["WordsView"];
export type TakedownRow = Views["TakedownRow"];
export type WaitingContact = Views["WaitingContact"];
export type Hold = Views["HoldView"];
export type PlacedHold = Views["PlacedHoldView"];
export type HoldStatistic = Views["HoldStatisticView"];
export type CourtExport = Views["ExportView"];
export type Acquisition = Views["AcquisitionView"];
export type WebArchive = Views["ArchiveView"];
export type CameraData = Views["CameraView"];
export type ReportClocks = Views["ReportClocksView"];
export type ClockStatistic = Views["ClockStatisticView"];
export interface ClockList {
  readonly clocks: readonly Views["ClockView"][];
}
export type Contribution = Views["ContributionView"];
export type MaterialRequest = Views["MaterialRequestView"];
export type HoldersFound = Views["HoldersView"];
export type Adverts = Views["AdvertsView"];
export type ConversationSummary = Views["ConversationSummary"];
export type ConversationDetail = Views["ConversationDetail"];
export type Message = Views["MessageView"];
export type Marking = Message["marking"];
export type Matter = Views["MatterView"];
export type Reference = Views["MessageReferenceView"];
export type Pointer = Views["PointerView"];
/** A report that a conversation could be about, and whom it concerns. */
export interface MatterWithMembers {
  readonly matter: Matter;
  readonly members: readonly Views["MemberLabel"][];
  /** Most characters of a message. */
  readonly length: number;
}
export type Federation = Views["FederationView"];
export type Expiry = Views["ExpiryView"];
export type Finding = Views["FindingView"];
export type Membership = Views["MembershipView"];
export type Draft = Views["DraftView"];
export type Change = Draft["changes"][number];
export type Custody = Views["CustodyView"];
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly signIn: string;
  readonly roles: readonly string[];
  readonly disabled?: number;
}
/** How each part of the node is, by its name. */
export interface Health {
  readonly parts: Readonly<Record<string, HealthPart>>;
}
interface HealthPart {
  readonly state: "working" | "degraded" | "stopped";
  /** A stable code that says why it does not work. */
  readonly code?: string;
  readonly since: number;
}
