/** The composition of the room: who needs whom, and in which order everything starts and stops. */
import type { Random } from "@wardline/protocol/encoding";
import { WardlineError } from "@wardline/protocol/encoding";
import { keyIdOf, type MemberId } from "@wardline/protocol/identity";
import {
  card,
  freshnessOf,
  member,
  memberOfPeer,
  members,
  peerIdOf,
  rosterVersion,
  sealingKeyFor,
} from "@wardline/protocol/roster";
import type { Commit } from "../commit/index.ts";
import type { Configuration } from "../configuration/index.ts";
import type { Jobs } from "../jobs/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { Clock, Log } from "../telemetry/index.ts";
import type { Keyring, Vault } from "../vault/index.ts";
import { openContacts } from "./contacts.ts";
import { deliveries, inflows, received } from "./delivery/collections.ts";
import { emptyInflow, hasArrived } from "./delivery/inflow.ts";
import { createOutbox } from "./delivery/outbox.ts";
import { createReceiver } from "./delivery/receiver.ts";
import { createSender } from "./delivery/sender.ts";
import { createFeeds } from "./feeds/feeds.ts";
import { createSync } from "./feeds/sync.ts";
import { createGreetings } from "./hello/greeting.ts";
import { createLinks, type Link } from "./hello/links.ts";
import type { Hello } from "./hello/wire.ts";
import { createMaterial } from "./material/material.ts";
import { createMeetings } from "./meetings.ts";
import { admitted, places } from "./membership/directory.ts";
import { createExchange } from "./membership/exchange.ts";
import { openMembership } from "./membership/membership.ts";
import { describeProtocols } from "./protocols.ts";
import { connect } from "./routing.ts";
import { createSupervisor, type Target } from "./supervisor.ts";
import { createGater } from "./transport/gater.ts";
import { createHost } from "./transport/host.ts";
import { createRegistrar, type Registrar } from "./transport/registrar.ts";
import type { Federation, MemberStanding } from "./types.ts";
import { createUpkeep } from "./upkeep.ts";

/** Of feeds and sequences; a higher one after a restore. */
const EPOCH = 1;

export interface FederationServices {
  readonly configuration: Pick<Configuration, "listen" | "federation">;
  readonly keyring: Keyring;
  readonly commit: Commit;
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
}

/**
 * A member's node on the network. Nothing listens before `start`.
 * Throws `federation/not-joined` before an invite was taken, `federation/not-listed` when the roster lists none of our keys.
 */
