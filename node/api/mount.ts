/**
 * Mounts routes: every request is signed in, checked against the permission table, parsed, run once per idempotency key,
 * and answered by its schema, here and nowhere else.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import {
  authorise,
  type Accounts,
  type BinaryResponse,
  type Caller,
  type Download,
  type DownloadResponse,
  type Route,
  type ServerEvent,
  type StreamResponse,
} from "../accounts/index.ts";
import { readCookie, sessionCookie } from "./cookie.ts";
import { answerFor } from "./errors.ts";
import type { Idempotency, StoredAnswer } from "./idempotency.ts";
import { routeSchema } from "./openapi.ts";
import { sendEvents } from "./stream.ts";

export interface MountParts {
  readonly accounts: Pick<Accounts, "resume">;
  readonly idempotency: Idempotency;
  /** Aborts when the node stops. */
  readonly stopping: AbortSignal;
  /** Told of answers that are the node's own fault, with nothing of the request but its route. */
  readonly onFault: (fault: { route: string; code: string; error: unknown }) => void;
}

export function mountRoutes(app: FastifyInstance, routes: readonly Route[], parts: MountParts): void {
  for (const route of routes) mountRoute(app, route, parts);
}

function mountRoute(app: FastifyInstance, route: Route, parts: MountParts): void {
  const callers = new WeakMap<FastifyRequest, Caller>();
  app.route({
    method: route.method,
    url: `/api${route.path}`,
    schema: routeSchema(route),
    ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
    // Before the body is read: who may not call a route does not get to send it anything.
    async onRequest(request) {
      const caller = await admit(route, readCookie(request), parts.accounts);
      if (caller) callers.set(request, caller);
    },
    handler: (request, reply) => handle(route, request, reply, callers.get(request), parts),
  });
}

async function admit(route: Route, token: string | undefined, accounts: Pick<Accounts, "resume">) {
  const caller = token === undefined ? undefined : await accounts.resume(token);
  if (route.permission === "public") return caller;
  if (!caller) {
    throw new WardlineError("api/signed-out", "Nobody is signed in, or the sign-in has ended.", {
      advice: "Sign in.",
    });
  }
  if (route.permission !== "signed-in") authorise(caller, route.permission);
  return caller;
}

async function handle(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller | undefined,
  parts: MountParts,
): Promise<unknown> {
  const signal = AbortSignal.any([parts.stopping, leaving(reply)]);
  const run = () =>
    route.handler({
      caller,
      params: request.params as undefined,
      query: request.query as undefined,
      body: request.body as undefined,
      signal,
      cookie: sessionCookie(request, reply),
      address: request.ip,
    });
  if (isStream(route.response)) return sendEvents(reply, (await run()) as AsyncIterable<ServerEvent>, signal);
  if (isBinary(route.response))
    return reply.type(route.response.binary).send(Buffer.from((await run()) as Uint8Array));
  if (isDownload(route.response)) return sendFile(reply, route.response, (await run()) as Download);
  // As the schema says and no field more: what a handler lets slip does not leave the node.
  const schema = route.response;
  const key = request.headers["idempotency-key"];
  if (
    route.method === "GET" ||
    route.permission === "public" ||
    caller === undefined ||
    typeof key !== "string"
  ) {
    return reply.send(schema.parse(await run()) ?? {});
  }
  const { method, url: path, body } = request;
  const answer = await parts.idempotency.once({ person: caller.person.id, key, method, path, body }, () =>
    settled(schema, run, (code, error) => parts.onFault({ route: route.path, code, error })),
  );
  return reply.code(answer.status).send(answer.body);
}

/** An answer to keep: also a refusal is one, when something was changed before it. */
async function settled(
  schema: z.ZodType,
  run: () => unknown,
  onFault: (code: string, error: unknown) => void,
): Promise<StoredAnswer> {
  try {
    return { status: 200, body: shaped(schema, await run()) };
  } catch (error) {
    const { status, body } = answerFor(error);
    if (status >= 500) onFault(body.code, error);
    return { status, body };
  }
}

/** The answer as it was sent: what is kept must be the same when it is sent again. */
function shaped(schema: z.ZodType, value: unknown): unknown {
  return JSON.parse(JSON.stringify(schema.parse(value) ?? {}));
}

/** Aborts when the client goes away before its answer. */
function leaving(reply: FastifyReply): AbortSignal {
  const left = new AbortController();
  reply.raw.once("close", () => left.abort());
  return left.signal;
}

function isDownload(response: Route["response"]): response is DownloadResponse {
  return "download" in response;
}

/** Read as fast as the client takes it; let go of when the client leaves. */
function sendFile(
  reply: FastifyReply,
  { download }: DownloadResponse,
  { name, content }: Download,
): FastifyReply {
  return reply
    .type(download)
    .header("content-disposition", `attachment; filename="${name}"`)
    .send(Readable.from(content, { objectMode: false }));
}

function isBinary(response: Route["response"]): response is BinaryResponse {
  return "binary" in response;
}

function isStream(response: Route["response"]): response is StreamResponse {
  return "stream" in response;
}
