/**
 * Refuses what other websites make a browser send here. A local web application is a target of DNS rebinding and of
 * cross-site requests, so Host, Origin and Sec-Fetch-Site are judged on every request, before anything else.
 */
import { WardlineError } from "@wardline/protocol/encoding";

export interface GuardedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface GuardSettings {
  /** The node's configured name, e.g. `hotline-a.localhost`. */
  readonly name: string;
  /** What browsers see before the host: `https` when TLS ends here or at a proxy in front. */
  readonly scheme: "http" | "https";
}

const loopback = ["localhost", "127.0.0.1", "[::1]"];
const reading = new Set(["GET", "HEAD"]);

export function createGuard({ name, scheme }: GuardSettings): (request: GuardedRequest) => void {
  const hosts = new Set([name.toLowerCase(), ...loopback]);

  return (request) => {
    const host = header(request, "host") ?? "";
    if (!hosts.has(hostname(host))) {
      throw new WardlineError("api/unknown-host", "This node does not answer under that name.", {
        advice: `Open it by its configured name, ${name}. A proxy in front must pass the Host header on unchanged.`,
      });
    }
    if (!sameOrigin(request, `${scheme}://${host.toLowerCase()}`)) {
      throw new WardlineError("api/cross-site", "This request does not come from this node's own pages.", {
        advice: "Open the workplace by its own address. Programs send `Origin` with the node's own address.",
      });
    }
  };
}

function sameOrigin(request: GuardedRequest, own: string): boolean {
  const origin = header(request, "origin");
  const site = header(request, "sec-fetch-site");
  if (isVisit(request)) return origin === undefined || origin === own;
  if (origin !== undefined && origin !== own) return false;
  if (site !== undefined && site !== "same-origin" && !(site === "none" && reading.has(request.method)))
    return false;
  // Browsers name the origin of every request that changes something; who does not name one is not let in by default.
  return origin === own || reading.has(request.method);
}

/** Somebody followed a link to a page of the workplace; pages hold nothing, and the strict cookie stays at home. */
function isVisit(request: GuardedRequest): boolean {
  return (
    reading.has(request.method) &&
    !isApi(request.url) &&
    header(request, "sec-fetch-mode") === "navigate" &&
    header(request, "sec-fetch-dest") === "document"
  );
}

/** Whether a request goes to the API rather than to the interface's files. */
export function isApi(url: string): boolean {
  const [path] = url.split("?", 1);
  return path === "/api" || path?.startsWith("/api/") === true;
}

function header(request: GuardedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** Without the port, which a tunnel or a proxy may change; rebinding changes the name. */
function hostname(host: string): string {
  return host.toLowerCase().replace(/:\d{1,5}$/, "");
}
