/** Where a notice goes: the abuse contact that is configured for the host; each address needs a person's approval before its first use. */
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import type { AbuseContact, Hosting } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import { blind, type Reader } from "../store/index.ts";
import type { Context } from "./context.ts";
import { contacts } from "./records.ts";

const emailSchema = z.email().max(254);

/** The address in the form under which it is remembered. @throws `takedown/invalid-contact` */
export function contactAddress(input: string): string {
  const parsed = emailSchema.safeParse(input.trim().toLowerCase());
  if (parsed.success) return parsed.data;
  throw new WardlineError("takedown/invalid-contact", "This is not a mail address.", {
    advice: "Give the abuse address of the provider, like abuse@provider.example.",
  });
}

/** What the configuration proposes for this host. Nothing configured is not "there is none": a person enters one. */
export async function proposedContact(
  { settings }: Context,
  reader: Reader,
  hosting: Hosting,
): Promise<AbuseContact | undefined> {
  const configured = settings.contacts.find((one) => matches(one, hosting));
  if (!configured) return undefined;
  const address = contactAddress(configured.abuse);
  return { address, source: "configured", approved: await reader.has(contacts, blind(address)) };
}

function matches(
  one: { host?: string | undefined; provider?: string | undefined },
  hosting: Hosting,
): boolean {
  if (one.host !== undefined)
    return one.host === hosting.host || one.host === hosting.host.replace(/:\d+$/u, "");
  return one.provider !== undefined && one.provider === hosting.provider;
}

/** Remembers that a person approved the address; once is enough for all later notices to it. */
export async function approveContact(
  unit: Unit,
  address: string,
  report: string,
  pseudonym: string,
): Promise<void> {
  if (await unit.has(contacts, blind(address))) return;
  unit.put(contacts, [blind(address)], { address, approvedAt: unit.now, approvedBy: pseudonym });
  unit.record({ kind: "contact.approved", subject: [report], actor: `person:${pseudonym}`, detail: {} });
}
