/**
 * A route is data: what it takes and answers as schemas, and who may call it as one word of the permission table.
 * Rooms offer lists of routes; the API mounts them, checks every caller in one place, and draws OpenAPI from them.
 */
import type { z } from "zod";
import type { Caller } from "./caller.ts";
import type { Permission } from "./permissions.ts";

/** `public`: anybody; `signed-in`: any person of this organisation; else who the table says. */
export type Access = Permission | "public" | "signed-in";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** An answer that is a file of this type, not JSON. The handler returns its bytes. */
export interface BinaryResponse {
  readonly binary: "image/jpeg";
}

/** An answer that is a file to save, streamed as it is made: at any length in constant memory. */
export interface DownloadResponse {
  readonly download: "application/octet-stream";
}

/** A file to save. What goes wrong before its first byte is an answer; after that the connection breaks off. */
export interface Download {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/** An answer that goes on: server-sent events until the client leaves or `signal` aborts. */
export interface StreamResponse {
  readonly stream: "text/event-stream";
}

export const jpegResponse: BinaryResponse = { binary: "image/jpeg" };
export const downloadResponse: DownloadResponse = { download: "application/octet-stream" };
export const eventStream: StreamResponse = { stream: "text/event-stream" };

/** One server-sent event; without `data` a heartbeat that only keeps the connection open. */
export interface ServerEvent {
  readonly event?: string;
  readonly data?: unknown;
}

/** Sign-in and sign-out set the session cookie through this. */
export interface SessionCookie {
  readonly token: string | undefined;
  set(token: string): void;
  clear(): void;
}

type Schema = z.ZodType | undefined;
type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface RouteInput<A extends Access, P extends Schema, Q extends Schema, B extends Schema> {
  readonly caller: A extends "public" ? Caller | undefined : Caller;
  readonly params: Output<P>;
  readonly query: Output<Q>;
  readonly body: Output<B>;
  /** Aborts when the client goes away or the node stops. */
  readonly signal: AbortSignal;
  readonly cookie: SessionCookie;
  /** The address the request came from, for rate limits only: never stored, never logged. */
  readonly address: string;
}

type Answer<R> = R extends z.ZodType
  ? z.input<R>
  : R extends BinaryResponse
    ? Uint8Array
    : R extends DownloadResponse
      ? Download
      : AsyncIterable<ServerEvent>;

export interface RouteDefinition<
  A extends Access,
  P extends Schema,
  Q extends Schema,
  B extends Schema,
  R extends z.ZodType | BinaryResponse | DownloadResponse | StreamResponse,
> {
  readonly method: Method;
  /** Below `/api`, with `:name` for parameters: `/reports/:id`. */
  readonly path: `/${string}`;
  readonly permission: A;
  /** One line for the OpenAPI document. */
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly response: R;
  /** Largest body in bytes, where the configured limit is too small. */
  readonly bodyLimit?: number;
  readonly handler: (input: RouteInput<A, P, Q, B>) => Promise<Answer<R>> | Answer<R>;
}

/** A route whose schemas have been checked against its handler, and whose types the API need not know. */
export interface Route {
  readonly method: Method;
  readonly path: `/${string}`;
  readonly permission: Access;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly response: z.ZodType | BinaryResponse | DownloadResponse | StreamResponse;
  readonly bodyLimit?: number;
  handler(input: RouteInput<"public", Schema, Schema, Schema>): unknown;
}

/** Ties a handler to its schemas: what it is given and what it must answer follow from them. */
export function defineRoute<
  A extends Access,
  R extends z.ZodType | BinaryResponse | DownloadResponse | StreamResponse,
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
>(definition: RouteDefinition<A, P, Q, B, R>): Route {
  // The API parses by these same schemas and refuses callers by `permission` before the handler runs.
  return definition as unknown as Route;
}
