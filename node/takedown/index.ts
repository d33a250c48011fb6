/**
 * Notices to providers and the watch until a URL is gone: one mail with XARF for many URLs, traced and compared by hash
 * just before it leaves, never with a picture or a person's name; re-checks that tell a removal from an outage.
 */
import type { Caller, Route } from "../accounts/index.ts";
import { approveNotice, type Approved } from "./approve.ts";
import { proposedContact } from "./contacts.ts";
import type { Context, OutcomeHandler, TakedownServices } from "./context.ts";
import { recheckHandler } from "./recheck.ts";
import { takedownRoutes } from "./routes.ts";
import { recheckJob } from "./schedule.ts";
import { registerSend } from "./send.ts";

export { createMailer, type Mailer, type SmtpSettings } from "./smtp.ts";
export type { NoticeOutcome, TakedownServices } from "./context.ts";
export type { FetchForLook } from "./look.ts";

export interface Takedown {
  /** Approves the notice of a report that is hosted here; see `approveNotice` for what is refused. */
  approve(report: string, contact: string, caller: Caller): Promise<Approved>;
  /** Told inside the unit in which it happened. */
  onOutcome(handler: OutcomeHandler): void;
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
  };
  registerSend(context);
  jobs.register(recheckJob, recheckHandler(context));
  casework.provideContact((reader, hosting) => proposedContact(context, reader, hosting));
  return {
    approve: (report, address, caller) => approveNotice(context, report, address, caller),
    onOutcome: (handler) => void context.outcomes.push(handler),
    routes: () => takedownRoutes(context),
  };
}
