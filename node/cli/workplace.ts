/** The workplace of a running node, called from the command line as a browser calls it: signed in as a person. */
import { request, type Dispatcher } from "undici";
import { WardlineError } from "@wardline/protocol/encoding";

export interface Workplace {
  post(path: string, body?: unknown): Promise<unknown>;
  /** A file, as it comes. */
  download(path: string): Promise<AsyncIterable<Uint8Array>>;
}

/** Signs in. @throws what the node answers, and `cli/unreachable` */
export async function enterWorkplace(url: string, signIn: string, password: string): Promise<Workplace> {
  const { host, hostname, origin, port, protocol } = workplaceUrl(url);
  // Names below localhost are this machine (RFC 6761), whatever a resolver says.
  const target = hostname.endsWith(".localhost") ? `${protocol}//127.0.0.1:${port}` : origin;

  async function send(cookie: string | undefined, method: "GET" | "POST", path: string, body?: unknown) {
    const headers = {
      ...{ host, origin, "sec-fetch-site": "same-origin" },
      ...(cookie !== undefined && { cookie }),
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const sent = body === undefined ? null : JSON.stringify(body);
    const answer = await request(`${target}/api${path}`, {
      method,
      headers,
      body: sent,
      bodyTimeout: 0,
    }).catch(throwUnreachable);
    if (answer.statusCode >= 300) throw await refusalOf(answer);
    return answer;
  }

  const entered = await send(undefined, "POST", "/session", { signIn, password });
  const cookie = [entered.headers["set-cookie"] ?? []].flat()[0]?.split(";")[0];
  await entered.body.dump();
  return {
    post: async (path, body = {}) => (await send(cookie, "POST", path, body)).body.json(),
    download: async (path) => (await send(cookie, "GET", path)).body,
  };
}

function workplaceUrl(url: string): URL {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url);
  throw new WardlineError("cli/invalid-url", "This is no address of a workplace.", {
    advice: "Give it as a browser shows it: https://wardline.example.",
  });
}

async function refusalOf({ body, statusCode }: Dispatcher.ResponseData): Promise<WardlineError> {
  const said = (await body.json().catch(() => ({}))) as { code?: string; message?: string; advice?: string };
  const { code = `cli/http-${statusCode}`, message = "The node did not do this.", advice } = said;
  return new WardlineError(code, message, advice === undefined ? {} : { advice });
}

function throwUnreachable(cause: unknown): never {
  throw new WardlineError("cli/unreachable", "The workplace does not answer.", {
    advice: "See that the node runs, and that the address is the one that a browser uses.",
    cause,
  });
}
