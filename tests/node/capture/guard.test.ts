/** Nothing internal is reached, however it is spelt, named or redirected to. */
import { networkInterfaces } from "node:os";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isPublicAddress } from "../../../node/capture/addresses.ts";
import { code, fetchWith, redirectTo, serve, settingsFor } from "./support.ts";

/** A resolver that would lead anywhere; these tests must not ask the real one. */
const answering =
  (...answers: string[][]) =>
  async () =>
    answers.shift() ?? [];

describe("an address written in the URL", () => {
  test.each([
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "2130706433",
    "１２７.０.０.１", // full-width digits
    "127。0。0。1", // ideographic full stops
    "①②⑦.⓪.⓪.①",
    "%31%32%37.0.0.1",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "169.254.169.254",
    "168.63.129.16",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "192.0.0.8",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd12:3456:789a::1]",
    "[ff02::1]",
    "[100::1]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "anything.localhost",
    "ｌｏｃａｌｈｏｓｔ",
  ])("%s is refused, and its server hears nothing", async (host) => {
    const { port, requests } = await serve({ "/": "inside" });
    const fetch = fetchWith(settingsFor([]), { resolve: answering(["127.0.0.1"]) });
    await expect(fetch(`http://${host}:${port}/`)).rejects.toThrow(code("internal-address"));
    await expect(fetch(`https://${host}:${port}/`)).rejects.toThrow(code("internal-address"));
    expect(requests).toEqual([]);
  });

  test.each([
    "http://[fe80::1%25eth0]/",
    "http://256.256.256.256/",
    "http://0x100000000/",
    "http:///",
    "//x/",
    "x",
  ])("%s is no URL", async (url) =>
    expect(fetchWith(settingsFor([]))(url)).rejects.toThrow(code("invalid-url")),
  );

  test.each([
    "file:///etc/passwd",
    "ftp://192.0.2.1/",
    "data:text/html,x",
    "javascript:1",
    "gopher://x/",
    "blob:http://x/y",
  ])("%s is of no scheme that is fetched", async (url) =>
    expect(fetchWith(settingsFor([]))(url)).rejects.toThrow(code("unsupported-scheme")),
  );

  test("a name and password in a URL are not sent anywhere", async () => {
    const { host, requests } = await serve({ "/": "x" });
    await expect(fetchWith(settingsFor([host]))(`http://user:secret@${host}/`)).rejects.toThrow(
      code("invalid-url"),
    );
    expect(requests).toEqual([]);
  });
});

