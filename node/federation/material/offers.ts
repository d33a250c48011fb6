/**
 * The granting side: what was granted to whom, until it was fetched, withdrawn or has expired, and ranges of it in
 * answer to whoever holds the grant. Every request is judged anew.
 */
import { WardlineError, hex } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import { freshnessOf, type Trust } from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import type { MaterialSettings } from "../../configuration/settings/material.ts";
import type { Jobs } from "../../jobs/index.ts";
import { defineCollection } from "../../store/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import type { Vault } from "../../vault/index.ts";
import { readMessage } from "../transport/messages.ts";
import type { Asker } from "../transport/protocol.ts";
import { createSpeed, type Speed } from "./speed.ts";
import { rangeSchema, refused } from "./ranges.ts";
import { createTurns } from "./turns.ts";

export interface Offer {
  /** Id of the grant, as the statement names it. */
  readonly grant: string;
  /** The item in the vault. */
  readonly item: string;
  readonly to: MemberId;
  /** Milliseconds; nothing is given afterwards. */
  readonly expires: number;
}

interface StoredOffer extends Offer {
  /** Given no longer; the row stays until its end, so that whoever asks is told why. */
  readonly withdrawn?: true;
}

/** Key: grant id. */
export const offers = defineCollection<StoredOffer>("federation.offers");
const endJob = "federation.offer-end";

/** What was given of a grant since the start of this process. */
export interface Given {
  /** How far the receiver has come, in bytes of the encrypted form: it asks in order. */
  readonly upTo: number;
  readonly perSecond: number;
  /** When it last asked. */
  readonly at: number;
}

export interface Offers {
  /** From the unit's commit until it expires, that member can fetch the item. */
  offer(unit: Unit, offer: Offer): void;
  /** Ends an offer before its time; whoever asks is told that it was withdrawn. */
  withdraw(unit: Unit, grant: string): Promise<void>;
  /** Forgets an offer that is not needed any more: all was fetched and acknowledged, or the receiver gave it up. */
  settle(unit: Unit, grant: string): void;
  /** How far its receiver has come; undefined when it has not asked since this node started. */
  given(grant: string): Given | undefined;
  /** Called while ranges are given, not too often. */
  onGiven(listener: (grant: string) => void): void;
  answer(request: Uint8Array, asker: Asker): Promise<Uint8Array>;
}

export interface OfferServices {
  readonly trust: () => Trust;
  readonly commit: Commit;
  readonly jobs: Jobs;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly settings: MaterialSettings;
}

interface Giving {
  upTo: number;
  at: number;
  told: number;
  readonly speed: Speed;
}

export function createOffers({ trust, commit, jobs, vault, clock, settings }: OfferServices): Offers {
  const turns = createTurns(settings, clock);
  const giving = new Map<string, Giving>();
  const listeners: ((grant: string) => void)[] = [];

  jobs.register<{ grant: string }>(endJob, ({ grant }) =>
    Promise.resolve((unit: Unit) => forget(unit, grant)),
  );

  async function judged(grant: string, { member }: Asker): Promise<StoredOffer> {
    const offer = await commit.get(offers, grant);
    // A grant for another member is answered like one that does not exist.
    if (!offer || offer.to !== member) throw refused("unknown-grant", "There is no such grant for you.");
    if (offer.withdrawn) throw refused("grant-withdrawn", "The grant was withdrawn.");
    if (offer.expires <= clock.now()) throw refused("grant-expired", "The grant has expired.");
    if (freshnessOf(trust(), clock.now()) !== "current") {
      throw refused("membership-stale", "No material is given while the state of membership is not fresh.");
    }
    return offer;
  }

  async function answer(request: Uint8Array, asker: Asker): Promise<Uint8Array> {
    const { grant: id, offset, length } = readMessage(rangeSchema, request);
    const grant = hex(id);
    const { to } = await judged(grant, asker);
    const range = await turns.take(to, length, async () => {
      if (asker.connection.status !== "open") throw new WardlineError("peer/stream-closed", "Nobody waits.");
      // Waiting takes a while; meanwhile the grant may have ended.
      const { item } = await judged(grant, asker);
      return vault.grantRange(item, grant, offset, length);
    });
    note(grant, offset + range.length, range.length);
    return range;
  }

  function note(grant: string, upTo: number, bytes: number): void {
    const now = clock.now();
    const known = giving.get(grant) ?? { upTo, at: now, told: -Infinity, speed: createSpeed(clock) };
    giving.set(grant, known);
    known.upTo = upTo;
    known.at = now;
    known.speed.add(bytes);
    if (now - known.told < settings.progressInterval) return;
    known.told = now;
    for (const listen of listeners) listen(grant);
  }

  function forget(unit: Unit, grant: string): void {
    unit.delete(offers, [grant]);
    unit.afterCommit(() => giving.delete(grant));
  }

  return {
    offer(unit, offer) {
      unit.put(offers, [offer.grant], offer);
      const at = offer.expires + settings.offerKept;
      jobs.schedule(unit, { kind: endJob, id: offer.grant, at, payload: { grant: offer.grant } });
    },
    async withdraw(unit, grant) {
      const offer = await unit.get(offers, grant);
      if (offer) unit.put(offers, [grant], { ...offer, withdrawn: true });
    },
    settle(unit, grant) {
      forget(unit, grant);
      jobs.cancel(unit, endJob, grant);
    },
    given(grant) {
      const known = giving.get(grant);
      return known && { upTo: known.upTo, perSecond: known.speed.rate(), at: known.at };
    },
    onGiven: (listener) => void listeners.push(listener),
    answer,
  };
}
