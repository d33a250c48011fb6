/**
 * Reports and what becomes of them: filing, capture, matching, drafts and completion, verdicts weighed by named rules,
 * every action and time, and looking at material under control. Desks and takedown add what a role does with it, through
 * the handlers offered here, inside the same units.
 */
import type { PayloadOf } from "@wardline/protocol/statements";
import type { SharedItem } from "@wardline/protocol/statements";
import type { Caller, Route } from "../accounts/index.ts";
import type { Hosting as TracedHosting } from "../capture/index.ts";
import type { Unit } from "../commit/index.ts";
import type { Competence } from "../jurisdiction/index.ts";
import type { Reader } from "../store/index.ts";
import { accessTo } from "./access.ts";
import { applyRecords } from "./adverts.ts";
import { registerCapture } from "./capture.ts";
import {
  addAction,
  addFeedback,
  changeReport,
  closeReport,
  retryCapture,
  setOnline,
  sharedItem,
} from "./changes.ts";
import { clockRoutes } from "./clocks/index.ts";
import { completeReport } from "./complete.ts";
import {
  competence,
  labelOf,
  voicesFor,
  type AbuseContact,
  type CaseworkHandlers,
  type CaseworkServices,
  type Context,
  type MatterSource,
  type MemberLabel,
  type PointerSource,
} from "./context.ts";
import { conversationRoutes, registerConversations } from "./conversations/index.ts";
import { putDraft } from "./drafts.ts";
import {
  acquisitionOf,
  archiveNames,
  archivesOf,
  type Archive,
  type ItemAcquisition,
} from "./evidence/index.ts";
import { fileReport, type Filed, type Filing } from "./filing.ts";
import { hostingRoutes, registerRetrace, takeTrace } from "./hosting/index.ts";
import { advertRoutes, disputedRecords, registerDisputes } from "./lens/index.ts";
import { createNearMatches } from "./near.ts";
import { detailOf, type ReportDetail } from "./present.ts";
import { findItem, findReport, itemsOf, reportsIn, requireReport } from "./reading.ts";
import { checkShared, receiveAssessments, receiveReport, type Received } from "./receive.ts";
import { items, reports, type Action, type Hosting, type Item, type Report } from "./records.ts";
import { agreedVerdict, type Agreed } from "./rules.ts";
import { createReveals } from "./reveal.ts";
import { captureRoutes, custodyRoutes, itemRoutes, reportRoutes } from "./routes.ts";
import { actionableItems, illegalItems, route } from "./settle.ts";

export * from "./views.ts";
export { compact, without } from "./reading.ts";
export { derivedId, newId } from "./references.ts";
export type { Agreed } from "./rules.ts";
export type {
  AbuseContact,
  CaseworkHandlers,
  CaseworkServices,
  Matter,
  MemberLabel,
  PointerSource,
} from "./context.ts";
export type { Action, Assessment, Hosting, Item, Report, ReportState, Timestamps } from "./records.ts";

/** Where the next notice about a report, hosted there, would go. */
type ContactSource = (reader: Reader, hosting: Hosting, report: string) => Promise<AbuseContact | undefined>;

/** Functions that take a unit do their work in it: together with the caller's, or not at all. */
export interface Casework {
  /** Reads the feeds into the index of near matches; call once before the doors open. */
  start(): Promise<void>;
  /** Ends the thread that matches. */
  stop(): Promise<void>;
  /** Told in the order of registration, inside the unit. */
  on<Name extends keyof CaseworkHandlers>(name: Name, handler: CaseworkHandlers[Name]): void;
  /** Says where the next notice about a report would go. */
  provideContact(contact: ContactSource): void;

  /** Lets conversations be about what a desk keeps of other members' reports. */
  provideMatters(source: MatterSource): void;
  /** Lets messages point at what a desk keeps. */
  providePointers(source: PointerSource): void;

  fileReport(unit: Unit, filing: Filing): Promise<Filed>;
  receiveReport(unit: Unit, from: string, payload: PayloadOf<"report.forward">): Promise<Received>;
  receiveAssessments(unit: Unit, from: string, payload: PayloadOf<"assessment.share">): Promise<void>;
  complete(unit: Unit, report: string, caller: Caller): Promise<Report>;
  draft(unit: Unit, item: string, verdict: Parameters<typeof putDraft>[3], caller: Caller): Promise<void>;
  close(unit: Unit, report: string, reason: string, caller: Caller): Promise<Report>;
  retryCapture(unit: Unit, report: string, caller: Caller): Promise<Report>;
  /** Who deals with the report, by its hosting and the roster as they are now. */
  competent(report: Report): Competence;
  /**
   * Takes a later trace of the report's URL into its history; when the site has moved, the report is routed anew. Answers
   * whether it has. @throws `casework/no-such-report`
   */
  traced(unit: Unit, report: string, hosting: TracedHosting): Promise<boolean>;
  /** Routes anew, after the host has changed. */
  reroute(unit: Unit, report: string): Promise<Report>;

