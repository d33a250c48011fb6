/** Where a notice goes: the abuse contact that is configured for the host; each address needs a person's approval before its first use. */
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import type { AbuseContact, Hosting } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import type { HostingOverride } from "../configuration/index.ts";
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

/**
 * What the configuration proposes for this host: the contact of the host itself, else of its provider. Nothing configured
 * is not "there is none": a person enters one.
 */
export async function proposedContact(
  { settings, overrides }: Context,
  reader: Reader,
  hosting: Hosting,
): Promise<AbuseContact | undefined> {
  const ofHost = overrides.find((one) => one.abuse !== undefined && isOverrideOf(one, hosting.host));
  const ofProvider = settings.contacts.find((one) => one.provider === hosting.provider);
  const abuse = ofHost?.abuse ?? ofProvider?.abuse;
  if (abuse === undefined) return undefined;
  const address = contactAddress(abuse);
  return { address, source: "configured", approved: await reader.has(contacts, blind(address)) };
}

/** `host` may carry a port, as in the hosting of a site that does not use its scheme's own. */
function isOverrideOf({ host, port }: HostingOverride, hostWithPort: string): boolean {
  const [, name, given] = /^(.*?)(?::(\d+))?$/u.exec(hostWithPort) ?? [];
  if (name !== host && hostWithPort !== host) return false;
  return port === undefined || given === undefined || Number(given) === port;
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
