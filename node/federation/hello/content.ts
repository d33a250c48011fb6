/** What a hello says of this node, and what follows from the hellos of others: files, feeds and statements that either side lacks. */
import type { MemberId } from "@wardline/protocol/identity";
import { card, rosterVersion, type Trust } from "@wardline/protocol/roster";
import type { Commit } from "../../commit/index.ts";
import type { Ledger } from "../../ledger/index.ts";
import type { Clock, Log } from "../../telemetry/index.ts";
import type { Contacts } from "../contacts.ts";
import { deliveries, inflows } from "../delivery/collections.ts";
import { emptyInflow, hasArrived } from "../delivery/inflow.ts";
import { beginOf, epochOfNumber, numberOnWire } from "../delivery/numbering.ts";
import type { Outbox } from "../delivery/outbox.ts";
import type { Sync } from "../feeds/sync.ts";
import type { Exchange } from "../membership/exchange.ts";
import type { Link } from "./links.ts";
import type { Hello } from "./wire.ts";

export interface ContentServices {
  readonly self: MemberId;
  readonly epoch: number;
  readonly protocols: readonly string[];
  readonly trust: () => Trust;
  readonly commit: Commit;
  readonly ledger: Ledger;
  readonly contacts: Contacts;
  readonly outbox: Outbox;
  readonly sync: Sync;
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly log: Log;
  /** Difference of clocks that is tolerated, milliseconds. */
  readonly clockSkew: number;
  /** What the member's hello names was compared with what is held here, and pulled. */
  readonly onCompared: (link: Link) => Promise<void>;
}

export interface HelloContent {
  describe(to: MemberId): Promise<Hello>;
  /** @param first - the hello that made the link */
  heard(link: Link, first: boolean): void;
  /** Code of what the operator should know of a member. */
  noteOn(member: MemberId): string | undefined;
}

export function createHelloContent(services: ContentServices): HelloContent {
  const { trust, commit, outbox, sync, clock, log, epoch } = services;
  const notes = new Map<MemberId, string>();

  async function describe(to: MemberId): Promise<Hello> {
    const inflow = (await commit.get(inflows, to)) ?? emptyInflow;
    const checkpoint = services.ledger.checkpoint()?.text;
    return {
      protocols: [...services.protocols],
      now: clock.now(),
      roster: rosterVersion(trust()),
      freshness: trust().freshness?.value.version ?? 0,
      card: card(trust(), services.self)?.version ?? 0,
      epoch,
      sent: numberOnWire(await outbox.highestSequence(to)),
      received: { ...inflow, beyond: [...inflow.beyond] },
      feeds: await sync.heads(to),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    };
  }

  function heard(link: Link, first: boolean): void {
    const { member, theirs, side, connection } = link;
    const now = clock.now();
    services.contacts.met(member, now);
    if (Math.abs(theirs.now - now) > services.clockSkew) notes.set(member, "federation/clock-skew");
    else if (theirs.epoch > 1) notes.set(member, "federation/epoch-opened");
    else notes.delete(member);
    if (side === "opener" && holdsOtherFiles(link)) services.exchange.with(connection).catch(() => undefined);
    sync
      .compare(link)
      .then(() => services.onCompared(link))
      .catch((error: unknown) => log.error({ error }, "feeds could not be compared"));
    if (first) sync.passOn(link).catch((error: unknown) => log.error({ error }, "proofs were not passed on"));
    if (first) requeueLost(link).catch((error: unknown) => log.error({ error }, "requeue failed"));
  }

  function holdsOtherFiles({ member, theirs }: Link): boolean {
    const freshness = trust().freshness?.value.version ?? 0;
    const ours = [rosterVersion(trust()), freshness, card(trust(), member)?.version ?? 0];
    return [theirs.roster, theirs.freshness, theirs.card].some((version, index) => version !== ours[index]);
  }

  /** A member that was restored from a backup has lost what it had receipted: it is sent again. */
  async function requeueLost({ member: to, theirs }: Link): Promise<void> {
    const lost: number[] = [];
    const { received } = theirs;
    const after = received.epoch === 0 ? 0 : beginOf(received.epoch) + received.contiguous;
    if (after >= (await outbox.highestSequence(to))) return;
    for await (const { value } of commit.list(deliveries, { prefix: [to], after: [to, after] })) {
      const receipted = value.state === "accepted" || value.state === "duplicate";
      const { sequence } = value;
      if (receipted && !hasArrived(received, epochOfNumber(sequence), numberOnWire(sequence)))
        lost.push(sequence);
    }
    if (lost.length > 0) await outbox.requeue(to, lost);
  }

  return { describe, heard, noteOn: (member) => notes.get(member) };
}
