/**
 * The own member card: where we are and what to seal to. Sealing keys are made ahead, for this and the next four
 * periods, and forgotten 36 days after their first use; the card is signed anew whenever what it says has changed.
 *
 * A period's key comes into use at its beginning. Where that key was withdrawn meanwhile, another one takes its place at
 * once; its time begins a little earlier than now, for members whose clocks are behind ours.
 */
import type { Random } from "@wardline/protocol/encoding";
import { generateSealingKey, keyIdOf, type MemberId } from "@wardline/protocol/identity";
import {
  buildCard,
  listPeer,
  signFile,
  type CardContent,
  type FederationFile,
  type Trust,
} from "@wardline/protocol/roster";
import type { Clock } from "../../telemetry/index.ts";
import type { DatedSealingKey, Keyring } from "../../vault/index.ts";

/** This period's sealing key and the next four: what a card may announce. */
const KEYS_AHEAD = 5;
/** As many as a card may name. */
const MOST_REVOKED = 64;
const CARD_LIFE = 35 * 86_400_000;
/** By how much clocks may differ before both operators are told. */
const CLOCK_SKEW = 5 * 60_000;

export interface CardServices {
  readonly self: MemberId;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly random: Random;
  /** Of feeds, log and sequences: what the card announces. */
  readonly epoch: () => number;
  /** How long one sealing key is used, and how old it gets; milliseconds. */
  readonly period: number;
  readonly keyLife: number;
}

/** Makes the sealing keys that are missing, and forgets the old ones. Durable when it resolves. */
export async function turnSealingKeys({
  keyring,
  clock,
  random,
  period,
  keyLife,
}: CardServices): Promise<void> {
  const now = clock.now();
  await keyring.forgetSealing(now - keyLife);
  const held = keyring.sealing();
  const offered = new Set(held.filter(({ withdrawn }) => !withdrawn).map(({ until }) => until));
  const withdrawn = new Set(held.filter((key) => key.withdrawn).map(({ until }) => until));
  const missing: DatedSealingKey[] = [];
  for (const begin of periods(now, period)) {
    const until = begin + period;
    if (offered.has(until)) continue;
    const from = withdrawn.has(until) ? Math.max(begin, now - CLOCK_SKEW) : begin;
    missing.push({ ...generateSealingKey(random), from, until });
  }
  if (missing.length > 0) await keyring.addSealing(missing);
}

/** The next card, or undefined while the one that members hold still says the truth. */
export function nextCard(
  services: CardServices,
  trust: Trust,
  addresses: readonly string[],
): FederationFile | undefined {
  const { keyring, self, clock } = services;
  const key = keyIdOf(keyring.identity.public);
  const held = trust.cards.get(self)?.get(key)?.value;
  const now = clock.now();
  const content = {
    peers: [listPeer(keyring.transport.seed, trust.federationId, self)],
    addresses: [...addresses].sort(),
    epoch: services.epoch(),
    sealingKeys: announced(services, now),
    // Only before they would have come into use: a reader that missed this card may hold one that offers them since.
    revoked: keyring
      .revokedSealing()
      .filter(({ from }) => from > now)
      .map(({ id }) => id)
      .slice(-MOST_REVOKED),
  };
  if (held && saysTheSame(held, content) && now < held.expires - CARD_LIFE / 2) return undefined;
  const card: CardContent = {
    federation: trust.federationId,
    member: self,
    key,
    version: nextVersion(held, now),
    created: now,
    expires: now + CARD_LIFE,
    ...content,
  };
  const bytes = buildCard(card);
  return { bytes, signatures: [signFile("card", bytes, trust.federationId, keyring.identity)] };
}

/** When the current sealing key's period ends: the next time that a card must say something else. */
export const endOfPeriod = (now: number, period: number): number => (Math.floor(now / period) + 1) * period;

function announced({ keyring, period }: CardServices, now: number) {
  const wanted = new Set(periods(now, period).map((from) => from + period));
  return keyring
    .sealing()
    .filter(({ until, withdrawn }) => wanted.has(until) && !withdrawn)
    .map(({ public: publicKey, from, until }) => ({ public: publicKey, from, until }));
}

function periods(now: number, period: number): number[] {
  const first = Math.floor(now / period) * period;
  return Array.from({ length: KEYS_AHEAD }, (_, index) => first + index * period);
}

/** Counts in seconds rather than in ones, so that a node restored from a backup never repeats a version. */
function nextVersion(held: CardContent | undefined, now: number): number {
  return Math.max(Math.floor(now / 1000), (held?.version ?? 0) + 1);
}

function saysTheSame(
  held: CardContent,
  next: Pick<CardContent, "peers" | "addresses" | "epoch" | "sealingKeys" | "revoked">,
): boolean {
  const facts = ({ peers, addresses, epoch, sealingKeys, revoked }: typeof next) =>
    JSON.stringify([
      peers.map((peer) => peer.public.toHex()),
      addresses,
      epoch,
      revoked,
      sealingKeys.map((key) => [key.public.toHex(), key.from, key.until]),
    ]);
  return facts(held) === facts(next);
}
