/** Where a URL is hosted, by what ships and what is configured; registries are in registry.test.ts. */
import { describe, expect, test } from "vitest";
import { hostingMoved, traceHosting, type Hosting, type TraceOptions } from "@wardline/node/capture";
import { captureSettings } from "../../../../node/configuration/settings/capture.ts";

const clock = { now: () => 1234, after: () => () => undefined };
const failing = (code: string) => async () => {
  throw Object.assign(new Error(code), { code });
};
const trace = (url: string, options: Partial<TraceOptions> = {}): Promise<Hosting> =>
  traceHosting(url, {
    overrides: [],
    resolve: async () => [],
    resolveAlias: failing("ENODATA"),
    clock,
    ...options,
  });
const ripe = "193.0.6.139";
const google = "8.8.8.8";
const cloudflare = "104.16.1.1";
const resolve = (...addresses: string[]) => ({ resolve: async () => addresses });
const found = <T>(value: T) => ({ result: "found", value });
const none = { result: "none" };

describe("by the data that ships", () => {
  test.each([
    [`http://${ripe}/`, "NL", 3333],
    ["http://[2001:67c:2e8:22::c100:68b]/", "NL", 3333],
    [`http://${google}/`, "US", 15169],
  ])("%s", async (url, country, asn) => {
    const { host } = new URL(url);
    const address = host.replace(/^\[|\]$/g, "");
    const provider = expect.stringMatching(/^(?:Reseaux IP|Google)/) as string;
    expect(await trace(url)).toEqual({
      host,
      address,
      country,
      asn,
      provider,
      contacts: {},
      source: "database",
      lookup: "found",
      tracedAt: 1234,
      trace: {
        host,
        tracedAt: 1234,
        addresses: found([address]),
        aliases: none,
        places: [{ address, country: found(country), network: found({ asn, name: provider }) }],
        network: { result: "failed", why: "not-asked" },
        domain: none,
      },
    });
  });

  test("a name by all its addresses; the one that the content came from counts first", async () => {
    const all = await trace("https://site.example:444/x", resolve(ripe, google));
    expect(all).toMatchObject({ host: "site.example:444", address: ripe, country: "NL" });
    expect(all.trace.addresses).toEqual(found([ripe, google]));
    expect(all.countries).toEqual(["NL", "US"]);
    const came = await trace("https://site.example/", { ...resolve(ripe, google), address: google });
    expect(came).toMatchObject({ address: google, country: "US", countries: ["US", "NL"] });
  });

  test("the address that the content came from is enough when the resolver fails", async () => {
    const known = await trace("https://site.example/", { address: google, resolve: failing("EAI_AGAIN") });
    expect(known).toMatchObject({ country: "US", address: google, lookup: "found" });
    expect(known.trace.addresses).toEqual({ result: "failed", why: "EAI_AGAIN" });
  });

  test("a server that names thousands of addresses is read so far", async () => {
    const many = Array.from({ length: 5000 }, (_, at) => `193.0.${at >> 8}.${at & 255}`);
    expect((await trace("http://site.example/", resolve(...many))).trace.places).toHaveLength(16);
  });
});

describe("a look-up that failed is not the same as nothing to know", () => {
  test.each(["EAI_AGAIN", "ESERVFAIL", "ETIMEOUT"])("%s: failed", async (code) => {
    const hosting = await trace("http://site.example/", { resolve: failing(code) });
    expect(hosting).toMatchObject({ source: "unknown", lookup: "failed" });
    expect(hosting.trace.addresses).toEqual({ result: "failed", why: code });
  });
  test.each([
    ["no such name", failing("ENOTFOUND")],
    ["no address", failing("ENODATA")],
    ["an empty answer", async () => []],
  ])("%s: none", async (_, answer) => {
    const hosting = await trace("http://site.example/", { resolve: answer });
    expect(hosting).toMatchObject({ source: "unknown", lookup: "none" });
    expect(hosting.trace.addresses).toEqual(none);
  });
  test("an address of a network within, and one that nobody announces: none", async () => {
    expect(await trace("http://10.0.0.1/")).toMatchObject({ lookup: "none", address: "10.0.0.1" });
    const { trace: unannounced } = await trace("http://223.255.255.1/");
    expect(unannounced.places[0]?.network).toEqual(none);
  });
});

