/** The API as an OpenAPI 3.1 document, drawn from the same schemas that check every request and answer. */
import swagger from "@fastify/swagger";
import type { FastifyInstance, FastifySchema } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Route } from "../accounts/index.ts";
import { errorView } from "./errors.ts";

declare module "fastify" {
  interface FastifySchema {
    "x-permission"?: string;
  }
}

export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Wardline",
        description:
          "The API of one organisation's node. Errors are {code, message, advice}; codes are stable.",
        version: "1",
      },
      components: {
        securitySchemes: { session: { type: "apiKey", in: "cookie", name: "__Host-wardline" } },
      },
    },
    transform: jsonSchemaTransform,
  });
  app.get("/api/openapi.json", { schema: { hide: true } }, () => app.swagger());
}

/** What fastify parses by and what the document shows of a route. */
export function routeSchema({
  path,
  summary,
  permission,
  params,
  query,
  body,
  response,
}: Route): FastifySchema {
  return {
    summary,
    tags: [path.split("/")[1] ?? ""],
    "x-permission": permission,
    security: permission === "public" ? [] : [{ session: [] }],
    ...(params ? { params } : {}),
    ...(query ? { querystring: query } : {}),
    ...(body ? { body } : {}),
    response: { 200: answerSchema(response), default: errorView },
  } as FastifySchema;
}

function answerSchema(response: Route["response"]): unknown {
  const file = z.string().describe("bytes");
  if ("download" in response) return { content: { [response.download]: { schema: file } } };
  if ("binary" in response) return { content: { [response.binary]: { schema: file } } };
  if ("stream" in response) {
    return { content: { [response.stream]: { schema: z.string().describe("data: {topic, id}") } } };
  }
  return response;
}