  /** @throws `casework/no-such-report` */
  report(reader: Reader, id: string): Promise<Report>;
  findReport(reader: Reader, id: string): Promise<Report | undefined>;
  /** All reports in a state, in the order of its queue. */
  reportsIn(reader: Reader, state: Report["state"]): AsyncIterable<Report>;
  itemsOf(reader: Reader, report: string): Promise<Item[]>;
  item(reader: Reader, id: string): Promise<Item | undefined>;
  /** Files of the web archive of a report's captures, oldest first. */
  archives(reader: Reader, report: string): Promise<Archive[]>;
  /** How an item came to be here; nothing for one that was told by another member. */
  acquisition(reader: Reader, item: string): Promise<ItemAcquisition | undefined>;
  /** What a request to the report's site carries: what its reporter gave to get in. */
  access(reader: Reader, report: string): ReturnType<typeof accessTo>;
  detail(reader: Reader, report: string, caller: Caller): Promise<ReportDetail>;
  illegal(report: Report, all: readonly Item[]): Item[];
  /** The agreed verdict and the rule that made it; undefined while nothing counts. */
  agreed(report: Report, item: Item): Agreed | undefined;
  /** Illegal items on which this organisation may act (notice, escalation). */
  actionable(reader: Reader, report: Report, all: readonly Item[]): Promise<Item[]>;
  /** @throws `casework/not-your-report` unless the report is shared with this member */
  checkShared(report: Report, member: string): void;
  shared(report: Report, item: Item): SharedItem;
  label(member: string): MemberLabel;

  change(unit: Unit, report: string, change: (report: Report) => Report): Promise<Report>;
  addAction(unit: Unit, report: string, items: readonly string[], action: Action): Promise<void>;
  addFeedback(unit: Unit, report: string, answer: Report["feedback"][number]): Promise<void>;
  setOnline(unit: Unit, report: string, changes: ReadonlyMap<string, Item["online"]>): Promise<void>;

  /** Names of everything in the vault that an item refers to. */
  vaultNames(reader: Reader): AsyncIterable<string>;
  reportRoutes(): Route[];
  itemRoutes(): Route[];
  custodyRoutes(): Route[];
  conversationRoutes(): Route[];
  /** Who says what of a hash. */
  advertRoutes(): Route[];
}

export function createCasework(services: CaseworkServices): Casework {
  const context: Context = {
    ...services,
    get self() {
      return services.federation.self;
    },
    handlers: { classified: [], reassessed: [], closed: [] },
    matters: [],
    pointers: [],
    contact: async () => undefined,
    near: createNearMatches(services.settings, () => undisputed(services)),
  };
  const reveals = createReveals(context);
  registerCapture(context);
  registerRetrace(context);
  registerConversations(context);
  registerDisputes(context);
  services.federation.onRecords((unit, author, records) => applyRecords(context, unit, author, records));

  return {
    start: () => context.near.start(),
    stop: () => context.near.stop(),
    on: (name, handler) => void context.handlers[name].push(handler),
    provideContact: (contact) => void (context.contact = contact),
    provideMatters: (source) => void context.matters.push(source),
    providePointers: (source) => void context.pointers.push(source),

    fileReport: (unit, filing) => fileReport(context, unit, filing),
    receiveReport: (unit, from, payload) => receiveReport(context, unit, from, payload),
    receiveAssessments,
    complete: (unit, report, caller) => completeReport(context, unit, report, caller),
    draft: (unit, item, verdict, caller) => putDraft(context, unit, item, verdict, caller),
    close: (unit, report, reason, caller) => closeReport(context, unit, report, reason, caller),
    retryCapture: (unit, report, caller) => retryCapture(context, unit, report, caller),
    competent: (report) => competence(context, report),
    traced: (unit, report, hosting) => takeTrace(context, unit, report, hosting),
    reroute: async (unit, report) =>
      route(context, unit, await requireReport(unit, report), await itemsOf(unit, report)),

    report: requireReport,
    findReport,
    reportsIn,
    itemsOf,
    item: findItem,
    archives: archivesOf,
    acquisition: acquisitionOf,
    access: async (reader, report) => accessTo(reader, await requireReport(reader, report)),
    detail: async (reader, report, caller) =>
      detailOf(context, reader, await requireReport(reader, report), caller),
    illegal: (report, all) => illegalItems(context, report, all),
    agreed: (report, item) => agreedVerdict(item.assessments, voicesFor(context, report)),
    actionable: (reader, report, all) => actionableItems(context, reader, report, all),
    checkShared,
    shared: (report, item) => sharedItem(context, report, item),
    label: (member) => labelOf(context, member),

    change: changeReport,
    addAction,
    addFeedback: (unit, report, answer) => addFeedback(context, unit, report, answer),
    setOnline,

    vaultNames,
    reportRoutes: () => [
      ...reportRoutes(context),
      ...captureRoutes(context),
      ...hostingRoutes(context),
      ...clockRoutes(context),
    ],
    itemRoutes: () => itemRoutes(context, reveals),
    custodyRoutes: () => custodyRoutes(context),
    conversationRoutes: () => conversationRoutes(context),
    advertRoutes: () => advertRoutes(context),
  };
}

/** What near matches are made of: every live record about which no dispute is open. */
async function* undisputed({ commit, federation }: CaseworkServices) {
  const disputed = await disputedRecords(commit);
  for await (const one of federation.liveRecords()) if (!disputed.has(one.record.id)) yield one;
}

async function* vaultNames(reader: Reader): AsyncIterable<string> {
  for await (const { value } of reader.list(items, {})) {
    if (value.original !== undefined) yield value.original;
    if (value.preview !== undefined) yield value.preview;
  }
  for await (const { value } of reader.list(reports, {}))
    for (const { screenshot } of value.pages) if (screenshot) yield* Object.values(screenshot);
  yield* archiveNames(reader);
}
