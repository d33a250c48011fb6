/**
 * Leaving what waits with mailboxes: when a recipient has been out of reach for long enough, each statement for it is sealed once
 * more and left with some mailboxes, in order. Delivery goes on trying directly; only the recipient's receipt settles anything.
 */
import { isWardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Commit } from "../../commit/index.ts";
import type { Clock, Log } from "../../telemetry/index.ts";
import type { Outbox, Waiting } from "../delivery/outbox.ts";
import type { Sender } from "../delivery/sender.ts";
import type { Link, Links } from "../hello/links.ts";
import { deposits, type Deposit } from "./collections.ts";
import type { Placing } from "./placing.ts";

export interface DepositorServices {
  readonly commit: Commit;
  readonly outbox: Outbox;
  readonly sender: Pick<Sender, "envelopeFor">;
  readonly links: Links;
  readonly placing: Placing;
  /** Code of what keeps everything for a member waiting, if anything does. */
  readonly hindrance: (to: MemberId) => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a member must be out of reach. Milliseconds. */
  readonly after: number;
  /** Age at which a deposit is made anew. Milliseconds. */
  readonly again: number;
}

export interface Depositor {
  /** Reads what was left before; call once, after the outbox has been read. */
  load(): Promise<void>;
  /** Leaves with mailboxes what is to be left now, and forgets what was settled. */
  look(): Promise<void>;
  /** Whose mailboxes keep a delivery. */
  placesOf(to: MemberId, sequence: number): readonly MemberId[];
}

export function createDepositor(services: DepositorServices): Depositor {
  const { commit, outbox, placing, links, clock, log } = services;
  const left = new Map<MemberId, Map<number, Deposit>>();
  const goneSince = new Map<MemberId, number>();
  const started = clock.now();

  function depositsFor(to: MemberId): Map<number, Deposit> {
    let found = left.get(to);
    if (!found) left.set(to, (found = new Map()));
    return found;
  }

  function isAway(to: MemberId): boolean {
    // Nothing but its absence: what may not be sent to a member may not be left for it either.
    const absent = services.hindrance(to) === "peer/not-connected";
    return absent && clock.now() - (goneSince.get(to) ?? started) >= services.after;
  }

  /**
   * In the order of the sequence. What is about one report goes to a mailbox only where everything about it went that
   * still waits, so that whatever is collected first, a report never comes after its updates.
   */
  async function leaveFor(to: MemberId): Promise<void> {
    const together = new Map<string, readonly MemberId[]>();
    for (const waiting of [...outbox.waitingFor(to).values()]) {
      if (!isAway(to)) return;
      if (waiting.again) continue;
      const places = waiting.inFlight ? [] : await leaveOne(waiting, together.get(waiting.about));
      if (waiting.about !== "") together.set(waiting.about, places);
    }
  }

  /** @param only - the mailboxes that may be chosen; any when undefined */
  async function leaveOne(waiting: Waiting, only?: readonly MemberId[]): Promise<readonly MemberId[]> {
    const { to, sequence } = waiting;
    const before = depositsFor(to).get(sequence);
    const standing = before && clock.now() - before.at < services.again ? before : undefined;
    const has = standing?.mailboxes ?? [];
    const candidates = placing.mailboxesFor(to).filter(({ member }) => !has.includes(member));
    const chosen = placing.choose(
      candidates.filter(({ member }) => only?.includes(member) ?? true),
      has,
    );
    const taken = await leaveWith(waiting, chosen);
    if (taken.length === 0) return has;
    const deposit = { mailboxes: [...has, ...taken], at: standing?.at ?? clock.now() };
    await commit.run((unit) => {
      unit.put(deposits, [to, sequence], deposit);
      unit.announce({ topic: "deliveries", id: waiting.about });
    });
    depositsFor(to).set(sequence, deposit);
    return deposit.mailboxes;
  }

  async function leaveWith(waiting: Waiting, chosen: readonly Link[]): Promise<MemberId[]> {
    if (chosen.length === 0) return [];
    const taken: MemberId[] = [];
    try {
      const envelope = await services.sender.envelopeFor(waiting);
      for (const link of chosen) if (await placing.leave(envelope, link)) taken.push(link.member);
    } catch (error) {
      // Without a sealing key of the recipient, or while it is suspended, it waits here alone.
      if (!isWardlineError(error, "envelope/")) throw error;
      log.info({ member: waiting.to, code: error.code }, "nothing is left with mailboxes");
    }
    return taken;
  }

  async function forgetSettled(): Promise<void> {
    const settled = [...left].flatMap(([to, rows]) =>
      [...rows.keys()]
        .filter((sequence) => !outbox.waitingFor(to).has(sequence))
        .map((sequence) => [to, sequence] as const),
    );
    if (settled.length === 0) return;
    await commit.run((unit) => settled.forEach((key) => unit.delete(deposits, key)));
    for (const [to, sequence] of settled) depositsFor(to).delete(sequence);
  }

  links.onLinked(({ member }) => goneSince.delete(member));
  links.onUnlinked(({ member }) => goneSince.set(member, clock.now()));

  return {
    async load() {
      for await (const { key, value } of commit.list(deposits))
        depositsFor(String(key[0])).set(Number(key[1]), value);
    },
    async look() {
      await forgetSettled();
      for (const to of [...outbox.recipients()]) if (isAway(to)) await leaveFor(to);
    },
    placesOf: (to, sequence) => left.get(to)?.get(sequence)?.mailboxes ?? [],
  };
}
