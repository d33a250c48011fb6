/** What the configuration says of single sites. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { headerLines } from "@wardline/node/capture";
import { isKnownInternal } from "../../../node/capture/addresses.ts";
import { ruleFor } from "../../../node/capture/rules.ts";
import { captureSettings } from "../../../node/configuration/settings/capture.ts";
import { temporaryFolder } from "../vault/support.ts";
import { httpProxy, socksProxy } from "./proxies.ts";
import { code, fetchWith, redirectTo, serve } from "./support.ts";

type Rules = Record<string, unknown>[];
const withRules = (sites: Rules, allow: string[] = []) =>
  captureSettings.parse({ allow, sites, limits: { delay: "0ms" } });
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("a rule fits", () => {
  test.each([
    [{ host: "site.example" }, "https://site.example/x", true],
    [{ host: "site.example" }, "https://www.site.example/", false],
    [{ host: "site.example:8080" }, "http://site.example:8080/", true],
    [{ host: "site.example:443" }, "https://site.example/", true],
    [{ host: "site.example:443" }, "http://site.example/", false],
    [{ host: "93.184.216.34" }, "http://0x5db8d822/", true],
    [{ domain: "site.example" }, "https://a.b.site.example./", true],
    [{ domain: "site.example" }, "https://othersite.example/", false],
    [{ domain: "onion" }, "http://abcdef.onion/", true],
    [{ host: "site.example", path: "/private/" }, "https://site.example/private/x", true],
    [{ host: "site.example", path: "/private/" }, "https://site.example/x", false],
    [{}, "https://any.example/", true],
  ])("%j: %s %s", (rule, url, expected) => {
    expect(ruleFor(new URL(url), withRules([rule])) !== undefined).toBe(expected);
  });

  test("the first of several counts, and a rule has one way to a site", () => {
    const settings = withRules([{ host: "a.example", delay: "1s" }, { delay: "2s" }]);
    expect(ruleFor(new URL("http://a.example/"), settings)?.delay).toBe(1000);
    expect(ruleFor(new URL("http://b.example/"), settings)?.delay).toBe(2000);
    expect(() => withRules([{ proxy: "127.0.0.1:1", socks: "127.0.0.1:2" }])).toThrow(/one of/);
    expect(() => withRules([{ hosts: "x" }])).toThrow();
  });
});

describe("a rule may", () => {
  test("forbid a site, also as the end of a redirect, with its reason", async () => {
    const never = await serve({ "/": "never" });
    const entry = await serve({ "/": redirectTo(`${never.origin}/`) });
    const rule = { host: never.host, never: "A court order of another country." };
    const fetch = fetchWith(withRules([rule], [never.host, entry.host]));
    for (const { origin } of [never, entry])
      await expect(fetch(`${origin}/`)).rejects.toThrow(
        expect.objectContaining({
          code: "capture/never-fetched",
          message: expect.stringContaining("court order") as string,
        }),
      );
    expect(never.requests).toEqual([]);
  });

  test("send a session's headers to that site only, as the file says now", async () => {
    const headersFile = join(await temporaryFolder(), "headers");
    await writeFile(headersFile, "Cookie: session=one\nX-Lang: en\n");
    const other = await serve({ "/": "other" });
    const site = await serve({ "/": "page", "/away": redirectTo(`${other.origin}/`) });
    const fetch = fetchWith(withRules([{ host: site.host, headersFile }], [site.host, other.host]));
    await fetch(`${site.origin}/away`);
    await writeFile(headersFile, "Cookie: session=two");
    await fetch(`${site.origin}/`);
    expect(site.requests.map(({ headers }) => headers.cookie)).toEqual(["session=one", "session=two"]);
    expect(other.requests.map(({ headers }) => headers.cookie)).toEqual([undefined]);
    await writeFile(headersFile, "Host: elsewhere.example");
    await expect(fetch(`${site.origin}/`)).rejects.toThrow(code("rule-headers"));
  });

  test("say where a site is, within what may be reached", async () => {
    const { port, requests } = await serve({ "/": "there" });
    const rule = { host: "gone.example", address: "127.0.0.1" };
    const url = `http://gone.example:${port}/`;
    await expect(fetchWith(withRules([rule]))(url)).rejects.toThrow(code("internal-address"));
    const fetched = await fetchWith(withRules([rule], [`gone.example:${port}`]))(url);
    expect([text(fetched.body), fetched.address]).toEqual(["there", "127.0.0.1"]);
    expect(requests[0]?.headers.host).toBe(`gone.example:${port}`);
  });

  test.each([
    ["proxy", httpProxy],
    ["socks", socksProxy],
  ] as const)("lead over a %s, which resolves the name", async (kind, start) => {
    const site = await serve({ "/": "hidden" });
    const proxy = await start({ "hidden.onion:80": site.host });
    const fetch = fetchWith(withRules([{ domain: "onion", [kind]: proxy.host }]), {
      resolve: () => Promise.reject(new Error("A resolver was asked.")),
    });
    const fetched = await fetch("http://hidden.onion/");
    expect([text(fetched.body), fetched.address]).toEqual(["hidden", ""]);
    await expect(fetch("http://other.onion/")).rejects.toThrow(code("proxy-failed"));
    expect(proxy.asked).toEqual(["hidden.onion:80", "other.onion:80"]);
  });

  test.each([
    ["proxy", httpProxy],
    ["socks", socksProxy],
  ] as const)("not lead over a %s to what is internal", async (kind, start) => {
    const proxy = await start({});
    const fetch = fetchWith(withRules([{ [kind]: proxy.host }]));
    for (const url of [
      "http://127.0.0.1/",
      "http://2130706433/",
      "http://[::ffff:10.0.0.1]/",
      "http://169.254.169.254/latest/meta-data/",
      "http://localhost/",
      "http://printer.local/",
      "http://db.internal/",
      "http://intranet/",
    ])
      await expect(fetch(url), url).rejects.toThrow(code("internal-address"));
    expect(proxy.asked).toEqual([]);
  });

  test("not be got round when the proxy is gone: nothing is fetched directly", async () => {
    const site = await serve({ "/": "direct" });
    const fetch = fetchWith(withRules([{ socks: "127.0.0.1:9" }], [site.host]));
    await expect(fetch(`${site.origin}/`)).rejects.toThrow(code("proxy-failed"));
    expect(site.requests).toEqual([]);
  });
});

test.each([
  ["site.example", false],
  ["93.184.216.34", false],
  ["hidden.onion", false],
  ["10.1.2.3", true],
  ["::1", true],
  ["nas", true],
  ["nas.home.arpa.", true],
  ["LOCALHOST", true],
])("%s is known to be internal: %s", (host, expected) => expect(isKnownInternal(host)).toBe(expected));

test("headers are read from lines, and those of the connection are refused", () => {
  expect(headerLines("Cookie: a=1; b=2\r\n\r\n X-Age : 18 \n".replace(" X-Age :", "X-Age:"))).toEqual({
    cookie: "a=1; b=2",
    "x-age": "18",
  });
  for (const line of [
    "Host: x",
    "content-length: 3",
    "Proxy-Authorization: x",
    "no colon",
    "a b: c",
    "x: \u0000",
  ])
    expect(() => headerLines(line), line).toThrow(code("bad-headers"));
});
