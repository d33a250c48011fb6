/**
 * `/wardline/material/1`: whoever holds a grant asks for ranges of the encrypted item, and writes each down before it asks
 * for many more. What is given is encrypted for that grant alone; this protocol never sees a key.
 */
import { z } from "zod";
import { WardlineError, encodeCbor, hex, unhex } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import { freshnessOf, type Trust } from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import { defineCollection } from "../../store/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import type { Grant, Receiving, Vault } from "../../vault/index.ts";
import type { Links } from "../hello/links.ts";
import { bytesSchema, readMessage } from "../transport/messages.ts";
import type { Asker, Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";

/** Bytes of one answer: enough to keep a line busy, little enough to hold a few in memory. */
export const RANGE_BYTES = 1024 * 1024;

export interface Offer {
  /** Id of the grant, as the statement names it. */
  readonly grant: string;
  /** The item in the vault. */
  readonly item: string;
  readonly to: MemberId;
  /** Milliseconds; nothing is given afterwards. */
  readonly expires: number;
}

/** Key: grant id. */
const offers = defineCollection<Offer>("federation.offers");

const rangeSchema = z.object({
  grant: bytesSchema(16),
  offset: z.int().nonnegative(),
  length: z.int().positive().max(RANGE_BYTES),
});

export interface MaterialServices {
  readonly protocol: Protocol;
  readonly trust: () => Trust;
  readonly commit: Commit;
  readonly vault: Vault;
  readonly links: Links;
  readonly registrar: () => Registrar;
  readonly clock: Clock;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (received: number, total: number) => void;
}

export interface Material {
  /** From the unit's commit until it expires, that member can fetch the item. */
  offer(unit: Unit, offer: Offer): void;
  /** Ends an offer before its time. */
  withdraw(unit: Unit, grant: string): void;
  /**
   * Fetches what is still missing of a grant into `receiving`; the caller finishes that. Throws the holder's refusal (`material/…`),
   * `peer/…` when the member cannot be reached or is gone (ask again later, it goes on where it stopped), or what `write` throws.
   */
  fetch(
    from: MemberId,
    grant: Pick<Grant, "id" | "sealedBytes">,
    receiving: Receiving,
    options?: FetchOptions,
  ): Promise<void>;
  answer(request: Uint8Array, asker: Asker): Promise<Uint8Array>;
}

export function createMaterial(services: MaterialServices): Material {
  const { commit, clock } = services;

  async function answer(bytes: Uint8Array, asker: Asker): Promise<Uint8Array> {
    const { grant, offset, length } = readMessage(rangeSchema, bytes);
    const offer = await commit.get(offers, hex(grant));
    // A grant for another member is answered like one that does not exist.
    if (!offer || offer.to !== asker.member)
      throw refused("unknown-grant", "There is no such grant for you.");
    if (offer.expires <= clock.now()) throw refused("grant-expired", "The grant has expired.");
    if (freshnessOf(services.trust(), clock.now()) !== "current") {
      throw refused("membership-stale", "No material is given while the state of membership is not fresh.");
    }
    return services.vault.grantRange(offer.item, offer.grant, offset, length);
  }

  async function fetch(
    from: MemberId,
    { id, sealedBytes }: Pick<Grant, "id" | "sealedBytes">,
    receiving: Receiving,
    { signal, onProgress }: FetchOptions = {},
  ): Promise<void> {
    const ask = (offset: number) =>
      askRange(from, id, offset, Math.min(RANGE_BYTES, sealedBytes - offset), signal);
    let ahead: Promise<Uint8Array> | undefined;
    while (receiving.received < sealedBytes) {
      const offset = receiving.received;
      const part = await (ahead ?? ask(offset));
      if (part.length === 0) throw refused("empty-range", "The holder gave nothing.");
      const next = offset + part.length;
      // The next range travels while this one is written.
      ahead = next < sealedBytes ? ask(next) : undefined;
      ahead?.catch(() => undefined);
      await receiving.write(part);
      onProgress?.(receiving.received, sealedBytes);
    }
  }

  async function askRange(
    from: MemberId,
    grant: string,
    offset: number,
    length: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const link = services.links.to(from);
    if (!link) throw new WardlineError("peer/not-connected", "The holder is not connected.");
    const request = encodeCbor({ grant: unhex(grant, 16), offset, length });
    return services.registrar().ask(link.connection, services.protocol, request, signal);
  }

  return {
    offer: (unit, offer) => unit.put(offers, [offer.grant], offer),
    withdraw: (unit, grant) => unit.delete(offers, [grant]),
    answer,
    fetch,
  };
}

function refused(name: string, message: string): WardlineError {
  return new WardlineError(`material/${name}`, message);
}