describe("which addresses are public", () => {
  test.each([
    "1.1.1.1",
    "93.184.216.34",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "223.255.255.1",
    "2606:4700::1111",
    "2a00:1450:4001::5",
    "64:ff9b::5db8:d822",
  ])("%s is", (address) => expect(isPublicAddress(address)).toBe(true));

  test("no address of this machine is, nor anything that is no address", () => {
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address } of own) expect(isPublicAddress(address)).toBe(false);
    for (const text of ["", "example.com", "1.2.3", "::g", "1.1.1.1 ", "fe80::1%eth0"])
      expect(isPublicAddress(text)).toBe(false);
  });

  test("a mapped or NAT64 address is exactly when the IPv4 address in it is", () => {
    fc.assert(
      fc.property(fc.ipV4(), (ipv4) => {
        const hex = ipv4.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
        const groups = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`;
        const expected = isPublicAddress(ipv4);
        for (const spelling of [
          `::ffff:${ipv4}`,
          `::ffff:${groups}`,
          `0:0:0:0:0:FFFF:${groups}`,
          `64:ff9b::${groups}`,
        ]) {
          expect([spelling, isPublicAddress(spelling)]).toEqual([spelling, expected]);
        }
      }),
    );
  });
});

describe("a host name", () => {
  test.each([[["127.0.0.1"]], [["10.1.2.3"]], [["::1"]], [["fd00::1"]], [["93.184.216.34", "127.0.0.1"]]])(
    "that resolves to %j is refused",
    async (addresses) => {
      const { port, requests } = await serve({ "/": "inside" });
      const fetch = fetchWith(settingsFor([]), { resolve: answering(addresses) });
      await expect(fetch(`http://site.example:${port}/`)).rejects.toThrow(code("internal-address"));
      expect(requests).toEqual([]);
    },
  );

  test("that answers differently the second time (DNS rebinding) reaches nothing: the address that passed is the one connected to", async () => {
    const { port, requests } = await serve({ "/": "inside" });
    const asked: string[] = [];
    const resolve = async (host: string) => [asked.push(host) === 1 ? "192.88.98.1" : "127.0.0.1"];
    const fetch = fetchWith(settingsFor([], { connectTimeout: "100ms", timeout: "20s" }), { resolve });
    const [first, second] = [await failure(fetch, port), await failure(fetch, port)];
    expect(["capture/unreachable", "capture/timeout"]).toContain(first);
    expect(second).toBe("capture/internal-address");
    expect(asked).toEqual(["site.example", "site.example"]); // once for each fetch, never for the connection
    expect(requests).toEqual([]);
  });

  test.each(["hidden.onion", "a.hidden.onion."])("of Tor, %s, is never asked of a resolver", async (host) => {
    const asked: string[] = [];
    const resolve = async (name: string) => [String(asked.push(name))];
    await expect(fetchWith(settingsFor([]), { resolve })(`http://${host}/`)).rejects.toThrow(
      code("not-found"),
    );
    expect(asked).toEqual([]);
  });

  test("that does not exist is told apart from a resolver that does not work", async () => {
    const failing = (reason: string) => async () => {
      throw Object.assign(new Error(reason), { code: reason });
    };
    const url = "http://site.example/";
    await expect(fetchWith(settingsFor([]), { resolve: failing("ENOTFOUND") })(url)).rejects.toThrow(
      code("not-found"),
    );
    await expect(fetchWith(settingsFor([]), { resolve: failing("EAI_AGAIN") })(url)).rejects.toThrow(
      code("unreachable"),
    );
    await expect(fetchWith(settingsFor([]), { resolve: answering([]) })(url)).rejects.toThrow(
      code("not-found"),
    );
  });

  const failure = (fetch: ReturnType<typeof fetchWith>, port: number) =>
    fetch(`http://site.example:${port}/`).then(
      () => "fetched",
      (error: { code: string }) => error.code,
    );
});

describe("an internal host that is allowed", () => {
  test("is reached at its exact port only", async () => {
    const [site, other] = [await serve({ "/": "open" }), await serve({ "/": "closed" })];
    const fetch = fetchWith(settingsFor([site.host]));
    expect(await fetch(`${site.origin}/`)).toMatchObject({ status: 200, address: "127.0.0.1", chain: [] });
    expect(await fetch(`http://0x7f.1:${site.port}/`)).toMatchObject({ status: 200, url: `${site.origin}/` });
    await expect(fetch(`${other.origin}/`)).rejects.toThrow(code("internal-address"));
    await expect(fetch(`http://127.0.0.2:${site.port}/`)).rejects.toThrow(code("internal-address"));
    await expect(fetch(`http://localhost:${site.port}/`)).rejects.toThrow(code("internal-address"));
    expect(other.requests).toEqual([]);
  });

  test("by a name under localhost is 127.0.0.1, and never looked up", async () => {
    const { port } = await serve({ "/": "open" });
    const fetch = fetchWith(settingsFor([`site-a.localhost:${port}`]), { resolve: answering() });
    expect(await fetch(`http://site-a.localhost:${port}/`)).toMatchObject({
      status: 200,
      address: "127.0.0.1",
    });
    await expect(fetch(`http://site-b.localhost:${port}/`)).rejects.toThrow(code("internal-address"));
  });

  test("by another name may resolve to an internal address", async () => {
    const { port } = await serve({ "/": "open" });
    const fetch = fetchWith(settingsFor([`site.example:${port}`]), { resolve: answering(["127.0.0.1"]) });
    expect(await fetch(`http://site.example:${port}/`)).toMatchObject({ status: 200 });
  });
});

describe("a redirect", () => {
  test("is followed, told, and checked like any first address", async () => {
    const target = await serve({ "/end": "there" });
    const entry = await serve({ "/": redirectTo(`${target.origin}/end`, 308) });
    const { chain, url } = await fetchWith(settingsFor([entry.host, target.host]))(`${entry.origin}/`);
    expect(url).toBe(`${target.origin}/end`);
    expect(chain).toEqual([{ url: `${entry.origin}/`, status: 308, address: "127.0.0.1" }]);
    const fetch = fetchWith(settingsFor([entry.host]));
    await expect(fetch(`${entry.origin}/`)).rejects.toThrow(code("internal-address"));
    expect(target.requests).toHaveLength(1);
  });

  test("five are followed, six are not, a loop ends", async () => {
    const steps = Object.fromEntries(
      Array.from({ length: 7 }, (_, at) => [`/${at}`, redirectTo(`/${at + 1}`)]),
    );
    const { origin, host, requests } = await serve({ ...steps, "/7": "there", "/loop": redirectTo("/loop") });
    const fetch = fetchWith(settingsFor([host]));
    expect(await fetch(`${origin}/2`)).toMatchObject({ status: 200, url: `${origin}/7` });
    await expect(fetch(`${origin}/1`)).rejects.toThrow(code("redirects"));
    const before = requests.length;
    await expect(fetch(`${origin}/loop`)).rejects.toThrow(code("redirects"));
    expect(requests.length - before).toBe(6);
  });

  test.each([
    ["http://127.0.0.1:1/", "internal-address"],
    ["http://2130706433/", "internal-address"],
    ["//[::ffff:127.0.0.1]/", "internal-address"],
    ["http://169.254.169.254/latest/meta-data/", "internal-address"],
    ["http://localhost/", "internal-address"],
    ["file:///etc/passwd", "unsupported-scheme"],
    ["data:text/html,x", "unsupported-scheme"],
    ["http://user:secret@site.example/", "invalid-url"],
    ["http://[", "invalid-url"],
  ])("to %s is refused", async (location, expected) => {
    const { origin, host } = await serve({ "/": redirectTo(location) });
    await expect(fetchWith(settingsFor([host]))(`${origin}/`)).rejects.toThrow(code(expected));
  });

  test("without a place to go is an answer like any other", async () => {
    const { origin, host } = await serve({
      "/": (_, response) => void response.writeHead(302).end("nowhere"),
    });
    expect(await fetchWith(settingsFor([host]))(`${origin}/`)).toMatchObject({ status: 302, chain: [] });
  });
});
