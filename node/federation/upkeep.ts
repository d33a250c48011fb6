/** What a node does by itself, as durable jobs: turning sealing keys, signing its card, clearing out. */
import { hex } from "@wardline/protocol/encoding";
import { keyIdOf } from "@wardline/protocol/identity";
import { readSuccessor } from "@wardline/protocol/roster";
import type { Commit, Unit } from "../commit/index.ts";
import type { FederationSettings } from "../configuration/index.ts";
import type { Completion, Jobs } from "../jobs/index.ts";
import type { Clock } from "../telemetry/index.ts";
import { createQueue } from "../vault/index.ts";
import { envelopeIds } from "./delivery/collections.ts";
import type { Membership } from "./membership/membership.ts";
import { listedNextIdentity, takeOverIdentity } from "./membership/own-identity.ts";
import { notesToPublish, signedAnew } from "./membership/own-lines.ts";
import { endOfPeriod, nextCard, turnSealingKeys, type CardServices } from "./membership/own-card.ts";

const KINDS = {
  card: "federation.card",
  housekeeping: "federation.housekeeping",
} as const;
const DAY = 86_400_000;

export interface UpkeepServices {
  readonly card: CardServices;
  readonly intervals: FederationSettings["intervals"];
  readonly membership: Membership;
  readonly commit: Commit;
  readonly jobs: Jobs;
  readonly clock: Clock;
  /** Addresses for the card: none of a node that is reached nowhere, undefined before the host has started. */
  readonly addresses: () => readonly string[] | undefined;
}

export interface Upkeep {
  /** Signs and publishes the card anew if what it says has changed: an address, the epoch, a key. */
  renewCard(): Promise<void>;
  /** Plans taking over the next identity, if the roster that lists it has come. */
  membershipChanged(): Promise<void>;
  /** Brings card and sealing keys up to date at once, and plans everything else. */
  start(): Promise<void>;
}

export function createUpkeep(services: UpkeepServices): Upkeep {
  const { membership, commit, jobs, clock, intervals } = services;

  /** One at a time: two would sign two cards of one version. */
  const inTurn = createQueue();
  const updateCard = () => inTurn(signCard);

  async function signCard(): Promise<void> {
    const { keyring, self } = services.card;
    const before = keyIdOf(keyring.identity.public);
    if (await takeOverIdentity(keyring, membership.trust(), self, clock.now())) {
      const detail = { before, after: keyIdOf(keyring.identity.public) };
      const entry = { kind: "keys.identity-changed", subject: [], actor: "node", detail };
      await commit.run((unit) => unit.record(entry));
    }
    await publishHandovers();
    await turnSealingKeys(services.card);
    const addresses = services.addresses();
    if (addresses === undefined) return;
    const card = nextCard(services.card, membership.trust(), addresses);
    if (card) await membership.accept([{ kind: "card", file: card }]);
  }

  async function publishHandovers(): Promise<void> {
    const { keyring, self } = services.card;
    for (const file of notesToPublish(keyring, membership.trust(), self)) {
      const { refused } = await membership.accept([{ kind: "successor", file }]);
      const again = signedAnew(file, keyring, clock.now());
      if (refused.length > 0) await membership.accept([{ kind: "successor", file: again }]);
      const { role, old, next } = readSuccessor(file.bytes);
      const detail = { role, old: hex(old), next: hex(next.public) };
      const entry = { kind: "keys.handed-over", subject: [], actor: "node", detail };
      await commit.run((unit) => unit.record(entry));
    }
  }

  async function clearOut(): Promise<Completion> {
    // Their last day falls between two turns of the keys, so it is not left to the next turn.
    await services.card.keyring.forgetSealing(clock.now() - services.card.keyLife);
    const today = Math.floor(clock.now() / DAY);
    const expired: (readonly [day: number, id: string])[] = [];
    for await (const { key } of commit.list(envelopeIds, { limit: 10_000 })) {
      const [day, id] = key as readonly [number, string];
      if (day >= today) break;
      expired.push([day, id]);
    }
    return (unit) => {
      for (const key of expired) unit.delete(envelopeIds, key);
      plan(unit, KINDS.housekeeping, clock.now() + intervals.housekeeping);
    };
  }

  const plan = (unit: Unit, kind: string, at: number) =>
    jobs.schedule(unit, { kind, id: "upkeep", at, payload: {} });

  /** With the next turn of the sealing keys, or sooner, when the next identity's time begins. */
  function planCard(unit: Unit): void {
    const now = clock.now();
    const next = listedNextIdentity(services.card.keyring, membership.trust(), services.card.self);
    const turn = endOfPeriod(now, intervals.sealingKey);
    const waits = next && now < next.until;
    plan(unit, KINDS.card, waits ? Math.min(turn, Math.max(now, next.from)) : turn);
  }

  /** Without end: given up for good, a node would run on until nobody can write to it any more. */
  const repeat = (kind: string, work: () => Promise<Completion>) =>
    jobs.register(kind, work, {
      gaveUp: (unit) => plan(unit, kind, clock.now() + intervals.housekeeping),
    });

  repeat(KINDS.card, async () => {
    await updateCard();
    return planCard;
  });
  repeat(KINDS.housekeeping, clearOut);

  return {
    renewCard: updateCard,
    async membershipChanged() {
      const next = listedNextIdentity(services.card.keyring, membership.trust(), services.card.self);
      if (next) await commit.run((unit) => planCard(unit));
    },
    async start() {
      await updateCard();
      await commit.run(async (unit) => {
        const now = clock.now();
        planCard(unit);
        plan(unit, KINDS.housekeeping, now + intervals.housekeeping);
      });
    },
  };
}
