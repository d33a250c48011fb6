/** Connections that a proxy opens: HTTP CONNECT (RFC 9110, 9.3.6) and SOCKS 5 (RFC 1928), with the name left to the proxy. */
import { request } from "node:http";
import { isIP, type Socket } from "node:net";
import { socksConnector } from "fetch-socks";
import { buildConnector } from "undici";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { SiteRule } from "../configuration/settings/sites.ts";
import { refuse } from "./errors.ts";

export interface Route {
  kind: "proxy" | "socks";
  host: string;
  port: number;
}

export function routeOf(rule: SiteRule | undefined): Route | undefined {
  const kind = rule?.socks === undefined ? "proxy" : "socks";
  const [, host = "", port = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(rule?.[kind] ?? "") ?? [];
  return host === "" ? undefined : { kind, host, port: Number(port) };
}

type Connected = NonNullable<Parameters<buildConnector.Callback>[1]>;

/** Error: `capture/proxy-failed`; those of TLS as they are. */
export async function connectThrough(
  route: Route,
  options: buildConnector.Options,
  timeout: number,
): Promise<Connected> {
  const secure = { timeout, allowH2: false, maxCachedSessions: 0 };
  if (route.kind === "socks")
    return connected(socksConnector({ type: 5, host: route.host, port: route.port }, secure), options);
  const socket = await tunnel(route, options, timeout);
  if (options.protocol !== "https:") return socket;
  return connected(buildConnector(secure), { ...options, httpSocket: socket });
}

function connected(connector: buildConnector.connector, options: buildConnector.Options): Promise<Connected> {
  // The certificate is checked against the name that was asked for.
  const servername = isIP(options.hostname) ? undefined : options.hostname;
  const target = { ...options, ...(servername && { servername }) };
  return new Promise((resolve, reject) => {
    connector(target, (error, socket) => {
      if (socket) resolve(socket);
      else reject(isOfTls(error) ? error : refuse("proxy-failed", { cause: error }));
    });
  });
}

const isOfTls = (error: Error | null): error is Error =>
  isWardlineError(error) || /CERT|TLS|SSL/.test((error as { code?: string } | null)?.code ?? "");

function tunnel(
  { host, port }: Route,
  { hostname, port: asked, protocol }: buildConnector.Options,
  timeout: number,
) {
  const target = `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${asked || (protocol === "https:" ? 443 : 80)}`;
  return new Promise<Socket>((resolve, reject) => {
    const failed = (cause?: unknown) => reject(refuse("proxy-failed", { cause }));
    const asking = request({ host, port, method: "CONNECT", path: target, timeout, agent: false });
    asking.on("connect", ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      failed();
    });
    asking.on("timeout", () => asking.destroy());
    asking.on("response", () => asking.destroy());
    asking.on("error", failed);
    asking.on("close", failed);
    asking.end();
  });
}
