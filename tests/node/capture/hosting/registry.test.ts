/** Registries over real HTTP: what their answers say, and what they do to a node that asks. */
import { describe, expect, test } from "vitest";
import { createRegistry, guardedFetch } from "@wardline/node/capture";
import { hostingSettings } from "../../../../node/configuration/settings/hosting.ts";
import { manualClock, type ManualClock } from "../../../support/manual-clock.ts";
import { openAt } from "../../commit/open.ts";
import { newFolder } from "../../commit/support.ts";
import { fetchWith, settingsFor, type Pages } from "../support.ts";
import {
  domainAnswer,
  email,
  entity,
  fullName,
  networkAnswer,
  postal,
  rdap,
  startRegistry,
} from "./rdap-server.ts";

const ip = "/rdap/ip/193.0.6.139";
const address = "193.0.6.139";
const minute = 60_000;

/** A registry client over the guarded fetch, with time that stands still. */
async function asking(
  pages: Pages,
  more: { rdap?: Record<string, unknown>; allow?: string[]; folder?: string; clock?: ManualClock } = {},
) {
  const server = await startRegistry(pages);
  const clock = more.clock ?? manualClock();
  const folder = more.folder ?? (await newFolder());
  const opened = await openAt(folder, clock);
  const settings = hostingSettings.parse({
    rdap: { bootstrap: server.bootstrap, interval: "0s", ...more.rdap },
  }).rdap;
  const capture = settingsFor(more.allow ?? [server.host]);
  const registry = createRegistry({
    settings,
    commit: opened.commit,
    clock,
    fetch: (url, options) => guardedFetch(url, { settings: capture, ...options }),
  });
  return { registry, server, clock, folder, close: () => opened.close() };
}

describe("what a registry says", () => {
  test("of a network: name, country, range, and the abuse contact within its holder", async () => {
    const { registry, server, clock, close } = await asking({ [ip]: rdap(networkAnswer()) });
    expect(await registry.network(address)).toEqual({
      result: "found",
      value: {
        handle: "193.0.0.0 - 193.0.7.255",
        name: "EXAMPLE-NET",
        country: "NL",
        range: { first: "193.0.0.0", last: "193.0.7.255" },
        abuse: ["abuse@networks.example"],
        source: server.host,
        at: clock.now(),
      },
    });
    expect(server.requests[0]?.headers["accept"]).toContain("application/rdap+json");
    await close();
  });

  test("of a domain: registrar, the registrant's country and nothing else of it, the registrar's abuse contact", async () => {
    const { registry, server, clock, close } = await asking({
      "/rdap/domain/pictures.com": rdap(domainAnswer("pictures.com")),
    });
    expect(await registry.domain("pictures.com")).toEqual({
      result: "found",
      value: {
        name: "pictures.com",
        registrar: "Example Registrar, Inc.",
        registrantCountry: "SE",
        registered: Date.UTC(2020, 1, 3, 4, 5, 6),
        abuse: ["abuse@registrar.example"],
        source: server.host,
        at: clock.now(),
      },
    });
    await close();
  });

  test.each([
    ["no contacts at all", { entities: undefined, country: undefined }, { abuse: [] }],
    [
      "the country of who holds it",
      { country: undefined, entities: [entity(["registrant"], [fullName("Holder"), postal("de")])] },
      { country: "DE", abuse: [] },
    ],
    [
      "several abuse contacts, each once, and what is no address left out",
      {
        entities: [
          entity(["abuse"], [email("mailto:one@a.example"), email("not an address"), email("two@a.example")]),
          entity(["technical"], [], [entity(["Abuse"], [email("ONE@a.example")])]),
        ],
      },
      { abuse: ["one@a.example", "two@a.example"] },
    ],
    [
      "fields of wrong kinds, and names with line breaks",
      {
        name: "TWO\r\nLINES \u202e",
        handle: 7,
        startAddress: "no address",
        entities: [
          null,
          3,
          "x",
          { roles: "abuse", vcardArray: "vcard" },
          { roles: ["abuse"], vcardArray: ["vcard", [7, ["email"]]] },
        ],
      },
      { name: "TWO LINES", handle: undefined, range: undefined, abuse: [] },
    ],
  ])("with %s", async (_, more, expected) => {
    const { registry, close } = await asking({ [ip]: rdap(networkAnswer(more)) });
    const part = await registry.network(address);
    const absent = { handle: undefined, country: undefined, range: undefined };
    expect(part.result === "found" && { ...absent, ...part.value }).toMatchObject(expected);
    await close();
  });

  test("entities within entities without end are read to a depth, and so many of them", async () => {
    let inner: object = entity(["abuse"], [email("deep@a.example")]);
    for (let depth = 0; depth < 6000; depth++) inner = { roles: [], entities: [inner] };
    const many = Array.from({ length: 1000 }, (_, at) => entity(["abuse"], [email(`a${at}@a.example`)]));
    const { registry, close } = await asking({
      [ip]: rdap(networkAnswer({ entities: [inner] })),
      "/rdap/ip/193.0.6.140": rdap(networkAnswer({ entities: many })),
    });
    expect(await registry.network(address)).toMatchObject({ result: "found", value: { abuse: [] } });
    const part = await registry.network("193.0.6.140");
    expect(part.result === "found" && part.value.abuse).toHaveLength(5);
    await close();
  });
});

