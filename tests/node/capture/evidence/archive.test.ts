import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Archive } from "../../../../node/capture/evidence/index.ts";
import { code, fetchWith, redirectTo, serve, settingsFor, type Answer } from "../support.ts";
import { filesBelow, openAt, pattern } from "../../vault/support.ts";
import { blocksOf, fileOf, newArchive, readByNodeWarc, readByWarcio, sha256Of, sha512Of } from "./support.ts";

const page = "<p>a page</p>".repeat(100);
const picture = Buffer.from(pattern(3 * 2 ** 20)); // longer than what stays in memory
const gzipped = gzipSync(page);

const site = () =>
  serve({
    "/": redirectTo("/page", 301),
    "/page": (_, response) =>
      void response
        .writeHead(200, { "content-type": "text/html", "content-encoding": "gzip", "X-Own-Case": "Kept" })
        .end(gzipped),
    "/picture": picture,
    "/chunked": (_, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      response.write("first, ");
      response.end("second");
    },
  });

const fetchInto = (archive: Archive, allow: string[], limits: Record<string, number | string> = {}) =>
  fetchWith(settingsFor(allow, limits), { record: archive.record });

test("every request and response is read back by other programs, bodies as they came", async () => {
  const { origin, host } = await site();
  const { vault, archive } = await newArchive();
  const fetch = fetchInto(archive, [host]);
  const fetched = await fetch(`${origin}/`);
  await Promise.all([fetch(`${origin}/picture`), fetch(`${origin}/chunked`)]);
  const segment = await archive.seal();
  const file = await fileOf(vault, segment);
  expect(segment).toMatchObject({ bytes: file.length, sha256: sha256Of(file), records: 9 });

  const records = await readByWarcio(file);
  expect(records.map(({ type }) => type).sort()).toEqual(
    ["warcinfo", ...Array<string>(4).fill("response"), ...Array<string>(4).fill("request")].sort(),
  );
  const [info] = records;
  expect(info?.fields["WARC-Filename"]).toBe(segment?.name);
  expect(info?.content.toString()).toContain("software: wardline/test\r\nformat: WARC File Format 1.1\r\n");
  const response = (path: string) =>
    records.find(({ type, url }) => type === "response" && url === origin + path);
  expect(response("/")).toMatchObject({ status: 301, headers: { location: "/page" } });
  expect(response("/page")).toMatchObject({ status: 200, headers: { "X-Own-Case": "Kept" } });
  expect(response("/page")?.content.toString()).toBe(page);
  expect(
    blocksOf(file)
      .get(response("/page")?.id ?? "")
      ?.includes(gzipped),
  ).toBe(true);
  expect(response("/picture")?.content.equals(picture)).toBe(true);
  expect(response("/chunked")?.content.toString()).toBe("first, second");
  for (const { type, fields } of records.slice(1)) {
    expect(fields).toMatchObject({ "WARC-IP-Address": "127.0.0.1", "WARC-Protocol": "http/1.1" });
    expect(fields["WARC-Truncated"]).toBeUndefined();
    if (type === "request")
      expect(records.find(({ id }) => id === fields["WARC-Concurrent-To"])?.fields["WARC-Target-URI"]).toBe(
        fields["WARC-Target-URI"],
      );
  }

  const heads = await readByNodeWarc(file);
  expect(heads.map(({ warcRecordID }) => warcRecordID)).toEqual(records.map(({ id }) => id));
  const request = heads.find(
    ({ warcType, warcTargetURI }) => warcType === "request" && warcTargetURI === `${origin}/page`,
  );
  expect(request?.httpInfo).toMatchObject({
    method: "GET",
    headers: { host, "accept-encoding": "gzip, br" },
  });

  expect(fetched.recorded?.map(({ url, status }) => [url, status])).toEqual([
    [`${origin}/`, 301],
    [`${origin}/page`, 200],
  ]);
  expect(archive.acquired(undefined)).toBeUndefined();
  const acquired = archive.acquired(fetched.recorded);
  expect(acquired?.received).toEqual({
    bytes: gzipped.length,
    sha256: sha256Of(gzipped),
    sha512: sha512Of(gzipped),
  });
  expect(acquired?.requests[1]).toMatchObject({ address: "127.0.0.1", archive: segment?.name });
  expect(`<${acquired?.requests[1]?.record ?? ""}>`).toBe(response("/page")?.id);
});

