import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { fetchWith, settingsFor } from "../support.ts";
import { fileOf, newArchive, readByWarcio } from "./support.ts";

let folder: string;
const openssl = (...args: string[]) =>
  execFileSync("openssl", args, { cwd: folder, stdio: "pipe" }).toString();

/** An authority, and a server that it vouches for. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardline-tls-"));
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const authority = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/O=Pictures of Bridges/CN=Test CA"];
  openssl("req", "-x509", ...key, ...authority, "-days", "2");
  openssl("req", ...key, "-keyout", "site.key", "-out", "site.csr", "-subj", "/CN=localhost");
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost");
  const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2"];
  openssl("x509", "-req", "-in", "site.csr", "-out", "site.pem", ...signing);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("who the server proved to be is taken down: protocol, cipher, and the chain of certificates", async () => {
  const [key, site, authority] = ["site.key", "site.pem", "ca.pem"].map((name) =>
    readFileSync(join(folder, name), "utf8"),
  );
  const usual = getCACertificates();
  setDefaultCACertificates([...usual, authority ?? ""]);
  onTestFinished(() => setDefaultCACertificates(usual));
  const server = createServer({ key, cert: `${site}${authority}` }, (_, response) =>
    response.end("a bridge"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const { vault, archive } = await newArchive();
  const fetch = fetchWith(settingsFor([host]), { record: archive.record });
  const { recorded } = await fetch(`https://${host}/`);
  await fetch(`https://${host}/again`);

  const fingerprint = openssl("x509", "-in", "site.pem", "-noout", "-fingerprint", "-sha256");
  const sha256 = fingerprint.trim().split("=")[1]?.replaceAll(":", "").toLowerCase();
  const { requests } = archive.acquired(recorded) ?? {};
  expect(requests?.[0]?.tls).toMatchObject({
    protocol: "TLSv1.3",
    cipher: expect.stringMatching(/^TLS_/) as string,
    trusted: true,
    chain: [
      { sha256, subject: "CN=localhost", issuer: "O=Pictures of Bridges, CN=Test CA" },
      { subject: "O=Pictures of Bridges, CN=Test CA" },
    ],
  });
  expect(JSON.stringify(requests)).not.toContain("BEGIN CERTIFICATE");

  const rendered = await archive.add({
    ...{ method: "GET", url: `https://${host}/`, at: 1, status: 204, statusText: "No Content" },
    ...{ requestHeaders: [], responseHeaders: [], body: new Uint8Array() },
    tls: { protocol: "TLS 1.3", cipher: "AES_128_GCM", certificates: [new X509Certificate(site ?? "").raw] },
  });
  expect(rendered.tls?.chain).toMatchObject([{ sha256, subject: "CN=localhost" }]);

  const records = await readByWarcio(await fileOf(vault, await archive.seal()));
  const response = records.find(({ type }) => type === "response");
  expect(response?.content.toString()).toBe("a bridge");
  expect(response?.fields["WARC-Cipher-Suite"]).toMatch(/^TLS_/);
  const [first, again] = records.filter(({ type }) => type === "metadata");
  const told = JSON.parse(first?.content.toString() ?? "") as { tls: { chain: { pem: string }[] } };
  expect(told.tls.chain[0]?.pem.trim()).toBe(site?.trim());
  expect(again?.content.toString()).toContain(sha256);
  expect(again?.content.toString()).not.toContain("BEGIN CERTIFICATE");
});
