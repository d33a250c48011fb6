/**
 * WebSocket lines, for nodes behind a usual reverse proxy: `…/ws` to listen on, `…/tls/ws` (wss) to be reached at. TLS
 * ends at the proxy and proves nothing about members; Noise runs inside as everywhere. The library is used as it is but
 * for what it leaves open: which authorities a certificate may come from, how long a message may be, how many may wait.
 */
import { readFileSync } from "node:fs";
import type { Server } from "node:net";
import { getCACertificates } from "node:tls";
import type { CreateListenerOptions, Listener, Transport } from "@libp2p/interface";
import { webSockets } from "@libp2p/websockets";
import type { Multiaddr } from "@multiformats/multiaddr";
import { Agent, WebSocket } from "undici";
import { WardlineError } from "@wardline/protocol/encoding";
import type { FederationLimits } from "../../configuration/settings/federation.ts";

/** Noise sends 64 KiB at most in one; the library's servers would take 100 MiB, also from who has proved nothing yet. */
const LONGEST_MESSAGE = 1024 * 1024;

type Components = Parameters<ReturnType<typeof webSockets>>[0];

export interface WebSocketSettings {
  readonly limits: FederationLimits;
  /** PEM file with certificates that are trusted besides those of the system. */
  readonly authorities: string | undefined;
}

/** Throws `federation/authorities` when the file cannot be read. */
export function webSocketLines({
  limits,
  authorities,
}: WebSocketSettings): (components: Components) => Transport {
  const agent = new Agent({ connect: { ca: trusted(authorities), timeout: limits.dialTimeout } });

  /** In place of the runtime's own socket, which cannot be told whom to trust. */
  async function connect(address: Multiaddr, { signal }: { signal: AbortSignal }): Promise<WebSocket> {
    signal.throwIfAborted();
    const socket = new WebSocket(urlOf(address), { dispatcher: agent });
    socket.binaryType = "arraybuffer";
    const opened = Promise.withResolvers<undefined>();
    const abort = () => opened.reject(signal.reason);
    socket.addEventListener("open", () => opened.resolve(undefined), { once: true });
    socket.addEventListener("error", ({ error }) => opened.reject(unreachable(error)), { once: true });
    signal.addEventListener("abort", abort);
    try {
      await opened.promise;
    } catch (error) {
      socket.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
    return socket;
  }

  return (components) => {
    const transport = webSockets()(components);
    const createListener = transport.createListener.bind(transport);
    return Object.assign(transport, {
      _connect: connect,
      createListener: (options: CreateListenerOptions) => bounded(createListener(options), limits),
    });
  };
}

/** The parts of the library's listener that its own options do not reach. */
interface ListenerParts {
  readonly server: Server;
  readonly wsServer: {
    readonly options: { maxPayload: number; WebSocket: new (...made: never[]) => Emitter };
  };
}
type Emitter = Pick<Server, "on">;

/**
 * Bounds what anybody may do at a listener before Noise: lines that say nothing, and messages without end. A frame that
 * breaks the rules of WebSockets closes its line; without a listener for that error it would end the process.
 */
function bounded(listener: Listener, limits: FederationLimits): Listener {
  const { server, wsServer } = listener as unknown as ListenerParts;
  const { options } = wsServer;
  server.maxConnections = limits.connections + limits.pendingConnections;
  server.on("connection", (socket) => socket.setTimeout(limits.silence, () => socket.destroy()));
  options.maxPayload = LONGEST_MESSAGE;
  options.WebSocket = class extends options.WebSocket {
    constructor(...made: never[]) {
      super(...made);
      this.on("error", () => undefined);
    }
  };
  return listener;
}

function trusted(file: string | undefined): string[] {
  const known = [...getCACertificates("default"), ...getCACertificates("system")];
  if (file === undefined) return known;
  try {
    return [...known, readFileSync(file, "utf8")];
  } catch (cause) {
    throw new WardlineError(
      "federation/authorities",
      "The file with certificate authorities cannot be read.",
      {
        advice: "Correct federation.authorities in the configuration.",
        cause,
      },
    );
  }
}

/** `wss://host:port` for addresses with TLS, `ws://` for those without. */
function urlOf(address: Multiaddr): string {
  const parts = address.getComponents();
  const value = (...names: string[]) => parts.find(({ name }) => names.includes(name))?.value ?? "";
  const secure = parts.some(({ name }) => name === "tls" || name === "wss");
  const host = value("dns", "dns4", "dns6", "ip4", "ip6");
  return `${secure ? "wss" : "ws"}://${host.includes(":") ? `[${host}]` : host}:${value("tcp")}`;
}

const unreachable = (cause: unknown) =>
  new WardlineError("peer/not-connected", "The WebSocket could not be opened.", { cause });
