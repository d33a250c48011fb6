/** The HTTP door of the node: guards first, then routes, then the interface's files. */
import cookie from "@fastify/cookie";
import { isWardlineError, parseStrictJson, WardlineError } from "@wardline/protocol/encoding";
import { fastify, type FastifyInstance } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import type { Route } from "../accounts/index.ts";
import { answerFor } from "./errors.ts";
import { createGuard, isApi } from "./guard.ts";
import { securityHeaders } from "./headers.ts";
import { registerInterface } from "./interface.ts";
import { mountRoutes, type MountParts } from "./mount.ts";
import { registerOpenApi } from "./openapi.ts";

export interface ServerParts extends Omit<MountParts, "onFault" | "stopping"> {
  readonly settings: HttpServerSettings;
  readonly routes: readonly Route[];
  /** The built interface. */
  readonly interfaceFolder: string;
  readonly tls?: { readonly certificate: Uint8Array; readonly key: Uint8Array };
  readonly onFault: MountParts["onFault"];
}

export interface HttpServerSettings {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  /** What browsers see: `https` with TLS here or at a proxy in front. */
  readonly scheme: "http" | "https";
  /** One proxy in front says in X-Forwarded-For who asks; without one that header is anybody's word. */
  readonly behindTlsProxy: boolean;
  readonly bodyLimit: number;
  /** Milliseconds for a client to send a whole request. */
  readonly requestTimeout: number;
}

export interface HttpServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Opens the door. @throws `api/address-in-use`, `api/cannot-listen` */
export async function startServer(parts: ServerParts): Promise<HttpServer> {
  const { settings } = parts;
  const stopping = new AbortController();
  const app = createServer(parts);
  app.setValidatorCompiler(validatorCompiler);
  // Answers have been put into shape by their schema already (see mount.ts).
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  acceptJsonOnly(app);
  guardEverything(app, settings);
  answerErrors(app, parts.onFault);
  await app.register(cookie);
  await registerOpenApi(app);
  const page = await registerInterface(app, parts.interfaceFolder);
  app.setNotFoundHandler((request, reply) => {
    if (!isApi(request.url) && (request.method === "GET" || request.method === "HEAD")) return page(reply);
    throw new WardlineError("api/no-such-route", "There is nothing at this address.", {
      advice: "See /api/openapi.json.",
    });
  });
  await app.register((scope, _options, done) => {
    mountRoutes(scope, parts.routes, { ...parts, stopping: stopping.signal });
    done();
  });
  await listen(app, settings);
  return {
    url: `${settings.scheme}://${settings.name}:${portOf(app) ?? settings.port}`,
    async stop() {
      stopping.abort();
      await app.close();
    },
  };
}

function createServer({ settings, tls }: ServerParts): FastifyInstance {
  const options = {
    bodyLimit: settings.bodyLimit,
    requestTimeout: settings.requestTimeout,
    // One hop: the address that the proxy itself saw. What stands before it in the header is the client's own claim.
    trustProxy: settings.behindTlsProxy ? (_address: string, hop: number) => hop === 0 : false,
    // A browser's open connections must not keep a stopping node alive.
    forceCloseConnections: true,
    // A HEAD request would do what GET does (redeem a ticket, open a stream) and show nobody what came of it.
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: false },
  };
  if (!tls) return fastify(options);
  const secure = {
    cert: Buffer.from(tls.certificate),
    key: Buffer.from(tls.key),
    minVersion: "TLSv1.2" as const,
  };
  return fastify({ ...options, https: secure }) as unknown as FastifyInstance;
}

/** One form of body; a form or a text that another website can make a browser send has no parser. */
function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseStrictJson(body as Buffer));
    } catch (cause) {
      const code = isWardlineError(cause) ? cause.code.replace(/^.*\//, "") : "invalid-json";
      const advice = "Send one JSON value in UTF-8, with each name once.";
      done(new WardlineError("api/invalid-json", `The body cannot be read (${code}).`, { advice }));
    }
  });
}

function guardEverything(app: FastifyInstance, { name, scheme }: HttpServerSettings): void {
  const guard = createGuard({ name, scheme });
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(securityHeaders(request.url, scheme));
    guard(request);
    done();
  });
}

function answerErrors(app: FastifyInstance, onFault: MountParts["onFault"]): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, body, retryAfter } = answerFor(error);
    if (status >= 500) onFault({ route: request.routeOptions.url ?? "", code: body.code, error });
    if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
    return reply.code(status).type("application/json").send(body);
  });
}

async function listen(app: FastifyInstance, { host, port }: HttpServerSettings): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const used = (cause as { code?: string }).code === "EADDRINUSE";
    throw new WardlineError(
      used ? "api/address-in-use" : "api/cannot-listen",
      `The workplace cannot listen on ${host}:${port}.`,
      {
        advice: used
          ? "Stop the other program, or choose another port in listen.http.port."
          : "Check listen.http in the configuration.",
        cause,
      },
    );
  }
}

function portOf(app: FastifyInstance): number | undefined {
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : undefined;
}
