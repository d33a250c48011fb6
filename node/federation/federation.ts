/** The composition of the room: who needs whom, and in which order everything starts and stops. */
import type { Random } from "@wardline/protocol/encoding";
import { WardlineError } from "@wardline/protocol/encoding";
import { card as ownCard, freshnessOf, member, memberOfPeer, peerIdOf } from "@wardline/protocol/roster";
import type { Commit } from "../commit/index.ts";
import type { Configuration } from "../configuration/index.ts";
import type { Jobs } from "../jobs/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { Clock, Log } from "../telemetry/index.ts";
import type { Keyring, Vault } from "../vault/index.ts";
import { can } from "./capabilities.ts";
import { createAnnouncements } from "./announcements/announcements.ts";
import { createSecrets } from "./announcements/secrets.ts";
import { openContacts } from "./contacts.ts";
import { received } from "./delivery/collections.ts";
import { createOutbox } from "./delivery/outbox.ts";
import { createReceiver } from "./delivery/receiver.ts";
import { createSender } from "./delivery/sender.ts";
import { epochOf } from "./epochs.ts";
import { createFeeds } from "./feeds/feeds.ts";
import { createHolders } from "./feeds/holders.ts";
import { createSync } from "./feeds/sync.ts";
import { findingsOf } from "./findings.ts";
import { createGuards } from "./guards.ts";
import { createFreshness } from "./freshness/freshness.ts";
import { createGreetings } from "./hello/greeting.ts";
import { createHelloContent } from "./hello/content.ts";
import { createLinks } from "./hello/links.ts";
import { createMaterial } from "./material/material.ts";
import { createMailbox } from "./mailbox/mailbox.ts";
import { createMeetings } from "./meetings.ts";
import { admitted, holderOf } from "./membership/directory.ts";
import { createExchange } from "./membership/exchange.ts";
import { openMembership } from "./membership/membership.ts";
import { describeProtocols } from "./protocols.ts";
import { openRecovery } from "./recovery.ts";
import { createRelays } from "./relays.ts";
import { connect } from "./routing.ts";
import { hindranceTo, standings } from "./standing.ts";
import { createSupervisor } from "./supervisor.ts";
import { asTarget, targetsOf } from "./targets.ts";
import { createHost } from "./transport/host.ts";
import { placesOf, relayOf } from "./transport/relaying.ts";
import { createRegistrar, type Registrar } from "./transport/registrar.ts";
import type { Federation } from "./types.ts";
import { createUpkeep } from "./upkeep.ts";

/** What a card holds. */
const MOST_ADDRESSES = 32;

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
  /** Told when the node turns out to have been restored: from then on nothing may be recorded. */
  readonly onRestored?: (problem: WardlineError) => void;
}

/**
 * A member's node on the network. Nothing listens before `start`.
 * Throws `federation/not-joined` before an invite was taken, `federation/not-listed` when the roster lists none of our keys.
 */
