/**
 * Collecting what mailboxes keep for this node: on meeting one, and again while connected. Each container is judged as if its
 * sender had brought it; the receipt goes back the same way, or straight to the sender when it is here; then it is acknowledged.
 */
import { encodeCbor, isWardlineError } from "@wardline/protocol/encoding";
import { inspectHeader } from "@wardline/protocol/envelope";
import type { MemberId } from "@wardline/protocol/identity";
import { acknowledge } from "@wardline/protocol/mailbox";
import { freshnessOf, type Trust } from "@wardline/protocol/roster";
import type { Clock, Log } from "../../telemetry/index.ts";
import type { Keyring } from "../../vault/index.ts";
import { can } from "../capabilities.ts";
import { isOurFault, type Receiver } from "../delivery/receiver.ts";
import type { Link, Links } from "../hello/links.ts";
import { readMessage } from "../transport/messages.ts";
import type { Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import type { Placing } from "./placing.ts";
import { collectedSchema, type MailboxRequest } from "./wire.ts";

/** Pages of one run. An honest mailbox keeps less for one member; from another one we do not collect for ever. */
const MOST_PAGES = 1024;

export interface CollectorServices {
  readonly protocol: Protocol;
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly keyring: Keyring;
  readonly links: Links;
  readonly registrar: () => Registrar;
  readonly receiver: Pick<Receiver, "take">;
  readonly takeReceipt: (container: Uint8Array) => Promise<void>;
  readonly placing: Placing;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Collector {
  /** Collects from this member, unless that is under way. */
  from(link: Link): Promise<void>;
  /** Collects from every mailbox that is connected. */
  fromAll(): Promise<void>;
  /** Code of what the operator should know of a mailbox. */
  noteOn(member: MemberId): string | undefined;
}

/** `taken`: here, or never to be; the mailbox may forget it. `left`: perhaps later. `stop`: nothing can be taken now. */
type Outcome = "taken" | "left" | "stop";

/** What an honest mailbox has refused itself, so that it must have altered it since. */
const alterations = ["truncated", "magic", "suite", "length", "trailing-bytes", "signature", "recipient"];
const passing = ["envelope/roster-ahead", "envelope/from-the-future", "federation/quarantined"];

export function createCollector(services: CollectorServices): Collector {
  const { protocol, self, trust, keyring, links, placing, clock, log } = services;
  const collecting = new Set<MemberId>();
  const notes = new Map<MemberId, string>();

  const ask = (link: Link, request: MailboxRequest) =>
    services.registrar().ask(link.connection, protocol, encodeCbor(request));

  async function from(link: Link): Promise<void> {
    if (collecting.has(link.member) || !isMailbox(link)) return;
    // What would only be kept unopened is better kept there.
    if (freshnessOf(trust(), clock.now()) === "expired") return;
    collecting.add(link.member);
    try {
      await collect(link);
    } catch (error) {
      const code = isWardlineError(error) ? error.code : "internal";
      log.info({ member: link.member, code }, "a mailbox was not emptied");
    } finally {
      collecting.delete(link.member);
    }
  }

  const isMailbox = (link: Link) => can(trust(), link.member, "mailbox") && placing.speaks(link);

  async function collect(link: Link): Promise<void> {
    let after = 0;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { kept, more } = readMessage(collectedSchema, await ask(link, { kind: "collect", after }));
      const acknowledgements: Uint8Array[] = [];
      let outcome: Outcome = "taken";
      for (const { number, container } of kept) {
        // What does not rise would come again for ever.
        outcome = number > after ? await take(container, link) : "stop";
        after = number;
        if (outcome === "stop") break;
        if (outcome === "taken") acknowledgements.push(acknowledgementOf(container));
      }
      if (acknowledgements.length > 0) await ask(link, { kind: "acknowledge", acknowledgements });
      if (outcome === "stop" || !more || kept.length === 0) return;
    }
  }

  async function take(container: Uint8Array, link: Link): Promise<Outcome> {
    try {
      const { kind, sender } = inspectHeader(container);
      if (kind === "receipt") await services.takeReceipt(container);
      else await sendBack(await services.receiver.take(container, link), sender);
      return "taken";
    } catch (error) {
      return outcomeOf(error, link);
    }
  }

  function outcomeOf(error: unknown, { member }: Link): Outcome {
    if (!isWardlineError(error)) {
      log.error({ error }, "an envelope from a mailbox was not taken");
      return "left";
    }
    if (isOurFault(error)) return "stop";
    if (passing.includes(error.code)) return "left";
    if (error.code === "envelope/replayed") return "taken";
    log.warn({ member, code: error.code }, "an envelope from a mailbox was refused");
    if (!alterations.some((what) => error.code === `envelope/${what}`)) return "taken";
    notes.set(member, "mailbox/altered");
    return "left";
  }

  /** A receipt that gets lost is made again with the sender's next attempt. */
  async function sendBack(receipt: Uint8Array, sender: MemberId): Promise<void> {
    const direct = links.to(sender);
    if (direct && placing.speaks(direct) && (await placing.leave(receipt, direct))) return;
    for (const link of placing.choose(placing.mailboxesFor(sender), [])) await placing.leave(receipt, link);
  }

  const acknowledgementOf = (container: Uint8Array) => {
    const signer = { recipient: self, key: keyring.identity };
    return acknowledge(container, signer, trust().federationId, clock.now());
  };

  return {
    from,
    async fromAll() {
      for (const link of links.all()) await from(link);
    },
    noteOn: (member) => notes.get(member),
  };
}