describe("an answer that is none", () => {
  test.each<[string, Pages, string]>([
    ["broken JSON", { [ip]: rdap('{"objectClassName": "ip netw') }, "not-rdap"],
    ["a web page", { [ip]: "<html>maintenance</html>" }, "not-rdap"],
    ["another object", { [ip]: rdap(domainAnswer("pictures.com")) }, "not-rdap"],
    ["a server in trouble", { [ip]: rdap({}, 503) }, "status-503"],
    ["a refusal", { [ip]: rdap({ errorCode: 403 }, 403) }, "status-403"],
    ["more than is accepted", { [ip]: rdap(JSON.stringify("x".repeat(700_000))) }, "too-large"],
    ["a redirect inside", { [ip]: rdap("", 302, { location: "http://127.0.0.1:9/" }) }, "internal-address"],
    ["redirects in a circle", { [ip]: rdap("", 301, { location: ip }) }, "redirects"],
    ["a connection that ends", { [ip]: (_, response) => void response.destroy() }, "unreachable"],
  ])("%s is a look-up that failed, and is not made again at once", async (_, pages, why) => {
    const { registry, server, clock, close } = await asking(pages);
    const part = await registry.network(address);
    expect(part).toEqual({ result: "failed", why, retryAfter: clock.now() + 15 * minute });
    const before = server.requests.length;
    clock.advance(14 * minute);
    expect(await registry.network(address)).toEqual(part);
    expect(server.requests.length).toBe(before);
    clock.advance(2 * minute);
    await registry.network(address);
    expect(server.requests.length).toBeGreaterThan(before);
    await close();
  });

  test("404 is the answer that there is none, and is kept for a shorter time than what was found", async () => {
    const { registry, server, clock, close } = await asking({
      "/rdap/ip/193.0.6.140": rdap(networkAnswer()),
    });
    for (let times = 0; times < 2; times++) {
      expect(await registry.network(address)).toEqual({ result: "none" });
      await registry.network("193.0.6.140");
    }
    expect(server.asked()).toEqual([ip, "/rdap/ip/193.0.6.140"]);
    clock.advance(25 * 60 * minute);
    await registry.network(address);
    await registry.network("193.0.6.140");
    expect(server.asked()).toHaveLength(3);
    await close();
  });

  test("about another domain than the one asked for is none", async () => {
    const { registry, close } = await asking({
      "/rdap/domain/pictures.com": rdap(domainAnswer("other.com")),
    });
    expect(await registry.domain("pictures.com")).toMatchObject({ result: "failed", why: "not-rdap" });
    await close();
  });
});

