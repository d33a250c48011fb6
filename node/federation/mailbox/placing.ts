/** Leaving a container with mailboxes: which members keep mail, in which order they are asked, and who is left in peace for now. */
import { concat, encodeCbor, hex, isWardlineError, sha256, unhex } from "@wardline/protocol/encoding";
import { inspectHeader } from "@wardline/protocol/envelope";
import type { MemberId } from "@wardline/protocol/identity";
import { member, type Trust } from "@wardline/protocol/roster";
import type { Clock, Log } from "../../telemetry/index.ts";
import { can } from "../capabilities.ts";
import type { Link, Links } from "../hello/links.ts";
import type { Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import type { MailboxRequest } from "./wire.ts";

export interface PlacingServices {
  readonly protocol: Protocol;
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly links: Links;
  readonly registrar: () => Registrar;
  readonly clock: Clock;
  readonly log: Log;
  /** Mailboxes that get a copy; each in another country. */
  readonly copies: number;
  /** How long a mailbox that refused is not asked again for the same recipient, milliseconds. */
  readonly rest: number;
}

export interface Placing {
  /** Whether what is connected there speaks this protocol. */
  speaks(link: Link): boolean;
  /** Connected members that keep mail for others, those for this recipient first: the same for everybody who writes to it. */
  mailboxesFor(recipient: MemberId): Link[];
  /** Up to as many of these as copies are wanted, beside those that have one, no two in one country. */
  choose(candidates: readonly Link[], has: readonly MemberId[]): Link[];
  /** Leaves a container there. False when it was refused: then it rests. */
  leave(container: Uint8Array, mailbox: Link): Promise<boolean>;
}

export function createPlacing(services: PlacingServices): Placing {
  const { protocol, self, trust, links, clock } = services;
  const resting = new Map<string, number>();

  const speaks = (link: Link) => link.theirs.protocols.includes(protocol.name);
  const rests = (mailbox: MemberId, recipient: MemberId) =>
    (resting.get(`${mailbox} ${recipient}`) ?? 0) > clock.now();
  const countryOf = (id: MemberId) => member(trust(), id)?.country;

  /** Spreads recipients over mailboxes, and keeps what is for one recipient together. */
  const rank = (recipient: MemberId, mailbox: MemberId) =>
    hex(sha256(concat(unhex(recipient, 16), unhex(mailbox, 16))));

  return {
    speaks,
    mailboxesFor: (recipient) =>
      links
        .all()
        .filter((link) => link.member !== self && link.member !== recipient && speaks(link))
        .filter((link) => can(trust(), link.member, "mailbox") && !rests(link.member, recipient))
        .sort((a, b) => (rank(recipient, a.member) < rank(recipient, b.member) ? -1 : 1)),
    choose(candidates, has) {
      const countries = new Set(has.map(countryOf));
      const chosen: Link[] = [];
      for (const link of candidates) {
        if (has.length + chosen.length >= services.copies) break;
        if (countries.has(countryOf(link.member))) continue;
        countries.add(countryOf(link.member));
        chosen.push(link);
      }
      return chosen;
    },
    async leave(container, mailbox) {
      const request: MailboxRequest = { kind: "deposit", container };
      try {
        await services.registrar().ask(mailbox.connection, protocol, encodeCbor(request));
        return true;
      } catch (error) {
        const code = isWardlineError(error) ? error.code : "internal";
        services.log.info({ member: mailbox.member, code }, "a mailbox did not take an envelope");
        const { recipient } = inspectHeader(container);
        resting.set(`${mailbox.member} ${recipient}`, clock.now() + services.rest);
        return false;
      }
    },
  };
}
