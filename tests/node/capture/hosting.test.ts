import { describe, expect, test } from "vitest";
import { traceHosting, type Resolve } from "@wardline/node/capture";

const clock = { now: () => 1234, after: () => () => undefined };
const trace = (
  url: string,
  resolve: Resolve = async () => [],
  overrides: Parameters<typeof traceHosting>[1]["overrides"] = [],
) => traceHosting(url, { overrides, resolve, clock });
const failing = (reason: string) => async () => {
  throw Object.assign(new Error(reason), { code: reason });
};

describe("where a URL is hosted", () => {
  test.each([
    ["http://193.0.6.139/", "NL"],
    ["http://[2001:67c:2e8:22::c100:68b]/", "NL"],
    ["http://8.8.8.8/", "US"],
  ])("%s by the offline database", async (url, country) => {
    const { host } = new URL(url);
    expect(await trace(url)).toEqual({
      host,
      address: host.replace(/^\[|\]$/g, ""),
      country,
      source: "database",
      lookup: "found",
      tracedAt: 1234,
    });
  });

  test("a name by its address, and an address that is known already is not asked for again", async () => {
    expect(await trace("https://site.example:444/x", async () => ["193.0.6.139", "8.8.8.8"])).toMatchObject({
      host: "site.example:444",
      address: "193.0.6.139",
      country: "NL",
    });
    const known = await traceHosting("https://site.example/", {
      overrides: [],
      address: "8.8.8.8",
      resolve: failing("asked"),
      clock,
    });
    expect(known).toMatchObject({ country: "US", address: "8.8.8.8" });
  });

  test("what is configured counts more, the port most", async () => {
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
    const of = (url: string) => trace(url, failing("asked"), overrides);
    expect(await of("http://site.localhost:8080/")).toEqual({
      host: "site.localhost:8080",
      country: "FR",
      provider: "A provider",
      abuse: "abuse@provider.example",
      source: "configured",
      lookup: "found",
      tracedAt: 1234,
    });
    expect(await of("http://site.localhost/")).toMatchObject({ country: "SE", source: "configured" });
    expect(await of("http://[::1]/")).toMatchObject({ country: "NO", source: "configured" });
    expect(await of("http://other.localhost:8080/")).toMatchObject({ source: "unknown" });
  });

  test("a look-up that failed is not the same as nothing to know", async () => {
    for (const reason of ["EAI_AGAIN", "ESERVFAIL", "ETIMEOUT"]) {
      expect(await trace("http://site.example/", failing(reason))).toMatchObject({
        source: "unknown",
        lookup: "failed",
      });
    }
    for (const resolve of [failing("ENOTFOUND"), failing("ENODATA"), async () => []]) {
      expect(await trace("http://site.example/", resolve)).toMatchObject({
        source: "unknown",
        lookup: "none",
      });
    }
    expect(await trace("http://10.0.0.1/")).toMatchObject({
      source: "unknown",
      lookup: "none",
      address: "10.0.0.1",
    });
  });
});