export async function createFederation(services: FederationServices): Promise<Federation> {
  const { keyring, commit, clock, log, random, configuration } = services;
  const { limits, intervals, introductions } = configuration.federation;
  const protocols = describeProtocols(limits);
  const membership = await openMembership(services);
  const contacts = await openContacts(commit);
  const { trust } = membership;
  const self = ownMember();
  const peerId = peerIdOf(keyring.transport.public);
  const links = createLinks();
  const notes = new Map<MemberId, string>();
  let registrar: Registrar | undefined;
  const theRegistrar = (): Registrar => {
    if (registrar) return registrar;
    throw new WardlineError("federation/not-started", "The federation has not been started.");
  };

  function ownMember(): MemberId {
    const key = keyIdOf(keyring.identity.public);
    const own = members(trust()).find(({ identityKeys }) => identityKeys.some(({ keyId }) => keyId === key));
    if (own) return own.id;
    throw new WardlineError("federation/not-listed", "The roster does not list this node's identity key.", {
      advice: "Send the node's public keys to a registrar, and bring the next roster.",
    });
  }

  const memberOf = (peer: string) => admitted(trust(), peer, clock.now(), contacts.isKnown);
  const introduced = introductions.map(asTarget);
  const common = { self, trust, keyring, commit, clock, log, random, links, registrar: theRegistrar };

  const exchange = createExchange({ ...common, protocol: protocols.membership, accept: membership.accept });
  const outbox = createOutbox({ ...common, hindrance, onQueued: (to) => sender.wake(to) });
  const sender = createSender({
    ...common,
    protocol: protocols.envelope,
    epoch: EPOCH,
    outbox,
    retryFirst: intervals.retryFirst,
    retryMost: intervals.retryMost,
  });
  const receiver = createReceiver({
    ...common,
    ledger: services.ledger,
    quarantineLimit: limits.quarantine,
    catchUp: ({ connection }) => exchange.with(connection),
  });
  const feeds = createFeeds({ ...common, epoch: EPOCH, onPublished: (block) => sync.push(block) });
  const sync = createSync({ ...common, protocol: protocols.feed, feeds });
  const material = createMaterial({ ...common, protocol: protocols.material, vault: services.vault });
  const greetings = createGreetings({
    ...common,
    protocol: protocols.hello,
    memberOf,
    peerId,
    describe,
    onHello,
  });

  const host = await createHost({
    transportSeed: keyring.transport.seed,
    listen: configuration.listen.p2p,
    announce: configuration.listen.announce,
    limits,
    isMember: (peer) => memberOf(peer) !== undefined,
    gater: createGater({
      isMember: (peer) => memberOf(peer) !== undefined,
      // Also to whom our files are too old for: it may have newer ones.
      mayDial: (peer) =>
        memberOfPeer(trust(), peer)?.status === "active" || introduced.some((target) => target.peer === peer),
      hasRoomForStranger: () => meetings.strangers() < limits.strangers,
    }),
  });
  const meetings = createMeetings({
    ...common,
    host,
    exchange,
    greetings,
    memberOf,
    strangerTime: limits.strangerTime,
    helloInterval: intervals.hello,
    silence: limits.silence,
  });
  const supervisor = createSupervisor({
    ...common,
    ...intervals,
    peerId,
    targets,
    isConnected: (peer) => links.at(peer) !== undefined,
    reach: async (target, attempt) => meetings.meet(await connect(host, target, attempt, limits.dialTimeout)),
  });
  const upkeep = createUpkeep({
    ...services,
    membership,
    intervals,
    addresses,
    card: { ...common, epoch: EPOCH, period: intervals.sealingKey, keyLife: intervals.sealingKeyLife },
  });

  function addresses(): string[] {
    return host.getMultiaddrs().map(String);
  }

  /** Members by their cards, and introductions as long as no card names their peer. */
  function targets(): Target[] {
    const known = places(trust(), self).flatMap(({ peerIds, addresses: at }) =>
      peerIds.map((peer) => ({ peer, addresses: at.filter((address) => isOf(address, peer)) })),
    );
    return [
      ...known.filter(({ addresses: at }) => at.length > 0),
      ...introduced.filter(({ peer }) => peer !== peerId && !memberOfPeer(trust(), peer)),
    ];
  }

  function hindrance(to: MemberId): string | undefined {
    const now = clock.now();
    if (freshnessOf(trust(), now) === "expired") return "federation/membership-expired";
    if (member(trust(), to)?.status !== "active") return "envelope/recipient-not-active";
    if (!sealingKeyFor(trust(), to, now)) return "envelope/no-sealing-key";
    return links.to(to) ? undefined : "peer/not-connected";
  }

  async function describe(to: MemberId): Promise<Hello> {
    const inflow = (await commit.get(inflows, to)) ?? emptyInflow;
    const checkpoint = services.ledger.checkpoint()?.text;
    return {
      protocols: Object.values(protocols).map(({ name }) => name),
      now: clock.now(),
      roster: rosterVersion(trust()),
      freshness: trust().freshness?.value.version ?? 0,
      card: card(trust(), self)?.version ?? 0,
      epoch: EPOCH,
      sent: await outbox.highestSequence(to),
      received: { ...inflow, beyond: [...inflow.beyond] },
      feeds: await sync.heads(to),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    };
  }

  function onHello(link: Link, first: boolean): void {
    const { member: from, theirs } = link;
    const now = clock.now();
    contacts.met(from, now);
    const skewed = Math.abs(theirs.now - now) > limits.clockSkew;
    if (skewed) notes.set(from, "federation/clock-skew");
    else notes.delete(from);
    if (link.side === "opener" && knowsOtherFiles(link))
      exchange.with(link.connection).catch(() => undefined);
    sync.compare(link).catch((error: unknown) => log.error({ error }, "feeds could not be compared"));
    if (first) requeueLost(link).catch((error: unknown) => log.error({ error }, "requeue failed"));
  }

  function knowsOtherFiles({ member: from, theirs }: Link): boolean {
    const freshness = trust().freshness?.value.version ?? 0;
    const ours = [rosterVersion(trust()), freshness, card(trust(), from)?.version ?? 0];
    return [theirs.roster, theirs.freshness, theirs.card].some((version, index) => version !== ours[index]);
  }

  /** A member that was restored from a backup has lost what it had receipted: it is sent again. */
  async function requeueLost({ member: to, theirs }: Link): Promise<void> {
    const lost: number[] = [];
    const { epoch, contiguous } = theirs.received;
    const after = epoch === EPOCH ? contiguous : 0;
    if (after >= (await outbox.highestSequence(to))) return;
    for await (const { value } of commit.list(deliveries, { prefix: [to], after: [to, after] })) {
      const receipted = value.state === "accepted" || value.state === "duplicate";
      if (receipted && !hasArrived(theirs.received, EPOCH, value.sequence)) lost.push(value.sequence);
    }
    if (lost.length > 0) await outbox.requeue(to, lost);
  }

  let spreading: (() => void) | undefined;
  membership.onChange(() => {
    meetings.judge();
    supervisor.look();
    sender.membershipChanged();
    // Files come in groups; one exchange carries them all.
    spreading ??= clock.after(50, () => {
      spreading = undefined;
      meetings.spread();
    });
    if (freshnessOf(trust(), clock.now()) !== "expired") {
      receiver.releaseQuarantine().catch((error: unknown) => log.error({ error }, "quarantine kept"));
    }
  });
  links.onLinked(({ member: id }) => {
    supervisor.look();
    log.info({ member: id }, "member connected");
  });
  links.onUnlinked(({ member: id }) => {
    supervisor.look();
    log.info({ member: id }, "member disconnected");
  });

  async function standing(id: MemberId): Promise<MemberStanding | undefined> {
    const found = member(trust(), id);
    if (!found) return undefined;
    const { name, country, kind, status } = found;
    const link = links.to(id);
    const lastContact = link?.heard ?? contacts.last(id);
    const note = notes.get(id);
    return {
      ...{ id, name, country, kind, status },
      self: id === self,
      connected: link !== undefined,
      ...(lastContact === undefined ? {} : { lastContact }),
      waiting: [...outbox.waitingFor(id).values()].filter(({ again }) => !again).length,
      adverts: await feeds.countBy(commit, id),
      ...(note === undefined ? {} : { note }),
    };
  }

  return {
    async start() {
      registrar = createRegistrar({
        ...common,
        host,
        memberOf,
        secretOf: greetings.secretOf,
        writeHighWater: limits.writeHighWater,
        openTimeout: limits.openTimeout,
      });
      await registrar.serve(protocols.membership, exchange.answer);
      await registrar.serve(protocols.hello, greetings.answer);
      await registrar.serve(protocols.envelope, receiver.answer);
      await registrar.serve(protocols.feed, sync.answer);
      await registrar.serve(protocols.material, material.answer);
      await outbox.load();
      meetings.start();
      await host.start();
      await upkeep.start();
      await receiver.handleUnsupported();
      supervisor.look();
    },
    async stop() {
      spreading?.();
      supervisor.stop();
      sender.stop();
      meetings.stop();
      await host.stop();
    },
    get self() {
      const own = member(trust(), self);
      if (own) return own;
      throw new WardlineError("federation/not-listed", "The roster no longer lists this member.");
    },
    peerId,
    trust,
    addresses,
    say: outbox.say,
    handle: receiver.handle,
    async received(reader, id) {
      for await (const { value } of reader.list(received, { prefix: [id], limit: 1 })) return value;
      return undefined;
    },
    deliveriesAbout: outbox.deliveriesAbout,
    publish: feeds.publish,
    onRecords: feeds.onRecords,
    findBySha256: feeds.findBySha256,
    liveRecords: () => feeds.liveRecords(commit),
    recordsBy: (id) => feeds.countBy(commit, id),
    material,
    async membersView() {
      const standings = await Promise.all(members(trust()).map(({ id }) => standing(id)));
      return standings.filter((one) => one !== undefined);
    },
    acceptFiles: membership.accept,
    onMembership: membership.onChange,
    holdFreshnessKeys: upkeep.holdFreshnessKeys,
    counts: () => registrar?.counts() ?? {},
  };
}

function asTarget(address: string): Target {
  const peer = /\/p2p\/([^/]+)$/.exec(address)?.[1];
  if (peer) return { peer, addresses: [address] };
  throw new WardlineError(
    "federation/introduction",
    "An introduction does not end with /p2p/ and a peer id.",
    {
      advice: "Correct federation.introductions in the configuration; the invite lists them.",
    },
  );
}

/** Whether an address of a card leads to this peer; one without a peer id leads to any of the card's. */
function isOf(address: string, peer: string): boolean {
  return !address.includes("/p2p/") || address.endsWith(`/p2p/${peer}`);
}
