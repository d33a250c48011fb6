/** A person at a node's door: signs in and calls the API over HTTP, as the interface does. */
import { randomUUID } from "node:crypto";
import { request } from "undici";

export interface ApiAnswer<T> {
  readonly status: number;
  readonly body: T;
}

export interface ApiClient {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body?: unknown): Promise<T>;
  delete<T>(path: string): Promise<T>;
  /** Any answer as it is, also a refusal; the others throw `ApiRefusal`. */
  call<T>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
  ): Promise<ApiAnswer<T>>;
}

/** What the node answered when it did not do what was asked. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, body: { code?: string; message?: string; advice?: string }) {
    super(`${body.code ?? status}: ${body.message ?? "refused"} ${body.advice ?? ""}`.trim());
    this.status = status;
    this.code = body.code ?? "unknown";
  }
}

const transportFaults = new Set(["ECONNREFUSED", "ECONNRESET", "UND_ERR_SOCKET", "EPIPE"]);

/** Whether the node was simply not there (killed, restarting), so that trying again is right. */
export function isAbsence(error: unknown): boolean {
  const codes = [error, (error as { cause?: unknown })?.cause].map(
    (each) => (each as { code?: string })?.code ?? "",
  );
  return codes.some((code) => transportFaults.has(code));
}

/**
 * Signs in lazily and again when the session is gone (a node that was restarted keeps sessions, an expired one does not).
 * `url` is `http://NAME.localhost:PORT`: the name goes into the Host header, the connection to 127.0.0.1.
 */
export function apiClient(url: string, signIn: string, password: string): ApiClient {
  const { host, port } = new URL(url);
  let cookie: string | undefined;

  async function raw<T>(method: string, path: string, body: unknown, key: string): Promise<ApiAnswer<T>> {
    const response = await request(`http://127.0.0.1:${port}/api${path}`, {
      method: method as "GET",
      headers: {
        host,
        origin: url,
        "sec-fetch-site": "same-origin",
        "idempotency-key": key,
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = [response.headers["set-cookie"] ?? []].flat()[0];
    if (set !== undefined) cookie = set.split(";")[0];
    const bytes = Buffer.from(await response.body.arrayBuffer());
    const json = String(response.headers["content-type"] ?? "").includes("json");
    return { status: response.statusCode, body: (json ? JSON.parse(bytes.toString("utf8")) : bytes) as T };
  }

  async function call<T>(method: string, path: string, body?: unknown): Promise<ApiAnswer<T>> {
    const key = randomUUID();
    if (cookie === undefined) await enter();
    const answer = await raw<T>(method, path, body, key);
    if (answer.status !== 401) return answer;
    await enter();
    return raw<T>(method, path, body, key);
  }

  async function enter(): Promise<void> {
    const answer = await raw<{ code?: string }>("POST", "/session", { signIn, password }, randomUUID());
    if (answer.status >= 300) throw new ApiRefusal(answer.status, answer.body);
  }

  async function expect<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await call<T>(method, path, body);
    if (answer.status >= 300) throw new ApiRefusal(answer.status, answer.body as { code?: string });
    return answer.body;
  }

  return {
    get: (path) => expect("GET", path),
    post: (path, body) => expect("POST", path, body ?? {}),
    put: (path, body) => expect("PUT", path, body ?? {}),
    delete: (path) => expect("DELETE", path),
    call,
  };
}
