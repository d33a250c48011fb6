/**
 * Emptying the outbox: for each connected member, up to 32 envelopes and 2 MiB under way on one stream, in the order of
 * their sequence. A delivery that fails is tried again with a growing wait, as a new envelope with the same statement;
 * deliveries about the same report wait behind it, so that a report never arrives after its updates.
 */
import { WardlineError, isWardlineError, release, type Random } from "@wardline/protocol/encoding";
import { openReceipt, sealEnvelope, type Receipt } from "@wardline/protocol/envelope";
import type { MemberId } from "@wardline/protocol/identity";
import { freshnessOf, type Trust } from "@wardline/protocol/roster";
import { openStatement, type SignedStatement } from "@wardline/protocol/statements";
import type { Clock, Log } from "../../telemetry/index.ts";
import type { Keyring } from "../../vault/index.ts";
import { can } from "../capabilities.ts";
import type { Link, Links } from "../hello/links.ts";
import { backOff } from "../transport/backoff.ts";
import type { Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import { numberOnWire } from "./numbering.ts";
import type { Outbox, Waiting } from "./outbox.ts";

export interface SenderServices {
  readonly protocol: Protocol;
  readonly self: MemberId;
  readonly epoch: number;
  /** Nothing may be signed now. */
  readonly paused: () => boolean;
  readonly trust: () => Trust;
  readonly keyring: Keyring;
  readonly outbox: Outbox;
  readonly links: Links;
  readonly registrar: () => Registrar;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  readonly retryFirst: number;
  readonly retryMost: number;
}

export interface Sender {
  /** Sends what can be sent to the member now. Cheap to call at any time. */
  wake(to: MemberId): void;
  /** Seals what waits for its recipient, as the next attempt would. Throws what `sealEnvelope` throws. */
  envelopeFor(waiting: Waiting): Promise<Uint8Array>;
  /** Tries everything again that waited for membership: a card, a fresh file. */
  membershipChanged(): void;
  stop(): void;
}

/** Problems that a membership file can end. */
const hindrances = new Set([
  "envelope/no-sealing-key",
  "envelope/recipient-not-active",
  "federation/quarantined",
]);

export function createSender(services: SenderServices): Sender {
  const { outbox, clock, protocol } = services;
  const underWay = new Map<MemberId, { count: number; bytes: number }>();
  const timers = new Map<MemberId, () => void>();
  const woken = new Set<MemberId>();
  let stopped = false;

  function wake(to: MemberId): void {
    if (stopped || woken.has(to)) return;
    woken.add(to);
    // Later in this turn of the event loop: what is said in one batch goes out in one batch.
    setImmediate(() => {
      woken.delete(to);
      fill(to);
    });
  }

  function fill(to: MemberId): void {
    const link = services.links.to(to);
    if (stopped || !link || services.paused()) return;
    const now = clock.now();
    const trust = services.trust();
    if (freshnessOf(trust, now) === "expired" || !can(trust, to, "receive")) return; // waits; `hindrance` says so
    const load = loadOf(to);
    const heldBack = new Set<string>();
    let soonest = Infinity;
    for (const waiting of outbox.waitingFor(to).values()) {
      if (waiting.inFlight) continue;
      if (load.count >= protocol.window.requests || load.bytes >= protocol.window.bytes) return;
      if (waiting.notBefore > now || (waiting.about !== "" && heldBack.has(waiting.about))) {
        heldBack.add(waiting.about);
        if (waiting.notBefore > now) soonest = Math.min(soonest, waiting.notBefore);
      } else void deliver(waiting, link);
    }
    if (soonest < Infinity) wakeAt(to, soonest - now);
  }

  function wakeAt(to: MemberId, delay: number): void {
    timers.get(to)?.();
    timers.set(
      to,
      clock.after(delay, () => wake(to)),
    );
  }

  async function deliver(waiting: Waiting, link: Link): Promise<void> {
    const load = loadOf(waiting.to);
    waiting.inFlight = true;
    load.count++;
    load.bytes += waiting.size;
    try {
      const signed = await statementOf(waiting);
      const envelope = seal(signed, waiting);
      const answer = await services.registrar().ask(link.connection, protocol, envelope);
      release(envelope); // answered, so it was sent
      await outbox.settle(waiting, openAnswer(answer, waiting, signed));
    } catch (error) {
      failed(waiting, link, error);
    } finally {
      waiting.inFlight = false;
      load.count--;
      load.bytes -= waiting.size;
      wake(waiting.to);
    }
  }

  async function statementOf(waiting: Waiting): Promise<SignedStatement> {
    const kept = await outbox.statement(waiting.statement);
    return "statement" in kept
      ? kept
      : openStatement(kept.bytes, kept.signature, kept.keyId, services.trust());
  }

  const seal = (signed: SignedStatement, { to, sequence }: Waiting) =>
    sealEnvelope({
      signed,
      trust: services.trust(),
      sender: { member: services.self, key: services.keyring.identity },
      recipient: to,
      epoch: services.epoch,
      sequence: numberOnWire(sequence),
      now: clock.now(),
      random: services.random,
    }).bytes;

  function openAnswer(answer: Uint8Array, waiting: Waiting, signed: SignedStatement): Receipt {
    const { receipt } = openReceipt(answer, {
      trust: services.trust(),
      self: services.self,
      sealingKey: services.keyring.sealingSeed,
      now: clock.now(),
    }).signed;
    const ours =
      receipt.author === waiting.to &&
      receipt.statement === waiting.statement &&
      receipt.statementHash === signed.hash;
    if (ours) return receipt;
    throw new WardlineError("federation/receipt-mismatch", "The receipt is for another statement.");
  }

  function failed(waiting: Waiting, link: Link, error: unknown): void {
    const code = isWardlineError(error) ? error.code : "internal";
    if (!isWardlineError(error)) services.log.error({ error }, "a delivery failed");
    waiting.problem = code;
    // With the connection gone there is nothing to be patient about: it goes out as soon as there is another.
    if (services.links.to(waiting.to) !== link) return;
    waiting.attempts++;
    const asked = isWardlineError(error, "peer/busy") ? Number(error.details["retryAfter"]) : 0;
    const wait = backOff(waiting.attempts, services.retryFirst, services.retryMost, services.random);
    waiting.notBefore = clock.now() + Math.max(asked, wait);
  }

  function loadOf(to: MemberId): { count: number; bytes: number } {
    let load = underWay.get(to);
    if (!load) underWay.set(to, (load = { count: 0, bytes: 0 }));
    return load;
  }

  services.links.onLinked(({ member }) => {
    for (const waiting of outbox.waitingFor(member).values()) waiting.notBefore = 0;
    wake(member);
  });

  return {
    wake,
    envelopeFor: async (waiting) => seal(await statementOf(waiting), waiting),
    membershipChanged() {
      for (const to of outbox.recipients()) {
        for (const waiting of outbox.waitingFor(to).values()) {
          if (hindrances.has(waiting.problem ?? "")) waiting.notBefore = 0;
        }
        wake(to);
      }
    },
    stop() {
      stopped = true;
      for (const cancel of timers.values()) cancel();
    },
  };
}
