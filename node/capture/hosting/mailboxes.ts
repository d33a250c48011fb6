/** Mailboxes that a domain should have for abuse by convention (RFC 2142). Nobody has said that they exist. */
import { getDomain } from "tldts";

/** To be proposed to a person only, and only where no registry names a contact. None for a host without a domain. */
export function conventionalMailboxes(host: string): string[] {
  const domain = getDomain(host);
  return domain === null ? [] : [`abuse@${domain}`, `postmaster@${domain}`];
}
