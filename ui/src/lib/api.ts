/** The one way to this node's API: JSON over same-origin HTTP, typed answers, coded errors. */

/** A refusal by the node: what happened, its stable code, and what to do about it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly advice: string | undefined;
  constructor(status: number, body: { code?: string; message?: string; advice?: string }) {
    super(body.message ?? "");
    this.status = status;
    this.code = body.code ?? "api/unknown";
    this.advice = body.advice;
  }
}

let whenSignedOut: () => void = () => undefined;

/** Called when the node says that nobody is signed in (any more). */
export function onSignedOut(tell: () => void): void {
  whenSignedOut = tell;
}

async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  // A request that is sent twice (a retry, a double click) has the effect of one.
  if (method !== "GET") headers["idempotency-key"] = crypto.randomUUID();
  const response = await fetch(`/api${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, { code: "api/unreachable", message: "unreachable" });
  });
  const json = response.headers.get("content-type")?.includes("json");
  const answer: unknown = json ? await response.json() : undefined;
  if (response.ok) return answer as T;
  if (response.status === 401 && path !== "/session") whenSignedOut();
  throw new ApiError(response.status, (answer ?? {}) as { code?: string });
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => call<T>("GET", path, undefined, signal),
  post: <T>(path: string, body: unknown = {}) => call<T>("POST", path, body),
  put: <T>(path: string, body: unknown = {}) => call<T>("PUT", path, body),
  patch: <T>(path: string, body: unknown = {}) => call<T>("PATCH", path, body),
  delete: <T>(path: string) => call<T>("DELETE", path),
};
