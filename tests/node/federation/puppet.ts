/**
 * A member's peer without its node: it knows the member's keys, says a proper hello, and then sends whatever a test wants.
 * Made of the room's own parts, so that only what the test changes is wrong.
 */
import type { Connection } from "@libp2p/interface";
import { encodeCbor, isWardlineError, systemRandom } from "@wardline/protocol/encoding";
import { generateSealingKey } from "@wardline/protocol/identity";
import { openReceipt, sealEnvelope, type Receipt } from "@wardline/protocol/envelope";
import {
  acceptCard,
  acceptFreshness,
  acceptRoot,
  acceptRoster,
  acceptSuccessor,
  acceptSuspension,
  buildCard,
  listPeer,
  memberOfPeer,
  peerIdOf,
  signFile,
  type FederationFile,
  type Trust,
} from "@wardline/protocol/roster";
import { keyIdOf } from "@wardline/protocol/identity";
import { signStatement, type SignedStatement } from "@wardline/protocol/statements";
import { loadConfiguration } from "../../../node/configuration/index.ts";
import { createGreetings } from "../../../node/federation/hello/greeting.ts";
import { createLinks } from "../../../node/federation/hello/links.ts";
import { createExchange } from "../../../node/federation/membership/exchange.ts";
import { describeProtocols } from "../../../node/federation/protocols.ts";
import { createFairness } from "../../../node/federation/transport/fairness.ts";
import { createHost } from "../../../node/federation/transport/host.ts";
import { createRegistrar } from "../../../node/federation/transport/registrar.ts";
import { createLog, systemClock } from "../../../node/telemetry/index.ts";
import { openKeyring, unlock, type Keyring } from "../../../node/vault/index.ts";
import type { Hello } from "../../../node/federation/hello/wire.ts";
import type { Handler } from "../../../node/federation/transport/protocol.ts";
import { given } from "../../support/codes.ts";
import { openDoor, unmetered } from "./open-door.ts";
import { atCleanUp, until, type Place } from "./support.ts";

const accepts = {
  root: acceptRoot,
  roster: acceptRoster,
  freshness: acceptFreshness,
  suspension: acceptSuspension,
  card: acceptCard,
  successor: acceptSuccessor,
};

export interface Puppet {
  readonly keyring: Keyring;
  readonly peerId: string;
  trust(): Trust;
  /** Connects to a node, exchanges membership files and greets it; gives the connection over which they have met. */
  meet(address: string): Promise<Connection>;
  connect(address: string): Promise<Connection>;
  exchange(connection: Connection): Promise<void>;
  greet(connection: Connection): Promise<void>;
  ask(
    connection: Connection,
    protocol: keyof ReturnType<typeof describeProtocols>,
    request: Uint8Array,
  ): Promise<Uint8Array>;
  /** An envelope with a statement of this member, or with one given. */
  envelope(
    to: string,
    options?: { signed?: SignedStatement; sequence?: number; expiresIn?: number },
  ): { bytes: Uint8Array; signed: SignedStatement };
  sign(to: string, text: string, id?: string): SignedStatement;
  receipt(bytes: Uint8Array): Receipt;
  stop(): Promise<void>;
}

type ProtocolName = keyof ReturnType<typeof describeProtocols>;
/** What it answers on other protocols than membership and hello. */
type Handlers = Partial<Record<ProtocolName, Handler>>;

/** Opens the member's keys; its node must not run. `cleanUp` stops it. `feeds` is what its hello claims to hold. */
export async function startPuppet(
  place: Place,
  trust: Trust,
  claims: Partial<Hello> = {},
  handlers: Handlers = {},
): Promise<Puppet> {
  const master = await unlock(place.folder, { keyFile: place.keyFile });
  const keyring = await openKeyring(place.folder, master, systemRandom);
  return createPuppet(keyring, place.memberId, trust, claims, handlers);
}