describe("aliases", () => {
  const chain = (names: Record<string, string>) => async (name: string) =>
    names[name] ?? failing("ENODATA")();

  test("are followed in order, to an end", async () => {
    const resolveAlias = chain({ "www.site.example": "A.example.", "a.example": "b.example" });
    const hosting = await trace("http://www.site.example/", { ...resolve(ripe), resolveAlias });
    expect(hosting.trace.aliases).toEqual(found(["a.example", "b.example"]));
  });
  test("in a circle end; a chain without end is cut", async () => {
    const circle = chain({ "a.example": "b.example", "b.example": "a.example" });
    const circled = await trace("http://a.example/", { ...resolve(ripe), resolveAlias: circle });
    expect(circled.trace.aliases).toEqual(found(["b.example"]));
    const endless = async (name: string) => `x.${name}`;
    const cut = await trace("http://a.example/", { ...resolve(ripe), resolveAlias: endless });
    expect(cut.trace.aliases).toMatchObject({ value: { length: 8 } });
  });
  test("that cannot be looked up say so, and the rest is traced", async () => {
    const hosting = await trace("http://a.example/", {
      ...resolve(ripe),
      resolveAlias: failing("ETIMEOUT"),
    });
    expect(hosting).toMatchObject({ country: "NL" });
    expect(hosting.trace.aliases).toEqual({ result: "failed", why: "ETIMEOUT" });
  });
});

describe("no resolver and no registry is asked", () => {
  const asked: string[] = [];
  const asking = async (name: string) => (asked.push(name), []);
  const options = {
    resolve: asking,
    resolveAlias: async (name: string) => void asked.push(name),
    registry: {
      network: async () => none as never,
      domain: async (name: string) => (asked.push(name), none as never),
    },
  };
  test("for names of Tor", async () => {
    const onion = await trace(`http://${"a".repeat(56)}.onion/`, options);
    expect(onion).toMatchObject({ source: "unknown", lookup: "none" });
    expect(asked).toEqual([]);
  });
  test("but registries, for a site that is fetched over a proxy", async () => {
    const capture = captureSettings.parse({
      sites: [{ domain: "pictures.com", socks: "127.0.0.1:9050" }],
    });
    const routed = await trace("http://www.pictures.com/", { ...options, capture });
    expect(routed).toMatchObject({ source: "unknown", lookup: "none" });
    expect(routed.trace.addresses).toEqual({ result: "failed", why: "over-a-proxy" });
    expect(asked).toEqual(["pictures.com"]);
  });
});

describe("behind a content-delivery network", () => {
  test.each([
    ["by its address", cloudflare, {}, "Cloudflare", "range"],
    ["by an alias", ripe, { alias: "d111.cloudfront.net" }, "Amazon CloudFront", "alias"],
    ["not by a name that only looks like one", ripe, { alias: "notcloudfront.net" }, undefined, undefined],
  ])("%s", async (_, address, { alias }: { alias?: string }, name, by) => {
    const resolveAlias = async (of: string) => (of === "site.example" ? alias : undefined);
    const hosting = await trace("http://site.example/", { ...resolve(address), resolveAlias });
    expect(hosting.trace.cdn?.name).toBe(name);
    expect(hosting.trace.cdn?.by).toBe(by);
  });

  test("the country of the site is not known, the network is its provider, and its desk the contact", async () => {
    const hosting = await trace("http://site.example/", resolve(cloudflare));
    expect(hosting).toMatchObject({
      provider: "Cloudflare",
      cdn: { name: "Cloudflare", country: "US" },
      contacts: { cdn: "abuse@cloudflare.com" },
      source: "database",
      lookup: "found",
    });
    expect(hosting.country).toBeUndefined();
    expect(hosting.trace.places[0]?.country).toEqual(found("US"));
  });

  test("what is configured of the host says where it really is", async () => {
    const overrides = [{ host: "site.example", country: "SE", provider: "A provider" }];
    const hosting = await trace("http://site.example/", { ...resolve(cloudflare), overrides });
    expect(hosting).toMatchObject({ country: "SE", provider: "A provider", source: "configured" });
    expect(hosting.cdn).toBeUndefined();
    expect(hosting.trace.cdn?.name).toBe("Cloudflare");
  });

  test("is recognised by its system alone", async () => {
    const cdns = [{ name: "By system", asns: [3333], ranges: [], aliases: [] }];
    expect((await trace(`http://${ripe}/`, { cdns })).trace.cdn).toEqual({ name: "By system", by: "asn" });
  });
});

