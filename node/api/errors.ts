/**
 * The one place where an error becomes an HTTP answer. Codes are the interface: the interface and programs act on them,
 * people read message and advice. What is not ours, or is about the node's insides, is answered without its words.
 */
import { isWardlineError, type WardlineError } from "@wardline/protocol/encoding";
import { z } from "zod";

export const errorView = z.object({
  code: z.string(),
  message: z.string(),
  advice: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type ErrorView = z.infer<typeof errorView>;

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorView;
  readonly retryAfter?: number;
}

/** Where the rules below would say something else. */
const byCode: Readonly<Record<string, number>> = {
  "accounts/sign-in-refused": 401,
  "accounts/too-many-attempts": 429,
  "accounts/busy": 503,
  "accounts/weak-password": 422,
  "accounts/damaged-password": 500,
  "api/signed-out": 401,
  "api/unknown-host": 421,
  "api/cross-site": 403,
  "api/not-json": 415,
  "api/too-large": 413,
  "api/idempotency-mismatch": 422,
  "api/too-many-streams": 429,
  "casework/known-item": 403,
  "casework/url-with-credentials": 400,
  "commit/stopped": 503,
  "decode/closed": 503,
  "decode/crashed": 503,
  "decode/no-sandbox": 503,
  "decode/timeout": 503,
  "federation/not-started": 503,
  "ledger/rolled-back": 503,
  // A page that was asked for with a mark that is none; a picture that was shredded meanwhile.
  "store/invalid-cursor": 400,
  "vault/not-found": 404,
};

/** By what the code ends in; the first that fits. */
const byEnding: readonly (readonly [RegExp, number])[] = [
  [/\/(no-such-|unknown-)|\/not-found$|-not-found$/, 404],
  [/\/(not-allowed|forbidden)$|-not-allowed$/, 403],
  [/\/(invalid|malformed|unsupported)(-|$)/, 400],
  [/\/(too-large|too-many)/, 413],
];

/** Rooms below the domain: their errors are the node's trouble, not the caller's, but for those named above. */
const inside = new Set(["store", "vault", "ledger", "commit", "jobs", "configuration", "encoding"]);

export function answerFor(error: unknown): ErrorAnswer {
  if (isWardlineError(error)) {
    const status = statusOf(error);
    return inside.has(roomOf(error)) && status >= 500 ? ownTrouble(error.code, status) : refusal(error);
  }
  const http = httpError(error);
  return http ?? ownTrouble("api/unexpected", 500);
}

function refusal(error: WardlineError): ErrorAnswer {
  const { code, message, advice, details } = error;
  const retryAfter = details["retryAfter"];
  return {
    status: statusOf(error),
    body: {
      code,
      message,
      ...(advice === undefined ? {} : { advice }),
      ...(Object.keys(details).length === 0 ? {} : { details }),
    },
    ...(typeof retryAfter === "number" ? { retryAfter } : {}),
  };
}

function ownTrouble(code: string, status: number): ErrorAnswer {
  const message = "The node could not do this.";
  const advice = "What was saved before is safe. Try again; if it stays, tell your administrator this code.";
  return { status, body: { code, message, advice } };
}

function roomOf({ code }: WardlineError): string {
  return code.split("/", 1)[0] ?? "";
}

/** A refusal by the state of things is 409: the request was well-formed, and later it may go through. */
function statusOf(error: WardlineError): number {
  if (Object.hasOwn(byCode, error.code)) return byCode[error.code] ?? 500;
  if (inside.has(roomOf(error))) return 500;
  return byEnding.find(([ending]) => ending.test(error.code))?.[1] ?? 409;
}

/** Refusals by the HTTP server itself, before a handler ran. */
function httpError(error: unknown): ErrorAnswer | undefined {
  const { code, statusCode, validation } = (error ?? {}) as {
    code?: unknown;
    statusCode?: unknown;
    validation?: unknown;
  };
  if (Array.isArray(validation)) return invalidRequest(validation as readonly Issue[]);
  switch (code) {
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return answer(415, "api/not-json", "Bodies must be JSON.", "Send `Content-Type: application/json`.");
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return answer(413, "api/too-large", "The request is too large.", "Send less at once.");
    default:
      return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500
        ? answer(
            statusCode,
            "api/invalid-request",
            "The request could not be understood.",
            "Check it against /api/openapi.json.",
          )
        : undefined;
  }
}

interface Issue {
  readonly instancePath: string;
  readonly message?: string;
}

/** Says where and what, never the value: it may be what must not be shown. */
function invalidRequest(issues: readonly Issue[]): ErrorAnswer {
  const details = {
    issues: issues.slice(0, 20).map(({ instancePath, message }) => ({ at: instancePath, message })),
  };
  const first = issues[0];
  const message = first
    ? `${first.instancePath === "/" ? "The request" : first.instancePath}: ${first.message}`
    : "Invalid request.";
  return {
    status: 400,
    body: { code: "api/invalid-request", message, advice: "Correct it and send it again.", details },
  };
}

function answer(status: number, code: string, message: string, advice: string): ErrorAnswer {
  return { status, body: { code, message, advice } };
}
