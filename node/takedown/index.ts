/**
 * Notices to providers and the watch until a URL is gone: one mail with XARF for many URLs, traced and compared by hash
 * just before it leaves, never with a picture or a person's name; re-checks that tell a removal from an outage.
 */
import type { Caller, Route } from "../accounts/index.ts";
import type { Unit } from "../commit/index.ts";
import { approveNotice, type Approved } from "./approve.ts";
import { proposedContact } from "./contacts.ts";
import type { Context, MoveHandler, OutcomeHandler, TakedownServices } from "./context.ts";
import { createPace } from "./pace.ts";
import { recheckHandler } from "./recheck.ts";
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

export { createMailer, type Mailer, type SmtpSettings } from "./smtp.ts";
export type { NoticeOutcome, TakedownServices } from "./context.ts";
export type { Hold, HoldEvent } from "./holds/index.ts";
export { pictureHash } from "./picture.ts";
export type { FetchForLook } from "./look.ts";

export interface Takedown {
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

/** Registers its jobs, and tells casework where notices would go. */
export function createTakedown(services: TakedownServices): Takedown {
  const { settings, federation, casework, jobs } = services;
  const { contact, organisation } = settings.sender;
  const domain = contact.slice(contact.lastIndexOf("@") + 1);
  const context: Context = {
    ...services,
    sender: { org: organisation ?? federation.self.name, contact, domain },
    outcomes: [],
    moved: [],
    pace: createPace(settings.rechecks.hostInterval, services.clock),
    held: (reader, report) => isHeld(context, reader, report),
    holdEvents: [],
  };
  registerSend(context);
  jobs.register(recheckJob, recheckHandler(context), { together: settings.rechecks.together });
  jobs.register(holdJob, holdHandler(context));
  casework.on("classified", async (unit, report, items, { member }) => {
    if (member === federation.self.id) await takeClassified(context, unit, report, items);
  });
  casework.provideContact((reader, hosting) => proposedContact(context, reader, hosting));
  return {
    approve: (report, address, caller) => approveNotice(context, report, address, caller),
    onOutcome: (handler) => void context.outcomes.push(handler),
    onMoved: (handler) => void context.moved.push(handler),
    placeHold: (unit, hold) => placeHold(context, unit, hold),
    endHold: (unit, hold, end) => endHold(context, unit, hold, end),
    onHold: (handler) => void context.holdEvents.push(handler),
    routes: () => [...takedownRoutes(context), ...holdRoutes(context)],
  };
}
