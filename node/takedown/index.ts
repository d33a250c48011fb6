/**
 * Notices to providers and the watch until a URL is gone: in the contact's language with XARF for many URLs, by mail, by a
 * provider's interface or by hand, traced and compared by hash just before they leave, never with a picture or a person's
 * name; what comes back is matched to its notice; re-checks tell a removal from an outage.
 *
 *   approve -> enqueue (grouping, one at a time) -> send (held? day full? traced, looked at, written, marked) -> handover
 *   -> sent, the watch begins -> recheck -> escalate: told again, the next step of the ladder, or a person (cases, board)
 *   replies/: what the mail server hands on -> read -> bounce, automatic or an answer, on record with its notice
 */
import type { Caller, Route } from "../accounts/index.ts";
import type { Hosting } from "../casework/index.ts";
import type { Reader } from "../store/index.ts";
import { checkBody } from "./api/requests.ts";
import type { Unit } from "../commit/index.ts";
import { approveNotice, type Approved } from "./approve.ts";
import { cases, registerCases } from "./cases.ts";
import { proposedContact } from "./contacts.ts";
import type { Context, MoveHandler, OutcomeHandler, TakedownServices } from "./context.ts";
import { createPace } from "./pace.ts";
import { recheckHandler } from "./recheck.ts";
import { listenForReplies, type ReplyListener } from "./replies/listener.ts";
import {
  endHold,
  holdHandler,
  holdJob,
  holdRoutes,
  isHeld,
  placeHold,
  takeClassified,
  type Hold,
  type HoldHandler,
  type NewHold,
} from "./holds/index.ts";
import { takedownRoutes } from "./routes.ts";
import { recheckJob } from "./schedule.ts";
import { registerSend } from "./send.ts";
import { readTexts } from "./texts.ts";

export { createPoster, type Poster } from "./api/poster.ts";
export { createMailer, type Mailer, type SmtpSettings } from "./smtp.ts";
export type { NoticeOutcome, TakedownServices } from "./context.ts";
export type { Hold, HoldEvent } from "./holds/index.ts";
export { pictureHash } from "./picture.ts";
export type { FetchForLook } from "./look.ts";

export interface Takedown {
  /** Opens the listener for answers, if one is configured. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Where answers are taken, once started; 0 without a listener. */
  readonly repliesPort: number;
  /** Approves the notice of a report that is hosted here; see `approveNotice` for what is refused. */
  approve(report: string, contact: string, caller: Caller): Promise<Approved>;
  /** Told inside the unit in which it happened. */
  onOutcome(handler: OutcomeHandler): void;
  onMoved(handler: MoveHandler): void;
  /** Police ask that a provider is not told yet, or move the end; see `placeHold` for what is refused. */
  placeHold(unit: Unit, hold: NewHold): Promise<Hold>;
  /** @throws `takedown/no-such-hold` */
  endHold(unit: Unit, hold: string, end: Parameters<typeof endHold>[3]): Promise<Hold>;
  /** Told how a hold goes, inside the unit in which it happened. */
  onHold(handler: HoldHandler): void;
  routes(): Route[];
}

/**
 * Registers its jobs, and tells casework where notices would go.
 * @throws `takedown/invalid-text`, `takedown/two-languages`, `takedown/invalid-body` for data that cannot be used
 */
export function createTakedown(services: TakedownServices): Takedown {
  const { settings, federation, casework, jobs } = services;
  const { contact, organisation } = settings.sender;
  const domain = contact.slice(contact.lastIndexOf("@") + 1);
  const context: Context = {
    ...services,
    sender: { org: organisation ?? federation.self.name, contact, domain },
    texts: readTexts(settings.texts),
    outcomes: [],
    moved: [],
    pace: createPace(settings.rechecks.hostInterval, services.clock),
    held: (reader, report) => isHeld(context, reader, report),
    holdEvents: [],
  };
  for (const { api } of settings.contacts) if (api) checkBody(api);
  registerSend(context);
  registerCases(context);
  jobs.register(recheckJob, recheckHandler(context), { together: settings.rechecks.together });
  jobs.register(holdJob, holdHandler(context));
  casework.on("classified", async (unit, report, items, { member }) => {
    if (member === federation.self.id) await takeClassified(context, unit, report, items);
  });
  casework.provideContact((reader, hosting, report) => contactFor(context, reader, hosting, report));
  let listener: ReplyListener | undefined;
  return {
    async start() {
      const { address } = settings.replies;
      if (address !== undefined) listener = await listenForReplies(context, { ...settings.replies, address });
    },
    async stop() {
      await listener?.stop();
    },
    get repliesPort() {
      return listener?.port ?? 0;
    },
    approve: (report, address, caller) => approveNotice(context, report, address, caller),
    onOutcome: (handler) => void context.outcomes.push(handler),
    onMoved: (handler) => void context.moved.push(handler),
    placeHold: (unit, hold) => placeHold(context, unit, hold),
    endHold: (unit, hold, end) => endHold(context, unit, hold, end),
    onHold: (handler) => void context.holdEvents.push(handler),
    routes: () => [...takedownRoutes(context), ...holdRoutes(context)],
  };
}

/** The contact that a person would be asked about: of the step at which the report stands. */
async function contactFor(context: Context, reader: Reader, hosting: Hosting, report: string) {
  const { asking } = (await reader.get(cases, report)) ?? {};
  return proposedContact(context, reader, hosting, asking?.step);
}
