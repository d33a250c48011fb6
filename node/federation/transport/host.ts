/**
 * The libp2p host: TCP, Noise, yamux, identify, ping, and a private kad-dht for peer routing alone. Every setting that
 * differs from the default is here with its reason; nothing is kept on disk (cards are the address book).
 */
import { noise } from "@chainsafe/libp2p-noise";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { identify, type Identify } from "@libp2p/identify";
import type { ConnectionGater, Libp2p, StreamHandler, StreamHandlerOptions } from "@libp2p/interface";
import { kadDHT, passthroughMapper, type KadDHT } from "@libp2p/kad-dht";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { ping, type Ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";
import type { FederationLimits } from "../../configuration/settings/federation.ts";
import { DHT_KEYS, RoutingDatastore } from "../announcements/datastore.ts";
import type { Meter } from "./meter.ts";
import {
  listening,
  placesOf,
  relayServer,
  relayTransport,
  type Listening,
  type RelaySettings,
} from "./relaying.ts";
import { webSocketLines } from "./websocket.ts";

export const DHT_PROTOCOL = "/wardline/kad/1";
const MiB = 1024 * 1024;

export interface HostOptions {
  /** 32 bytes; the peer id is made from it. */
  readonly transportSeed: Uint8Array;
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly limits: FederationLimits;
  readonly gater: ConnectionGater;
  readonly isMember: (peer: string) => boolean;
  /** Holder announcements kept of each member, and for how long, milliseconds; none when absent. */
  readonly announcements?: { readonly perMember: number; readonly validity: number };
  readonly meter: Pick<Meter, "around" | "attach">;
  /** PEM file of certificate authorities for members reached by wss, besides the system's. */
  readonly authorities?: string | undefined;
  readonly relay: RelaySettings;
}

/** libp2p with the services that this node uses. */
export type Host = Libp2p<{ identify: Identify; ping: Ping; dht: KadDHT; listening: Listening }>;

/** A host that is not started yet: protocols are registered first, so that nobody meets half a node. */
export async function createHost(options: HostOptions): Promise<Host> {
  const { limits, meter } = options;
  // The meter ends a connection with too many streams; the muxer by itself would only reset them, unseen.
  const muxerStreams = limits.streams + limits.connections;
  const { relay } = options;
  const guard = <C extends Components, S>(create: (components: C) => S) => openTo(create, options.isMember);
  /** A relay that we did not ask brings us nobody. */
  const isOurRelay = (peer: string) => placesOf(host).has(peer);
  const privateKey = await generateKeyPairFromSeed("Ed25519", options.transportSeed);
  const self = peerIdFromPrivateKey(privateKey).toString();
  const { perMember = 0, validity } = options.announcements ?? {};
  const host: Host = await createLibp2p({
    start: false,
    privateKey,
    // Who uses relays announces the places at them, too.
    addresses: {
      listen: [...options.listen],
      [relay.role === "use" ? "appendAnnounce" : "announce"]: [...options.announce],
    },
    nodeInfo: { name: "wardline", version: "1", userAgent: "wardline" }, // says nothing about versions in use
    datastore: new RoutingDatastore({ perMember, self }),
    transports: [
      tcp({
        inboundSocketInactivityTimeout: limits.silence,
        outboundSocketInactivityTimeout: limits.silence,
        maxConnections: limits.connections,
      }),
      webSocketLines({ limits, authorities: options.authorities }),
      openTo(relayTransport(), isOurRelay),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [
      meter.around(
        yamux({
          maxInboundStreams: muxerStreams,
          maxOutboundStreams: muxerStreams,
          streamOptions: {
            // Well under the read buffer, so that a paused reader is never reset.
            maxStreamWindowSize: MiB,
            maxReadBufferLength: 4 * MiB,
            // The largest frame is a roster of 8 MiB; every window is smaller.
            maxWriteBufferLength: 16 * MiB,
          },
        }),
      ),
    ],
    connectionGater: options.gater,
    connectionManager: {
      maxConnections: limits.connections,
      maxIncomingPendingConnections: limits.pendingConnections,
      maxParallelDials: limits.parallelDials,
      dialTimeout: limits.dialTimeout,
      inboundUpgradeTimeout: limits.upgradeTimeout,
      inboundConnectionThreshold: Number.MAX_SAFE_INTEGER, // the gater's: own proxies are exempt
      reconnectRetries: 0, // the supervisor reconnects, for ever and with jitter
    },
    // One slow ping is no reason to abort a healthy connection; the repeated hello is the sign of life.
    connectionMonitor: { enabled: false, abortConnectionOnPingFailure: false },
    services: {
      identify: guard(identify({ protocolPrefix: "wardline" })),
      ping: guard(ping({ protocolPrefix: "wardline" })),
      listening,
      ...(relay.role === "serve" ? { relay: guard(relayServer(relay)) } : {}),
      dht: guard(
        kadDHT({
          protocol: DHT_PROTOCOL,
          datastorePrefix: DHT_KEYS,
          clientMode: false,
          peerInfoMapper: passthroughMapper,
          allowQueryWithZeroPeers: true,
          validators: { pk: refuseValue },
          ...(validity === undefined ? {} : { reprovide: { validity } }),
        }),
      ),
    },
  });
  host.addEventListener("connection:open", ({ detail }) => meter.attach(detail));
  return host;
}

function refuseValue(): never {
  throw new Error("This network routes to peers and keeps no values.");
}

/** What a service of libp2p registers its protocols with. */
interface Components {
  readonly registrar: {
    handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>;
  };
}

/**
 * libp2p's own protocols bypass our registrar; strangers shall not reach them either. (Its middleware would be the place,
 * but 3.3 adds the handler to the middleware anew with every stream.)
 */
function openTo<C extends Components, S>(
  create: (components: C) => S,
  mayOpen: (peer: string) => boolean,
): (components: C) => S {
  const guarded = (handler: StreamHandler): StreamHandler => {
    return (stream, connection) => {
      if (mayOpen(connection.remotePeer.toString())) return handler(stream, connection);
      stream.abort(new Error("The peer may not speak this protocol here."));
    };
  };
  const handleOf =
    (registrar: Components["registrar"]): Components["registrar"]["handle"] =>
    (protocol, handler, options) =>
      registrar.handle(protocol, guarded(handler), options);
  return (components) =>
    create(
      replacing(
        components,
        "registrar",
        replacing(components.registrar, "handle", handleOf(components.registrar)),
      ),
    );
}

/** The same object with one property replaced, also for whoever reads it later. */
function replacing<T extends object, K extends keyof T>(object: T, name: K, value: T[K]): T {
  return new Proxy(object, {
    get(target, key) {
      if (key === name) return value;
      const found: unknown = Reflect.get(target, key);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
}
