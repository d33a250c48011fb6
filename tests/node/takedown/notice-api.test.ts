/** A provider's HTTP interface, real and on loopback. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ProviderApi } from "../../../node/configuration/index.ts";
import { checkBody, requestsFor } from "../../../node/takedown/api/requests.ts";
import { createPoster } from "../../../node/takedown/index.ts";
import type { WrittenNotice } from "../../../node/takedown/records.ts";
import { xarfReport } from "../../../node/takedown/xarf.ts";
import { systemClock } from "../../../node/telemetry/index.ts";

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: unknown;
}
let server: Server;
let origin: string;
let received: Received[];
let respond: (response: ServerResponse) => void;

beforeEach(async () => {
  received = [];
  respond = (response) => void response.writeHead(201).end('{"report":{"id":4711}}');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url, headers } = request;
      received.push({ method, url, headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      respond(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

const api = (more: Partial<ProviderApi> = {}): ProviderApi => ({
  url: `${origin}/reports?v=2`,
  method: "POST",
  headers: { "x-reporter": "hotline" },
  body: "xarf",
  ...more,
});
const allowed = () => [new URL(origin).host];
const post = (one: ProviderApi, { apiAllow = allowed(), apiTimeout = 5000 } = {}) =>
  createPoster({ apiAllow, apiTimeout }, systemClock).post(
    { api: one, key: "key-1", body: { a: "ä" } },
    AbortSignal.timeout(20_000),
  );
const failing = (status: number, headers: Record<string, string> = {}) => {
  respond = (response) => void response.writeHead(status, headers).end("no");
};

describe("a request", () => {
  test("goes with its headers, its key and the secret of a file; the answer's number is kept", async () => {
    const folder = await mkdtemp(join(tmpdir(), "wardline-api-"));
    const file = join(folder, "secret");
    await writeFile(file, "s3cret\n");
    const secret = { header: "authorization", prefix: "Bearer ", file };
    expect(await post(api({ secret, answerId: "report.id" }))).toEqual({ id: "4711" });
    expect(received).toMatchObject([
      {
        method: "POST",
        url: "/reports?v=2",
        headers: {
          "content-type": "application/json",
          "idempotency-key": "key-1",
          "x-reporter": "hotline",
          authorization: "Bearer s3cret",
        },
        body: { a: "ä" },
      },
    ]);
    await rm(folder, { recursive: true });
  });

  test.each([
    ["that is no JSON", "thanks", {}],
    ["without the number", '{"report":null}', {}],
    ["whose number is no word", '{"report":{"id":{}}}', {}],
  ])("with an answer %s is taken all the same", async (_, text, result) => {
    respond = (response) => void response.writeHead(200).end(text);
    expect(await post(api({ answerId: "report.id" }))).toEqual(result);
  });

  test.each([400, 401, 403, 404, 422, 301, 302, 307])("refused for good with %i", async (status) => {
    failing(status, { location: `${origin}/elsewhere` });
    await expect(post(api())).rejects.toMatchObject({ code: "takedown/api-refused", details: { status } });
    expect(received).toHaveLength(1);
  });

  test.each([
    [500, undefined, undefined],
    [503, "120", 120_000],
    [429, "7", 7000],
    [429, "soon", undefined],
    [408, undefined, undefined],
  ])("put off with %i, Retry-After %s", async (status, after, retryAfter) => {
    failing(status, after === undefined ? {} : { "retry-after": after });
    await expect(post(api())).rejects.toMatchObject({
      code: "takedown/api-deferred",
      details: { status, ...(retryAfter !== undefined && { retryAfter }) },
    });
  });

  test("put off until a date", async () => {
    failing(503, { "retry-after": new Date(Date.now() + 3_600_000).toUTCString() });
    const error = (await post(api()).catch((cause: unknown) => cause)) as { details: { retryAfter: number } };
    expect(error.details.retryAfter).toBeGreaterThan(3_500_000);
  });

  test("that is never answered is put off", async () => {
    respond = () => undefined;
    await expect(post(api(), { apiTimeout: 200 })).rejects.toMatchObject({ code: "takedown/api-deferred" });
  });

  test("without its secret's file is put off, and nothing is sent", async () => {
    const secret = { header: "authorization", prefix: "", file: "/nowhere/secret" };
    await expect(post(api({ secret }))).rejects.toMatchObject({ code: "takedown/api-deferred" });
    expect(received).toEqual([]);
  });

  test("reaches nothing internal that is not listed", async () => {
    await expect(post(api(), { apiAllow: [] })).rejects.toMatchObject({ code: "takedown/api-deferred" });
    expect(received).toEqual([]);
  });
});

describe("what is posted", () => {
  const sender = { org: "Example Hotline", contact: "notices@hotline.example", domain: "hotline.example" };
  const reports = ["a", "b"].map((name) =>
    xarfReport(
      "n1",
      {
        url: `https://pictures.example/${name}.jpg`,
        kind: "image",
        verdict: "baseline",
        mapped: {
          label: "baseline",
          exact: true,
          original: { label: "baseline", vocabulary: { id: "wardline-core", version: "1" } },
        },
        seen: true,
        verifiedAt: 1,
      },
      {},
      sender,
    ),
  );
  const words: WrittenNotice = {
    subject: "Notice [XB-1]",
    language: "en",
    text: "Dear {organisation}",
    references: "XB-1",
    reports,
  };

  test("is one XARF report per request, each with a key of its own", () => {
    const requests = requestsFor(api(), { id: "n1" }, words, sender);
    expect(requests.map(({ body }) => body)).toEqual(reports);
    expect(requests.map(({ key }) => key)).toEqual(reports.map(({ report_id }) => report_id));
  });

  test("is one body made from the configured fields; what is filled in is no template", () => {
    const body = {
      title: "{subject}",
      note: "{text}",
      who: { name: "{organisation}", mail: "{contact}" },
      links: "{urls}",
      files: ["{xarf}", 7, null, true],
      ours: "ref {references} in {language}",
    };
    expect(requestsFor(api({ body }), { id: "n1" }, words, sender)).toMatchObject([
      {
        key: "n1",
        body: {
          title: "Notice [XB-1]",
          note: "Dear {organisation}",
          who: { name: "Example Hotline", mail: "notices@hotline.example" },
          links: reports.map(({ url }) => url),
          files: [reports, 7, null, true],
          ours: "ref XB-1 in en",
        },
      },
    ]);
  });

  test("with a field that a notice does not have is refused at start", () => {
    expect(() => checkBody(api({ body: { by: ["{analyst}"] } }))).toThrow(
      expect.objectContaining({
        code: "takedown/invalid-body",
        message: expect.stringContaining("{analyst}"),
      }),
    );
  });
});