export async function createPuppet(
  keyring: Keyring,
  member: string,
  begun: Trust,
  claims: Partial<Hello> = {},
  handlers: Handlers = {},
): Promise<Puppet> {
  const now = () => Date.now();
  // Its own limits are out of its way.
  const limits = { ...loadConfiguration({}).federation.limits, streams: 10_000 };
  const protocols = describeProtocols(limits);
  const log = createLog("silent");
  let trust = begun;
  if (keyring.sealing().length === 0) {
    const from = now() - 1000;
    await keyring.addSealing([{ ...generateSealingKey(systemRandom), from, until: from + 7 * 86_400_000 }]);
  }
  const accept = (kind: keyof typeof accepts, file: FederationFile) => {
    try {
      trust = accepts[kind](trust, file, now());
    } catch {
      // A puppet believes nothing that its trust refuses.
    }
  };
  accept("card", ownCard(keyring, member, trust, now()));
  const host = await createHost({
    transportSeed: keyring.transport.seed,
    listen: ["/ip4/127.0.0.1/tcp/0"],
    announce: [],
    limits,
    isMember: () => true,
    meter: unmetered,
    relay: loadConfiguration({}).federation.relay,
    gater: openDoor(),
  });
  const links = createLinks();
  const memberOf = (peer: string) => memberOfPeer(trust, peer)?.id;
  const registrar = createRegistrar({
    host,
    clock: systemClock,
    log,
    random: systemRandom,
    memberOf,
    can: () => true,
    fairness: createFairness(limits, systemClock, log),
    meter: unmetered,
    secretOf: (connection) => greetings.secretOf(connection),
    writeHighWater: limits.writeHighWater,
    openTimeout: limits.openTimeout,
  });
  const peerId = peerIdOf(keyring.transport.public);
  const exchange = createExchange({
    protocol: protocols.membership,
    clock: systemClock,
    registrar: () => registrar,
    trust: () => trust,
    accept: (files) => Promise.resolve(files.forEach(({ kind, file }) => accept(kind, file))),
  });
  const greetings = createGreetings({
    protocol: protocols.hello,
    registrar: () => registrar,
    links,
    keyring,
    trust: () => trust,
    memberOf,
    peerId,
    clock: systemClock,
    random: systemRandom,
    onHello: () => undefined,
    describe: () =>
      Promise.resolve({
        protocols: [],
        now: now(),
        roster: 1,
        freshness: 1,
        card: 1,
        epoch: 1,
        sent: 0,
        received: { epoch: 0, contiguous: 0, beyond: [] },
        feeds: [],
        ...claims,
      }),
  });
  await registrar.serve(protocols.membership, exchange.answer);
  await registrar.serve(protocols.hello, greetings.answer);
  for (const name of Object.keys(handlers) as ProtocolName[])
    await registrar.serve(protocols[name], (request, asker) => given(handlers[name])(request, asker));
  await host.start();
  const stop = async () => void (await host.stop());
  atCleanUp(stop);
  const { multiaddr } = await import("@multiformats/multiaddr");
  const connect = (address: string) => host.dial(multiaddr(address), { signal: AbortSignal.timeout(5000) });

  const sign = (to: string, text: string, id = systemRandom(16).toHex()) =>
    signStatement(
      {
        type: "conversation.message",
        id,
        author: member,
        to: [to],
        created: now(),
        payload: { conversation: systemRandom(16).toHex(), pseudonym: "p", text },
      },
      keyring.identity,
      trust.federationId,
    );

  /** The node may greet first, over the same connection; then its hello goes on. */
  async function greet(connection: Connection): Promise<void> {
    try {
      await greetings.greet(connection);
    } catch (error) {
      if (!isWardlineError(error, "hello/crossed")) throw error;
      await until(
        "the other hello is through",
        () => links.at(connection.remotePeer.toString()) !== undefined,
      );
    }
  }

  return {
    keyring,
    peerId,
    trust: () => trust,
    connect,
    exchange: exchange.with,
    greet,
    async meet(address) {
      const connection = await connect(address);
      await exchange.with(connection);
      await greet(connection);
      // Where both greeted at once, it may be the node's own connection over which they have met.
      return links.at(connection.remotePeer.toString())?.connection ?? connection;
    },
    ask: (connection, protocol, request) => registrar.ask(connection, protocols[protocol], request),
    sign,
    envelope(to, { signed = sign(to, "Hello"), sequence = 1, expiresIn } = {}) {
      const sender = { member, key: keyring.identity };
      const common = { trust, sender, recipient: to, now: now(), random: systemRandom, expiresIn };
      return { bytes: sealEnvelope({ ...common, signed, epoch: 1, sequence }).bytes, signed };
    },
    receipt: (bytes) =>
      openReceipt(bytes, { trust, self: member, sealingKey: keyring.sealingSeed, now: now() }).signed.receipt,
    stop,
  };
}

function ownCard(keyring: Keyring, member: string, { federationId }: Trust, now: number): FederationFile {
  const bytes = buildCard({
    federation: federationId,
    member,
    key: keyIdOf(keyring.identity.public),
    version: Math.floor(now / 1000) + 1,
    created: now,
    expires: now + 30 * 86_400_000,
    peers: [listPeer(keyring.transport.seed, federationId, member)],
    addresses: [],
    epoch: 1,
    sealingKeys: keyring
      .sealing()
      .map(({ public: publicKey, from, until }) => ({ public: publicKey, from, until })),
    revoked: [],
  });
  return { bytes, signatures: [signFile("card", bytes, federationId, keyring.identity)] };
}

/** The request of `/wardline/feed/1` that pushes a block. */
export const pushOf = (block: Uint8Array) => encodeCbor({ kind: "push", block });