describe("a registry is asked politely", () => {
  test("429 rests the whole server for as long as it says, and no longer than a day", async () => {
    const limited = rdap({}, 429, { "retry-after": "120" });
    const { registry, server, clock, close } = await asking({
      [ip]: limited,
      "/rdap/ip/193.0.6.141": rdap({}, 429, { "retry-after": "999999999" }),
      "/rdap/ip/193.0.6.140": rdap(networkAnswer()),
    });
    const until = clock.now() + 2 * minute;
    expect(await registry.network(address)).toEqual({
      result: "failed",
      why: "rate-limited",
      retryAfter: until,
    });
    expect(await registry.network("193.0.6.140")).toMatchObject({ why: "rate-limited", retryAfter: until });
    expect(server.asked()).toEqual([ip]);
    clock.advance(2 * minute);
    expect(await registry.network("193.0.6.140")).toMatchObject({ result: "found" });
    expect(await registry.network("193.0.6.141")).toMatchObject({
      retryAfter: clock.now() + 24 * 60 * minute,
    });
    await close();
  });

  test("queries to one server start apart; who would wait too long hears so", async () => {
    const pages = Object.fromEntries(
      [1, 2, 3].map((last) => [`/rdap/ip/193.0.6.${last}`, rdap(networkAnswer())]),
    );
    const { registry, server, clock, close } = await asking(pages, {
      rdap: { interval: "10s", patience: "10s" },
    });
    expect(await registry.network("193.0.6.1")).toMatchObject({ result: "found" });
    const second = registry.network("193.0.6.2");
    while (clock.next() === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await registry.network("193.0.6.3")).toEqual({
      result: "failed",
      why: "busy",
      retryAfter: clock.now() + 20_000,
    });
    expect(server.asked()).toHaveLength(1);
    clock.advance(10_000);
    expect(await second).toMatchObject({ result: "found" });
    expect(server.asked()).toHaveLength(2);
    await close();
  });

  test("two that ask the same at once are one query", async () => {
    const { registry, server, close } = await asking({ [ip]: rdap(networkAnswer()) });
    const both = await Promise.all([registry.network(address), registry.network(address)]);
    expect(both[0]).toEqual(both[1]);
    expect(server.asked()).toEqual([ip]);
    await close();
  });

  test("answers outlive a restart; what has expired is swept", async () => {
    const clock = manualClock();
    const first = await asking({ [ip]: rdap(networkAnswer()) }, { clock });
    const found = await first.registry.network(address);
    await first.close();
    const second = await asking({}, { clock, folder: first.folder });
    expect(await second.registry.network(address)).toEqual(found);
    clock.advance(8 * 24 * 60 * minute);
    await second.registry.sweep();
    expect(await second.registry.network(address)).toEqual({ result: "none" });
    await second.close();
  });
});

test("nobody is asked when it is switched off, where no server is known, and inside a network", async () => {
  const off = await asking({ [ip]: rdap(networkAnswer()) }, { rdap: { enabled: false } });
  expect(await off.registry.network(address)).toEqual({ result: "failed", why: "switched-off" });
  expect(off.server.requests).toEqual([]);
  await off.close();
  const on = await asking({ [ip]: rdap(networkAnswer()) }, { allow: [] });
  expect(await on.registry.network("8.8.8.8")).toEqual({ result: "failed", why: "no-server" });
  expect(await on.registry.domain("pictures.example")).toEqual({ result: "failed", why: "no-server" });
  expect(await on.registry.network(address)).toMatchObject({ result: "failed", why: "internal-address" });
  expect(on.server.requests).toEqual([]);
  await on.close();
});

test("the fetch that registries are asked with takes no larger answer than it is told", async () => {
  const { server, close } = await asking({ [ip]: rdap("x".repeat(5000)) });
  const fetch = fetchWith(settingsFor([server.host]), { most: 1000, accept: "registry" });
  await expect(fetch(server.origin + ip)).rejects.toMatchObject({ code: "capture/too-large" });
  await close();
});