test("digests are those of the block, and of what follows the head in it; each record can be opened by itself", async () => {
  const { origin, host } = await site();
  const { vault, archive } = await newArchive();
  const fetch = fetchInto(archive, [host]);
  await fetch(`${origin}/`);
  await fetch(`${origin}/chunked`);
  const file = await fileOf(vault, await archive.seal());
  const blocks = blocksOf(file);
  const heads = await readByNodeWarc(file);
  expect(heads).toHaveLength(7);
  for (const { warcHeader, warcRecordID, warcType } of heads) {
    const block = blocks.get(warcRecordID) ?? Buffer.alloc(0);
    expect(warcHeader["WARC-Block-Digest"]).toBe(`sha256:${sha256Of(block)}`);
    if (warcType === "warcinfo") continue;
    const payload = block.subarray(block.indexOf("\r\n\r\n") + 4);
    expect(warcHeader["WARC-Payload-Digest"]).toBe(`sha256:${sha256Of(payload)}`);
  }
  const starts = [...file.toString("latin1").matchAll(/\x1f\x8b\x08.{12}(?=WARC\/1\.1\r\n)/gs)];
  expect(starts).toHaveLength(7);
  for (const { index } of starts) {
    const member = gunzipSync(file.subarray(index)); // and those that follow
    expect(member.toString("latin1", 0, 10)).toBe("WARC/1.1\r\n");
  }
});

test("what ended early is kept as far as it came, and says why", async () => {
  const raw =
    (bytes: string): Answer =>
    (request) =>
      void request.socket.end(bytes);
  const { origin, host } = await serve({
    "/much": picture,
    "/short": raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this"),
    "/slow": (_, response) => void response.writeHead(200, { "content-length": "100" }).write("slow"),
    "/silent": (request) => void request.socket.end(),
    "/moved": (_, response) =>
      void response.writeHead(302, { location: "/much", "content-length": "1000" }).write("mov"),
  });
  const { vault, archive } = await newArchive();
  const fetch = fetchInto(archive, [host], { itemSize: "1KiB", timeout: "1s" });
  await expect(fetch(`${origin}/much`)).rejects.toThrow(code("too-large"));
  await expect(fetch(`${origin}/short`)).rejects.toThrow(code("unreachable"));
  await expect(fetch(`${origin}/slow`)).rejects.toThrow(code("timeout"));
  await expect(fetch(`${origin}/silent`)).rejects.toThrow(code("unreachable"));
  await expect(fetch(`${origin}/moved`)).rejects.toThrow(code("too-large"));
  await expect(fetch("http://127.0.0.1:1/")).rejects.toThrow(code("internal-address"));
  const records = await readByWarcio(await fileOf(vault, await archive.seal()));
  const cut = (path: string) =>
    records.find(({ type, url }) => type === "response" && url === origin + path)?.fields["WARC-Truncated"];
  expect(["/much", "/short", "/slow", "/moved"].map(cut)).toEqual([
    "length",
    "disconnect",
    "time",
    "unspecified",
  ]);
  expect(records.filter(({ url }) => url === `${origin}/silent`).map(({ type }) => type)).toEqual([
    "request",
    "metadata",
  ]);
  const failure = records.find(({ type, url }) => type === "metadata" && url === `${origin}/short`);
  expect(JSON.parse(failure?.content.toString() ?? "")).toEqual({ failure: expect.any(String) as string });
});

