/**
 * `/wardline/mailbox/1`, all three parts of it: keeping for others, leaving what waits with others, and collecting what they keep.
 *
 *   sender ── deposit ──► mailbox ◄── collect, acknowledge ── recipient
 *      ▲                    │  ▲                                  │
 *      └───── collect ──────┘  └───────── deposit (receipt) ──────┘
 */
import { WardlineError, encodeCbor, isWardlineError } from "@wardline/protocol/encoding";
import { LONGEST_LIFE, inspectHeader } from "@wardline/protocol/envelope";
import type { MemberId } from "@wardline/protocol/identity";
import type { FederationSettings } from "../../configuration/index.ts";
import type { Jobs } from "../../jobs/index.ts";
import type { Delivery } from "../delivery/collections.ts";
import { readMessage } from "../transport/messages.ts";
import type { Asker } from "../transport/protocol.ts";
import type { PlacedDelivery } from "./collections.ts";
import { createCollector, type CollectorServices } from "./collector.ts";
import { createDepositor, type DepositorServices } from "./depositor.ts";
import { createKeeper, type MailboxView } from "./keeper.ts";
import { createPlacing } from "./placing.ts";
import { takeReceipt } from "./receipts.ts";
import { mailboxRequestSchema } from "./wire.ts";

export interface MailboxServices
  extends
    Omit<CollectorServices, "placing" | "takeReceipt">,
    Omit<DepositorServices, "placing" | "after" | "again"> {
  readonly jobs: Jobs;
  readonly settings: FederationSettings["mailbox"];
  /** How often expired deposits are removed. */
  readonly housekeeping: number;
}

export interface Mailbox {
  answer(request: Uint8Array, asker: Asker): Promise<Uint8Array>;
  start(): Promise<void>;
  stop(): void;
  /** Deliveries with whose mailboxes keep those that wait. */
  withPlaces(deliveries: readonly Delivery[]): PlacedDelivery[];
  noteOn(member: MemberId): string | undefined;
  view(): Promise<MailboxView>;
}

const SWEEP = "federation.mailbox-sweep";

export function createMailbox(services: MailboxServices): Mailbox {
  const { self, settings, clock, commit, jobs, log, links } = services;
  const placing = createPlacing({ ...services, copies: settings.copies, rest: settings.rest });
  const keeper = createKeeper({ ...services, settings: settings.keep });
  const again = Math.min(settings.again, LONGEST_LIFE);
  const depositor = createDepositor({ ...services, placing, after: settings.after, again });
  const ownReceipt = (container: Uint8Array) => takeReceipt(services, container);
  const collector = createCollector({ ...services, placing, takeReceipt: ownReceipt });
  let cancel: () => void = () => undefined;
  let stopped = false;

  async function answer(bytes: Uint8Array, { member }: Asker): Promise<Uint8Array> {
    const request = readMessage(mailboxRequestSchema, bytes);
    if (!member) throw new WardlineError("peer/not-a-member", "The peer is no member.");
    if (request.kind === "collect") return encodeCbor(await keeper.collect(member, request.after));
    if (request.kind === "acknowledge") await keeper.acknowledge(request.acknowledgements, member);
    else await deposited(request.container, member);
    return new Uint8Array();
  }

  async function deposited(container: Uint8Array, depositor: MemberId): Promise<void> {
    const { kind, recipient, sender } = inspectHeader(container);
    if (kind !== "receipt" || recipient !== self) return keeper.deposit(container, depositor);
    if (sender !== depositor)
      throw new WardlineError("envelope/another-peer", "The receipt comes from another member's peer.");
    await ownReceipt(container);
  }

  /** One look at a time; the next one is planned when it is over. */
  async function look(): Promise<void> {
    try {
      await depositor.look();
      await collector.fromAll();
    } catch (error) {
      if (!isWardlineError(error, "commit/stopped")) log.error({ error }, "mailboxes were not looked after");
    }
    if (!stopped) cancel = clock.after(settings.look, () => void look());
  }

  jobs.register(
    SWEEP,
    async () => {
      await keeper.sweep();
      return (unit) => jobs.schedule(unit, sweepAt(clock.now() + services.housekeeping));
    },
    { gaveUp: (unit) => jobs.schedule(unit, sweepAt(clock.now() + services.housekeeping)) },
  );

  links.onLinked((link) => void collector.from(link));

  return {
    answer,
    async start() {
      await depositor.load();
      await commit.run((unit) => jobs.schedule(unit, sweepAt(clock.now() + services.housekeeping)));
      cancel = clock.after(settings.look, () => void look());
    },
    stop() {
      stopped = true;
      cancel();
    },
    withPlaces: (deliveries) =>
      deliveries.map((delivery) => {
        const mailboxes =
          delivery.state === "waiting" ? depositor.placesOf(delivery.to, delivery.sequence) : [];
        return mailboxes.length === 0 ? delivery : { ...delivery, mailboxes };
      }),
    noteOn: collector.noteOn,
    view: keeper.view,
  };
}

const sweepAt = (at: number) => ({ kind: SWEEP, id: "sweep", at, payload: {} });