describe("what is configured counts more", () => {
  const overrides = [
    { host: "site.localhost", country: "SE" },
    {
      host: "site.localhost",
      port: 8080,
      country: "FR",
      provider: "A provider",
      abuse: "abuse@provider.example",
    },
    { host: "::1", country: "NO" },
  ];
  const of = (url: string) => trace(url, { overrides, resolve: failing("asked") });

  test("of a host, with its port most", async () => {
    expect(await of("http://site.localhost:8080/")).toMatchObject({
      host: "site.localhost:8080",
      country: "FR",
      provider: "A provider",
      abuse: "abuse@provider.example",
      contacts: { configured: "abuse@provider.example" },
      source: "configured",
      lookup: "found",
    });
    expect(await of("http://site.localhost/")).toMatchObject({ country: "SE", source: "configured" });
    expect(await of("http://[::1]/")).toMatchObject({ country: "NO", source: "configured" });
    expect(await of("http://other.localhost:8080/")).toMatchObject({ source: "unknown" });
  });

  test.each([
    ["a network", { network: "193.0.0.0/21" }],
    ["a system", { asn: 3333 }],
    [
      "a provider's name in the trace",
      { traced: "Reseaux IP Europeens Network Coordination Centre (RIPE NCC)" },
    ],
  ])("of %s", async (_, which) => {
    const networks = [
      { network: "193.0.8.0/21", country: "FI" },
      { ...which, country: "SE", abuse: "abuse@provider.example" },
      { asn: 3333, country: "NO" },
    ];
    expect(await trace(`http://${ripe}/`, { networks })).toMatchObject({
      country: "SE",
      provider: expect.stringMatching(/^Reseaux/),
      contacts: { configured: "abuse@provider.example" },
      source: "configured",
    });
  });

  test("a contact alone leaves the country to the look-up", async () => {
    const networks = [{ asn: 3333, provider: "RIPE NCC", abuse: "abuse@provider.example" }];
    expect(await trace(`http://${ripe}/`, { networks })).toMatchObject({
      country: "NL",
      provider: "RIPE NCC",
      abuse: "abuse@provider.example",
      source: "database",
    });
  });
});

describe("registries", () => {
  const network = {
    name: "EXAMPLE-NET",
    country: "DE",
    abuse: ["abuse@network.example"],
    source: "r",
    at: 1,
  };
  const domain = {
    name: "pictures.com",
    registrar: "R",
    abuse: ["abuse@registrar.example"],
    source: "r",
    at: 1,
  };
  const registry = {
    network: async () => found(network) as never,
    domain: async () => found(domain) as never,
  };

  test("add contacts, and a country that disagrees is said", async () => {
    const hosting = await trace("http://www.pictures.com/", { ...resolve(ripe), registry });
    expect(hosting).toMatchObject({
      country: "NL",
      countries: ["NL", "DE"],
      contacts: { network: "abuse@network.example", registrar: "abuse@registrar.example" },
      trace: { network: found(network), domain: found(domain) },
    });
  });

  test("are asked of public addresses and registrable domains only", async () => {
    const asked: string[] = [];
    const noting = {
      network: async (address: string) => (asked.push(address), none as never),
      domain: async (name: string) => (asked.push(name), none as never),
    };
    await trace("http://www.pictures.co.uk/", { ...resolve("10.0.0.1"), registry: noting });
    await trace("http://site.localhost/", { registry: noting });
    await trace("http://site.internal/", { ...resolve(ripe), registry: noting });
    expect(asked).toEqual([ripe]);
    await trace("http://www.pictures.co.uk/", { ...resolve(google), registry: noting });
    expect(asked).toEqual([ripe, google, "pictures.co.uk"]);
  });
});

describe("a site has moved", () => {
  const at = (...addresses: string[]) => trace("http://site.example/", resolve(...addresses));

  test("when country or provider are others", async () => {
    const before = await at(ripe);
    expect(hostingMoved(before, await at(google))).toBe(true);
    expect(hostingMoved({ country: "NL", provider: "Another" }, before)).toBe(true);
    expect(hostingMoved(undefined, before)).toBe(true);
    expect(hostingMoved(before, await at(cloudflare))).toBe(true);
    expect(hostingMoved(await at(cloudflare), before)).toBe(true);
  });

  test("not when another of its addresses answers first, or another of the same provider", async () => {
    expect(hostingMoved(await at(ripe, google), await at(google, ripe))).toBe(false);
    expect(hostingMoved(await at(ripe), await at("193.0.6.140"))).toBe(false);
    expect(hostingMoved(await at(cloudflare), await at("172.64.1.1"))).toBe(false);
  });

  test("not when the look-up failed or found nothing, nor when the provider was not known before", async () => {
    const before = await at(ripe);
    const failed = await trace("http://site.example/", { resolve: failing("EAI_AGAIN") });
    expect(hostingMoved(before, failed)).toBe(false);
    expect(hostingMoved(before, await at())).toBe(false);
    expect(hostingMoved({ country: "NL" }, before)).toBe(false);
  });
});
