/**
 * Where a notice goes: for each step of the ladder the contacts that the configuration or the hosting trace names. Each
 * needs a person's approval before its first use, and again after a bounce said that nothing reaches it.
 */
import { getDomain } from "tldts";
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import type { AbuseContact, Hosting } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import type { HostingOverride, TakedownSettings } from "../configuration/index.ts";
import { blind, type Reader } from "../store/index.ts";
import type { TakedownServices } from "./context.ts";
import { contacts, type Contact, type LadderStep, type Way } from "./records.ts";

const emailSchema = z.email().max(254);
type ProviderEntry = TakedownSettings["contacts"][number];
type Known = Pick<TakedownServices, "settings" | "overrides">;

/**
 * The contact in the form under which it is remembered: a mail address in small letters, or a URL in its one form.
 * @throws `takedown/invalid-contact`
 */
export function contactAddress(input: string): string {
  const text = input.trim();
  const url = URL.parse(text);
  if (url && /^https?:$/u.test(url.protocol) && url.username === "" && url.password === "") return url.href;
  const parsed = emailSchema.safeParse(text.toLowerCase());
  if (parsed.success) return parsed.data;
  throw new WardlineError(
    "takedown/invalid-contact",
    "This is neither a mail address nor the address of a form.",
    {
      advice: "Give the abuse address of the provider, like abuse@provider.example, or the URL of its form.",
    },
  );
}

/** A URL that the configuration does not name as an interface is a form: a person sends the notice through it. */
export function wayOf({ settings }: Known, contact: string): Way {
  if (!URL.canParse(contact) || !contact.includes("://")) return "mail";
  return apiOf(settings, contact) ? "api" : "hand";
}

export const apiOf = (settings: TakedownSettings, contact: string): ProviderEntry["api"] =>
  settings.contacts.find(({ api }) => api && contactAddress(api.url) === contact)?.api;

/** The language that is configured for this contact or provider. */
export function languageOf({ settings }: Known, contact: string, provider?: string): string | undefined {
  const named = settings.contacts.filter((one) => addressesOf(one).includes(contact));
  const all = [...named, ...settings.contacts.filter((one) => one.provider === provider)];
  return all.find(({ language }) => language !== undefined)?.language;
}

/** The ways of one provider, the one that counts first. */
const addressesOf = ({ api, abuse, form }: ProviderEntry): string[] =>
  [api?.url, abuse, form].flatMap((one) => (one === undefined ? [] : [contactAddress(one)]));

export interface Candidate {
  address: string;
  /** configured, trace, or rfc2142: an address that every domain should have, not looked up. */
  source: "configured" | "trace" | "rfc2142";
}

/** All contacts that are known for a step, the best first. None known is not "there is none": a person enters one. */
export function candidates({ settings, overrides }: Known, hosting: Hosting, step: LadderStep): Candidate[] {
  const traced = hosting.contacts ?? {};
  const found: Record<LadderStep, Candidate[]> = {
    provider: [
      ...configured(
        overrides.flatMap(({ abuse, ...host }) => (abuse && isOverrideOf(host, hosting.host) ? [abuse] : [])),
      ),
      ...configured(
        settings.contacts.filter(({ provider }) => provider === hosting.provider).flatMap(addressesOf),
      ),
      ...named("trace", traced.cdn, traced.network),
    ],
    "site-owner": [...named("trace", traced.domain), ...named("rfc2142", conventional(hosting.host))],
    registrar: named("trace", traced.registrar),
  };
  const seen = new Set<string>();
  return found[step].filter(({ address }) => !seen.has(address) && seen.add(address));
}

const configured = (addresses: readonly string[]): Candidate[] => named("configured", ...addresses);

/** What a look-up gave is somebody else's text: only what is a contact counts. */
function named(source: Candidate["source"], ...addresses: (string | undefined)[]): Candidate[] {
  return addresses.flatMap((one) => {
    const parsed = emailSchema.safeParse(one?.trim().toLowerCase());
    if (parsed.success) return [{ address: parsed.data, source }];
    return source === "configured" && one !== undefined ? [{ address: contactAddress(one), source }] : [];
  });
}

/** RFC 2142: `abuse@` at the domain that somebody registered. */
function conventional(host: string): string | undefined {
  const domain = getDomain(host);
  return domain === null ? undefined : `abuse@${domain}`;
}

/** `host` may carry a port, as in the hosting of a site that does not use its scheme's own. */
function isOverrideOf({ host, port }: Pick<HostingOverride, "host" | "port">, hostWithPort: string): boolean {
  const [, name, given] = /^(.*?)(?::(\d+))?$/u.exec(hostWithPort) ?? [];
  if (name !== host && hostWithPort !== host) return false;
  return port === undefined || given === undefined || Number(given) === port;
}

/** The best contact of a step that a bounce has not ruled out, and whether a person approved it before. */
export async function proposedContact(
  known: Known,
  reader: Reader,
  hosting: Hosting,
  step: LadderStep = "provider",
): Promise<AbuseContact | undefined> {
  for (const { address, source } of candidates(known, hosting, step)) {
    const contact = await reader.get(contacts, blind(address));
    if (!contact?.undeliverable) return { address, source, approved: contact !== undefined };
  }
  return undefined;
}

/** Remembers that a person approved the contact; once is enough for all later notices to it, until nothing reaches it. */
export async function approveContact(
  unit: Unit,
  address: string,
  report: string,
  pseudonym: string,
): Promise<void> {
  const known = await unit.get(contacts, blind(address));
  if (known && !known.undeliverable) return;
  unit.put(contacts, [blind(address)], { address, approvedAt: unit.now, approvedBy: pseudonym });
  unit.record({ kind: "contact.approved", subject: [report], actor: `person:${pseudonym}`, detail: {} });
}

/** A bounce said so for good. It may be approved again once it has been put right. */
export async function markUndeliverable(unit: Unit, address: string, status: string): Promise<void> {
  const known = await unit.get(contacts, blind(address));
  if (!known || known.undeliverable) return;
  const contact: Contact = { ...known, undeliverable: { at: unit.now, status } };
  unit.put(contacts, [blind(address)], contact);
}
