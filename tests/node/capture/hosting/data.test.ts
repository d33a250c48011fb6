/** The data that ships for tracing, and files of one's own in its place. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readCdns } from "@wardline/node/capture";
import { readBootstrap } from "../../../../node/capture/hosting/rdap/bootstrap.ts";
import { findRow } from "../../../../node/capture/hosting/rows.ts";

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "wardline-hosting-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};
const { resolve } = createRequire(new URL("../../../../node/capture/hosting/places.ts", import.meta.url));

describe("IANA's bootstrap files", () => {
  const shipped = readBootstrap();
  test.each([
    ["193.0.6.139", "https://rdap.db.ripe.net/"],
    ["8.8.8.8", "https://rdap.arin.net/registry/"],
    ["1.1.1.1", "https://rdap.apnic.net/"],
    ["200.160.2.3", "https://rdap.lacnic.net/rdap/"],
    ["41.1.1.1", "https://rdap.afrinic.net/rdap/"],
    ["2001:67c:2e8::1", "https://rdap.db.ripe.net/"],
    ["2606:4700::1", "https://rdap.arin.net/registry/"],
    ["10.0.0.1", undefined],
  ])("name the server for %s", (address, server) => expect(shipped.forAddress(address)).toBe(server));

  test.each([
    ["pictures.com", "https://rdap.verisign.com/com/v1/"],
    ["pictures.co.uk", "https://rdap.nominet.uk/uk/"],
    ["PICTURES.ORG", "https://rdap.publicinterestregistry.org/rdap/"],
    ["pictures.example", undefined],
  ])("name the server for %s", (domain, server) => expect(shipped.forDomain(domain)).toBe(server));

  test("of one's own: the longest network and name count, the encrypted server first", () => {
    const folder = newFolder();
    const file = (name: string, services: unknown) =>
      writeFileSync(join(folder, name), JSON.stringify({ version: "1.0", publication: "p", services }));
    file("dns.json", [
      [["uk"], ["https://uk.example"]],
      [["co.uk"], ["http://co.example/", "https://co.example/"]],
      [["empty"], []],
    ]);
    file("ipv4.json", [
      [["10.0.0.0/8"], ["https://wide.example/"]],
      [["10.1.0.0/16"], ["https://narrow.example/"]],
    ]);
    file("ipv6.json", []);
    const own = readBootstrap(folder);
    expect(own.forDomain("a.co.uk")).toBe("https://co.example/");
    expect(own.forDomain("a.org.uk")).toBe("https://uk.example/");
    expect(own.forDomain("a.empty")).toBeUndefined();
    expect(own.forAddress("10.1.2.3")).toBe("https://narrow.example/");
    expect(own.forAddress("10.2.2.3")).toBe("https://wide.example/");
    file("ipv4.json", [[["10.0.0.0/33"], ["https://wide.example/"]]]);
    expect(() => readBootstrap(folder)).toThrowError(
      expect.objectContaining({ code: "hosting/invalid-file" }),
    );
    rmSync(join(folder, "ipv4.json"));
    expect(() => readBootstrap(folder)).toThrowError(
      expect.objectContaining({ code: "hosting/invalid-file" }),
    );
  });
});

describe("content-delivery networks", () => {
  test("ship with a seat and a desk each, and say that nobody has verified them", () => {
    const cdns = readCdns();
    expect(cdns.map(({ name }) => name)).toContain("Cloudflare");
    for (const cdn of cdns)
      expect(cdn).toMatchObject({ country: expect.any(String), abuse: expect.any(String) });
    const text = readFileSync(new URL("../../../../config/hosting/cdns.yaml", import.meta.url), "utf8");
    expect(text).toContain("verified: false");
  });
  test.each([
    ["a range that is none", "networks: [{ name: A, asns: [], ranges: [10.0.0.0/33], aliases: [] }]"],
    ["an unknown field", "networks: [{ name: A, asns: [], ranges: [], aliases: [], surprise: 1 }]"],
    ["no YAML", "networks: ["],
  ])("%s is refused with the file's name", (_, networks) => {
    const path = join(newFolder(), "cdns.yaml");
    writeFileSync(path, `verified: false\nnote: ""\n${networks}\n`);
    expect(() => readCdns(path)).toThrowError(
      expect.objectContaining({ code: "hosting/invalid-file", message: expect.stringContaining(path) }),
    );
  });
});

describe("a sorted file of ranges", () => {
  test.each([4, 6])("gives the row of every edge, of IPv%i", async (family) => {
    const path = resolve(`@ip-location-db/asn/asn-ipv${family}-num.csv`);
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const step = Math.floor(lines.length / 40);
    const places = [0, 1, lines.length - 2, lines.length - 1];
    for (let at = 0; at < lines.length; at += step) places.push(at);
    for (const at of places) {
      const [first = "", last = "", asn] = (lines[at] ?? "").split(",");
      expect((await findRow(path, BigInt(first)))?.[0]).toBe(asn);
      expect((await findRow(path, BigInt(last)))?.[0]).toBe(asn);
    }
    expect(await findRow(path, 0n)).toBeUndefined();
    expect(await findRow(path, 2n ** 128n)).toBeUndefined();
  });
  test("reads names with commas, quotes and letters of any script", async () => {
    const path = join(newFolder(), "rows.csv");
    writeFileSync(path, '1,5,64500,"Nätet, ""Nord"" AB"\n7,7,64501,Plain\n');
    expect(await findRow(path, 3n)).toEqual(["64500", 'Nätet, "Nord" AB']);
    expect(await findRow(path, 6n)).toBeUndefined();
    expect(await findRow(path, 7n)).toEqual(["64501", "Plain"]);
  });
});