export async function createFederation(services: FederationServices): Promise<Federation> {
  const { keyring, commit, clock, log, random, configuration } = services;
  const { limits, intervals, introductions, announcements: announcing } = configuration.federation;
  const protocols = describeProtocols(limits);
  const membership = await openMembership(services);
  const contacts = await openContacts(commit);
  const { onRestored = () => undefined } = services;
  const recovery = await openRecovery({ commit, clock, log, onRestored });
  const epoch = await epochOf(commit);
  const { trust } = membership;
  const self = holderOf(trust(), keyring.identity.public).id;
  const peerId = peerIdOf(keyring.transport.public);
  const links = createLinks();
  let registrar: Registrar | undefined;
  const theRegistrar = (): Registrar => {
    if (registrar) return registrar;
    throw new WardlineError("federation/not-started", "The federation has not been started.");
  };

  const memberOf = (peer: string) => admitted(trust(), peer, clock.now(), contacts.isKnown);
  const introduced = introductions.map(asTarget);
  const common = { self, trust, keyring, commit, clock, log, random, links, registrar: theRegistrar };

  const exchange = createExchange({ ...common, protocol: protocols.membership, accept: membership.accept });
  const hindrance = (to: string) => recovery.problem()?.code ?? hindranceTo(trust(), links, to, clock.now());
  const outbox = createOutbox({
    ...common,
    ...{ epoch, hindrance },
    onQueued: (to) => sender.wake(to),
  });
  const sender = createSender({
    ...common,
    protocol: protocols.envelope,
    epoch,
    paused: () => recovery.problem() !== undefined,
    outbox,
    retryFirst: intervals.retryFirst,
    retryMost: intervals.retryMost,
  });
  const receiver = createReceiver({
    ...common,
    ledger: services.ledger,
    shares: limits,
    onFull: (id, what) => fairness.slowed(id, what, 0),
    catchUp: ({ connection }) => exchange.with(connection),
  });
  const feeds = createFeeds({
    ...common,
    epoch,
    ...{ snapshotBlocks: limits.snapshotBlocks, recordsPerMember: limits.recordsPerMember },
    onFull: (author) => fairness.slowed(author, "records", 0),
    onOwnFound: (unit) => recovery.found(unit, "newer-blocks"),
    onPublished: (block) => sync.push(block),
  });
  const holders = createHolders(common);
  const sync = createSync({ ...common, protocol: protocols.feed, feeds, holders });
  const material = createMaterial({
    ...common,
    ...{ jobs: services.jobs, vault: services.vault },
    protocol: protocols.material,
    settings: configuration.federation.material,
  });
  const mailbox = createMailbox({
    ...common,
    ...{ outbox, sender, receiver, hindrance },
    protocol: protocols.mailbox,
    jobs: services.jobs,
    settings: configuration.federation.mailbox,
    housekeeping: intervals.housekeeping,
  });
  const content = createHelloContent({
    ...common,
    ...{ contacts, outbox, sync, exchange },
    epoch,
    ledger: services.ledger,
    onCompared: recovery.heard,
    protocols: Object.values(protocols).map(({ name }) => name),
    clockSkew: limits.clockSkew,
  });
  const greetings = createGreetings({
    ...common,
    protocol: protocols.hello,
    memberOf,
    peerId,
    describe: content.describe,
    onHello: content.heard,
  });

  const { fairness, meter, gater } = createGuards({
    ...{ settings: configuration.federation, clock, log, memberOf },
    // Also to whom our files are too old for: it may have newer ones.
    mayDial: (peer) =>
      memberOfPeer(trust(), peer)?.status === "active" || introduced.some((target) => target.peer === peer),
    connections: () => host.getConnections(),
    mayRelay: (peer) => can(trust(), self, "relay") && memberOf(peer) !== undefined,
    carries: (peer) => placesOf(host).has(peer),
  });
  const host = await createHost({
    transportSeed: keyring.transport.seed,
    listen: configuration.listen.p2p,
    announce: configuration.listen.announce,
    ...{ limits, meter, gater },
    authorities: configuration.federation.authorities,
    relay: configuration.federation.relay,
    isMember: (peer) => memberOf(peer) !== undefined,
    ...(announcing.enabled ? { announcements: announcing } : {}),
  });
  const announcements = createAnnouncements({
    ...common,
    ...{ host, feeds, memberOf },
    protocol: protocols.holders,
    settings: announcing,
    secrets: createSecrets(common),
    jobs: services.jobs,
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
    targets: () => targetsOf(trust(), self, peerId, introduced),
    isConnected: (peer) => links.at(peer) !== undefined,
    reach: async (target, attempt) => meetings.meet(await connect(host, target, attempt, limits.dialTimeout)),
  });
  const freshness = createFreshness({
    ...common,
    protocol: protocols.freshness,
    intervals,
    jobs: services.jobs,
    accept: membership.accept,
    catchUp: exchange.with,
  });
  const upkeep = createUpkeep({
    ...services,
    membership,
    intervals,
    addresses,
    card: { ...common, epoch: () => epoch, period: intervals.sealingKey, keyLife: intervals.sealingKeyLife },
  });

  const relays = createRelays({
    ...{ ...common, ...intervals, host },
    isRelay: (id) => id !== self && can(trust(), id, "relay"),
  });
  const lookAround = () => {
    supervisor.look();
    if (configuration.federation.relay.role === "use") relays.look();
  };

  /** Places at relays that the roster no longer names so are not announced. */
  function addresses(): string[] {
    return host
      .getMultiaddrs()
      .filter((address) => {
        const relay = relayOf(address);
        const member = relay === undefined ? undefined : memberOf(relay);
        return relay === undefined || (member !== undefined && can(trust(), member, "relay"));
      })
      .map(String)
      .slice(0, MOST_ADDRESSES);
  }

  /** Where this node is reached changes while it runs, too: the card says so at once. */
  const moved = () =>
    void upkeep.renewCard().catch((error: unknown) => log.error({ error }, "the card was not renewed"));

  fairness.onCut(meetings.cutOff);
  let spreading: (() => void) | undefined;
  membership.onChange(() => {
    meetings.judge();
    lookAround();
    sender.membershipChanged();
    feeds.decide().catch((error: unknown) => log.error({ error }, "a decision about a feed was not applied"));
    freshness
      .membershipChanged()
      .catch((error: unknown) => log.error({ error }, "freshness was not planned"));
    upkeep.membershipChanged().catch((error: unknown) => log.error({ error }, "an identity was not planned"));
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
    lookAround();
    log.info({ member: id }, "member connected");
  });
  links.onUnlinked(({ member: id }) => {
    lookAround();
    log.info({ member: id }, "member disconnected");
  });

  return {
    async start() {
      registrar = createRegistrar({
        ...common,
        ...{ host, memberOf, fairness, meter },
        can: (id, capability) => can(trust(), id, capability),
        secretOf: greetings.secretOf,
        writeHighWater: limits.writeHighWater,
        openTimeout: limits.openTimeout,
      });
      await registrar.serve(protocols.membership, exchange.answer);
      await registrar.serve(protocols.hello, greetings.answer);
      await registrar.serve(protocols.envelope, receiver.answer);
      await registrar.serve(protocols.feed, sync.answer);
      await registrar.serve(protocols.material, material.answer);
      await registrar.serve(protocols.freshness, freshness.answer);
      await registrar.serve(protocols.mailbox, mailbox.answer);
      await registrar.serve(protocols.holders, announcements.answer);
      await recovery.look({
        bare: keyring.sealing().length === 0 && ownCard(trust(), self) !== undefined,
        ledger: services.ledger.problem,
      });
      if (!recovery.problem()) await recovery.tellEpoch(feeds.openEpoch);
      await outbox.load();
      await feeds.decide();
      await sync.start();
      await mailbox.start();
      await announcements.start();
      meetings.start();
      await host.start();
      await upkeep.start();
      await freshness.start();
      host.addEventListener("self:peer:update", moved);
      if (!recovery.problem()) await receiver.handleUnsupported();
      supervisor.look();
    },
    async stop() {
      spreading?.();
      host.removeEventListener("self:peer:update", moved);
      supervisor.stop();
      freshness.stop();
      relays.stop();
      sender.stop();
      mailbox.stop();
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
    deliveriesAbout: async (reader, about) => mailbox.withPlaces(await outbox.deliveriesAbout(reader, about)),
    mailboxView: mailbox.view,
    publish: feeds.publish,
    onRecords: feeds.onRecords,
    findBySha256: feeds.findBySha256,
    adverts: feeds.adverts,
    advert: feeds.advert,
    holdersOf: holders.of,
    announcing: announcements.enabled,
    askHolders: announcements.ask,
    liveRecords: () => feeds.liveRecords(commit),
    recordsBy: (id) => feeds.countBy(commit, id),
    material,
    membersView: () =>
      standings({
        ...common,
        contacts,
        outbox,
        recordsBy: (id) => feeds.countBy(commit, id),
        noteOn: (id) =>
          (id === self ? recovery.problem()?.code : undefined) ?? content.noteOn(id) ?? mailbox.noteOn(id),
      }),
    acceptFiles: membership.accept,
    findings: (reader) => findingsOf(trust(), reader),
    onMembership: membership.onChange,
    restored: recovery.problem,
    holdFreshnessKeys: freshness.hold,
    freshness,
    counts: () => registrar?.counts() ?? {},
    overLimit: () => ({ incidents: fairness.incidents(), totals: fairness.totals() }),
  };
}