test("a file is sealed at each step, and nothing but its blob lies in the vault", async () => {
  const { origin, host } = await site();
  const { place, vault, archive } = await newArchive();
  expect(await archive.seal()).toBeUndefined();
  const fetch = fetchInto(archive, [host]);
  await fetch(`${origin}/picture`);
  const first = await archive.seal();
  expect(await archive.seal()).toBeUndefined();
  await fetch(`${origin}/page`);
  const second = await archive.seal();
  expect(second?.name).not.toBe(first?.name);
  for (const segment of [first, second])
    expect((await readByWarcio(await fileOf(vault, segment)))[0]?.type).toBe("warcinfo");
  expect(await filesBelow(`${place.dataFolder}/vault/blobs`)).toHaveLength(2);
  expect(await filesBelow(`${place.dataFolder}/vault/incoming`)).toHaveLength(0);
});

test("what a crash left of a file is swept at the next start", async () => {
  const { origin, host } = await site();
  const { place, archive } = await newArchive();
  await fetchInto(archive, [host])(`${origin}/picture`);
  const left = () => filesBelow(`${place.dataFolder}/vault/incoming`);
  await expect.poll(async () => (await left()).length).toBe(1);
  const afterCrash = await openAt(place);
  expect(await afterCrash.sweep(new Set())).toMatchObject({ blobs: 1 });
  expect(await left()).toEqual([]);
  await expect(archive.seal()).rejects.toThrow(); // the process that crashed would not have come this far
});

test("an exchange of a rendered page says that the browser decoded it; what was made here is a resource", async () => {
  const { vault, archive } = await newArchive();
  const body = Buffer.from(page);
  const recorded = await archive.add({
    ...{
      method: "GET",
      url: "https://site.example/a?b=c",
      at: 1_700_000_000_000,
      status: 200,
      statusText: "OK",
    },
    requestHeaders: [
      [":method", "GET"],
      ["accept", "text/html"],
    ],
    responseHeaders: [
      ["content-type", "text/html"],
      ["content-encoding", "br"],
    ],
    body,
    address: "192.0.2.7",
  });
  const made = await archive.resource({
    uri: "urn:view:https://site.example/",
    mime: "image/png",
    bytes: picture,
  });
  const records = await readByWarcio(await fileOf(vault, await archive.seal()));
  expect(records.map(({ type }) => type)).toEqual([
    "warcinfo",
    "response",
    "request",
    "metadata",
    "resource",
  ]);
  const [, response, request, metadata, resource] = records;
  expect(response).toMatchObject({
    id: `<${recorded.records.response ?? ""}>`,
    headers: { "x-orig-content-encoding": "br", "content-length": String(body.length) },
    fields: { "WARC-Date": "2023-11-14T22:13:20.000Z", "WARC-IP-Address": "192.0.2.7" },
  });
  expect(response?.content.equals(body)).toBe(true);
  expect(request?.headers).toEqual({ accept: "text/html" });
  expect(metadata?.content.toString()).toContain("after content decoding");
  expect(resource).toMatchObject({ id: `<${made}>`, url: "urn:view:https://site.example/" });
  expect(resource?.content.equals(picture)).toBe(true);
  expect(recorded.payload.sha512).toBe(sha512Of(body));
});

test("logins and sessions that a request carries are not written down", async () => {
  const { origin, host, requests } = await serve({ "/": "a page" });
  const { vault, archive } = await newArchive();
  const headers = { authorization: "Basic c2VjcmV0", cookie: "session=secret", "x-pass": "secret" };
  await fetchWith(settingsFor([host]), { record: archive.record, headers: () => headers })(`${origin}/`);
  expect(requests[0]?.headers).toMatchObject(headers);
  await archive.add({
    ...{ method: "GET", url: `${origin}/b`, at: 1, status: 0, statusText: "", responseHeaders: [] },
    requestHeaders: [["Cookie", "session=secret"]],
  });
  const file = await fileOf(vault, await archive.seal());
  for (const secret of ["c2VjcmV0", "secret"]) expect(file.includes(secret)).toBe(false);
  const request = (await readByNodeWarc(file)).find(({ warcType }) => warcType === "request");
  expect(request?.httpInfo?.headers).toMatchObject({ host, authorization: "withheld", cookie: "withheld" });
});
