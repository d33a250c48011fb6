import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import openapiTS, { astToString } from "openapi-typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memberKinds } from "@wardline/protocol/roster";
import { startTestNode, type TestNode } from "./support.ts";

interface Operation {
  summary?: string;
  security?: unknown[];
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

describe.each(memberKinds)("the OpenAPI document of a %s node", (kind) => {
  let test: TestNode;
  let document: Document;
  beforeAll(async () => {
    test = await startTestNode(kind);
    document = (await test.ask("/api/openapi.json")).body as unknown as Document;
  });
  afterAll(() => test.close());

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  it("names every route, and no other", () => {
    const drawn = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const served = test.node.services.routes.map(
      ({ method, path }) => `${method} /api${path.replace(/:(\w+)/g, "{$1}")}`,
    );
    expect(drawn.sort()).toEqual(served.sort());
  });

  it("is OpenAPI 3.1 from which a client can be generated", async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const types = astToString(await openapiTS(JSON.stringify(document)));
    expect(types).toContain('"/api/session"');
  });

  it("says of every route what it is for, who may, and what comes back", () => {
    for (const { path, method, operation } of operations()) {
      expect([path, operation.summary]).not.toEqual([path, undefined]);
      expect([path, operation.security]).not.toEqual([path, undefined]);
      expect([path, method, Object.keys(operation.responses)]).toEqual([path, method, ["200", "default"]]);
    }
  });

  it("has schemas that a JSON Schema validator takes, and that fit the real answers", async () => {
    const ajv = addFormats.default(new Ajv2020({ strict: false }));
    for (const { operation } of operations()) {
      for (const { content } of Object.values(operation.responses)) {
        for (const { schema } of Object.values(content ?? {})) expect(ajv.validateSchema(schema)).toBe(true);
      }
    }
    const cookie = await test.enter("ada", ["analyst", "auditor", "officer"]);
    for (const path of ["/api/session", "/api/federation", "/api/people"]) {
      const answer = await test.ask(path, { cookie });
      const schema = document.paths[path]?.["get"]?.responses["200"]?.content?.["application/json"]?.schema;
      const fits = ajv.compile(schema ?? false);
      expect([path, fits(answer.body), fits.errors]).toEqual([path, true, null]);
    }
    const refused = await test.ask("/api/session");
    const schema =
      document.paths["/api/session"]?.["get"]?.responses["default"]?.content?.["application/json"]?.schema;
    expect(ajv.compile(schema ?? false)(refused.body)).toBe(true);
  });
});
