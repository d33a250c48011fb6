/**
 * The one way out of a browser's sandbox: an HTTP proxy on a Unix socket. Every connection goes through the same guard as
 * a plain fetch: hosts are resolved and checked here, the connection goes to the address that passed, and rules for sites
 * and their ways are kept, as far as they go for a host. What is
 * encrypted is passed on as it is; plain requests are sent on without the headers that concern the proxy.
 */
import {
  createServer,
  request as send,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isWardlineError, type WardlineError } from "@wardline/protocol/encoding";
import type { CaptureSettings } from "../../configuration/settings/capture.ts";
import { guardedConnector } from "../connector.ts";
import { refuse } from "../errors.ts";
import { routeOf } from "../proxies.ts";
import { checkFetched, ruleFor } from "../rules.ts";
import type { Resolve } from "../resolve.ts";

export interface ProxyOptions {
  settings: CaptureSettings;
  resolve: Resolve;
  /** Told of bytes as they pass, in either direction. */
  onBytes: (bytes: number) => void;
}

export interface GuardedProxy {
  /** The address that answered for a `host:port` last; empty when only another proxy knows it. */
  addressOf(authority: string): string | undefined;
  /** Why a `host:port` was not reached. */
  failureOf(authority: string): WardlineError | undefined;
  /** Ends every connection and takes no more. */
  close(): Promise<void>;
}

/** Listens at a path until it is closed. */
export async function openProxy(
  path: string,
  { settings, resolve, onBytes }: ProxyOptions,
): Promise<GuardedProxy> {
  const { limits, allow, rendering } = settings;
  const addresses = new Map<string, string>();
  const failures = new Map<string, WardlineError>();
  const open = new Set<Socket>();

  const connectTo = async (target: URL): Promise<Socket> => {
    const authority = authorityOf(target);
    const rule = ruleFor(target, settings);
    const connect = guardedConnector({
      ...{ allow, resolve, connectTimeout: limits.connectTimeout },
      ...{ address: rule?.address, route: routeOf(rule) },
      onConnect: (address) => remember(addresses, authority, address),
    });
    const { hostname, port } = target;
    try {
      checkFetched(rule);
      const socket = await new Promise<Socket>((resolve, reject) =>
        connect({ hostname, port, protocol: "http:", host: target.host }, (error, socket) =>
          socket ? resolve(socket) : reject(error ?? refuse("unreachable")),
        ),
      );
      return watched(socket);
    } catch (error) {
      remember(failures, authority, isWardlineError(error) ? error : refuse("unreachable", { cause: error }));
      throw error;
    }
  };
  const watched = (socket: Socket): Socket => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.setTimeout(limits.timeout, () => socket.destroy());
    return socket;
  };
  const server = createServer({ maxHeaderSize: 64 * 1024 });
  server.maxConnections = rendering.limits.connections;
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  const way: Way = { connectTo, count: ({ length }) => onBytes(length) };
  server.on("connect", (request, client, head) => void tunnel(request, client, head, way));
  server.on("request", (request, response) => void passOn(request, response, way));
  await listening(server, path);
  return {
    addressOf: (authority) => addresses.get(authority),
    failureOf: (authority) => failures.get(authority),
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      return closed;
    },
  };
}

interface Way {
  connectTo: (target: URL) => Promise<Socket>;
  /** Told of each piece that passes. */
  count: (bytes: Uint8Array) => void;
}

/** CONNECT: two sockets, one pipe each way. What cannot be reached is told by a status, without a reason. */
async function tunnel(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  { connectTo, count }: Way,
): Promise<void> {
  client.on("error", () => client.destroy());
  const target = targetOf(`http://${request.url}`);
  if (target?.host === undefined || request.url?.includes("/")) return void client.end(refusal(400));
  try {
    const upstream = await connectTo(target);
    if (client.destroyed) return void upstream.destroy();
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    upstream.write(head);
    client.on("data", count);
    upstream.on("data", count);
    client.pipe(upstream).pipe(client);
    upstream.on("error", () => client.destroy());
    upstream.on("close", () => client.destroy());
    client.on("close", () => upstream.destroy());
  } catch {
    client.end(refusal(502));
  }
}

const refusal = (status: number) =>
  `HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;

/** A plain request: sent on by a connection of its own. Where that fails the browser's connection is cut, as a site's would be. */
async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { connectTo, count }: Way,
): Promise<void> {
  const cut = () => request.socket.destroy();
  response.on("error", cut);
  const target = targetOf(request.url);
  if (target === undefined) return void response.writeHead(400).end();
  try {
    const socket = await connectTo(target);
    const upstream = send({
      createConnection: () => socket,
      method: request.method,
      path: target.pathname + target.search,
      headers: withoutProxyHeaders(request.rawHeaders),
    });
    response.on("close", () => upstream.destroy());
    upstream.on("error", cut);
    upstream.on("response", (answer) => {
      answer.on("error", cut);
      response.writeHead(
        answer.statusCode ?? 502,
        answer.statusMessage ?? "",
        withoutProxyHeaders(answer.rawHeaders),
      );
      answer.on("data", count);
      answer.pipe(response);
    });
    request.on("data", count);
    request.pipe(upstream);
  } catch {
    cut();
  }
}

/** Parsed as a browser does, so that every spelling of an address has one form. */
function targetOf(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "http:" && url.username === "" && url.password === "" ? url : undefined;
}

/** `host:port` with the port always written. */
export function authorityOf(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === "https:" ? 443 : 80)}`;
}

const ofTheConnection = new Set([
  ...["connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate"],
  ...["te", "trailer", "transfer-encoding", "upgrade"],
]);

/** Headers as they came, in their order and spelling, without those of one connection (RFC 9110, 7.6.1). */
function withoutProxyHeaders(raw: readonly string[]): string[] {
  return raw.flatMap((name, at) =>
    at % 2 === 0 && !ofTheConnection.has(name.toLowerCase()) ? [name, raw[at + 1] ?? ""] : [],
  );
}

/** A page may name hosts without end; the first ones are the ones that are asked about. */
function remember<T>(map: Map<string, T>, authority: string, value: T): void {
  if (map.size < 10_000 || map.has(authority)) map.set(authority, value);
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(path, () => resolve());
  });
}
