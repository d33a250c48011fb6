/** A registry's RDAP server on loopback, with answers in the shape of RFC 9083, and the bootstrap files that lead to it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { serve, type Answer, type Pages, type TestSite } from "../support.ts";

const jcard = (...properties: unknown[][]) => ["vcard", [["version", {}, "text", "4.0"], ...properties]];
export const email = (address: string) => ["email", {}, "text", address];
export const fullName = (name: string) => ["fn", {}, "text", name];
export const postal = (country: string, parameters: object = {}) => [
  "adr",
  parameters,
  "text",
  ["", "", "1 Example Street", "Example Town", "", "12345", country],
];

export const entity = (roles: string[], card: unknown[][], entities: object[] = []) => ({
  objectClassName: "entity",
  handle: "EXAMPLE-1",
  roles,
  vcardArray: jcard(...card),
  ...(entities.length > 0 && { entities }),
});

/** As a regional registry says it: the abuse contact stands within the holder's entity. */
export const networkAnswer = (more: object = {}) => ({
  rdapConformance: ["rdap_level_0", "cidr0"],
  objectClassName: "ip network",
  handle: "193.0.0.0 - 193.0.7.255",
  startAddress: "193.0.0.0",
  endAddress: "193.0.7.255",
  ipVersion: "v4",
  name: "EXAMPLE-NET",
  type: "ASSIGNED PA",
  country: "NL",
  entities: [
    entity(
      ["registrant"],
      [fullName("Example Networks")],
      [entity(["abuse"], [fullName("Abuse desk"), email("Abuse@networks.example")])],
    ),
    entity(["technical"], [email("hands@networks.example")]),
  ],
  ...more,
});

/** As a registry of domains says it: the abuse contact is the registrar's. */
export const domainAnswer = (name: string, more: object = {}) => ({
  objectClassName: "domain",
  ldhName: name.toUpperCase(),
  status: ["active"],
  events: [{ eventAction: "registration", eventDate: "2020-02-03T04:05:06Z" }],
  entities: [
    entity(
      ["registrar"],
      [fullName("Example Registrar, Inc.")],
      [entity(["abuse"], [email("abuse@registrar.example")])],
    ),
    entity(["registrant"], [fullName("REDACTED FOR PRIVACY"), postal("", { cc: "se" })]),
  ],
  ...more,
});

export const rdap =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response
      .writeHead(status, { "content-type": "application/rdap+json", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body));

export interface TestRegistry extends TestSite {
  /** Bootstrap files of IANA's form that name this server for 193.0.0.0/8, 2000::/3 and .com. */
  bootstrap: string;
  /** Paths that were asked for. */
  asked: () => string[];
}

export async function startRegistry(pages: Pages): Promise<TestRegistry> {
  const site = await serve(pages);
  const folder = mkdtempSync(join(tmpdir(), "wardline-rdap-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = (name: string, entries: string[]) =>
    writeFileSync(
      join(folder, name),
      JSON.stringify({
        version: "1.0",
        publication: "2026-01-01T00:00:00Z",
        description: "for tests",
        services: [[entries, [`${site.origin}/rdap/`]]],
      }),
    );
  file("dns.json", ["com"]);
  file("ipv4.json", ["193.0.0.0/8"]);
  file("ipv6.json", ["2000::/3"]);
  return { ...site, bootstrap: folder, asked: () => site.requests.map(({ url }) => url ?? "") };
}
