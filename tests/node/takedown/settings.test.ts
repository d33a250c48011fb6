/** Settings of notices that cannot be used are refused at start, with what to write instead. */
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { loadConfiguration } from "../../../node/configuration/index.ts";

const load = (takedown: Record<string, unknown>) =>
  loadConfiguration({ dataFolder: "data", takedown }).takedown;
const api = (url: string) => ({ contacts: [{ provider: "P", api: { url } }] });
const tls = { certificate: "c.pem", key: "k.pem" };

test.each([
  ["a provider that cannot be reached", { contacts: [{ provider: "P" }] }, "takedown.contacts.0"],
  ["an interface without TLS", api("http://abuse.example/x"), "takedown.contacts.0.api.url"],
  [
    "another port than the one allowed",
    { ...api("http://127.0.0.1:81/"), apiAllow: ["127.0.0.1:80"] },
    "api.url",
  ],
  ["an interface that is no web address", api("ftp://abuse.example/x"), "takedown.contacts.0.api.url"],
  [
    "answers over the network in clear",
    { replies: { address: "n@h.example", host: "192.0.2.1" } },
    "replies.tls",
  ],
  [
    "a step twice",
    {
      ladder: [
        { to: "provider", notices: 1 },
        { to: "provider", notices: 1 },
      ],
    },
    "takedown.ladder",
  ],
  ["an empty ladder", { ladder: [] }, "takedown.ladder"],
  [
    "a secret in the file",
    { contacts: [{ provider: "P", api: { url: "https://a.example/", headers: { "x-token": "abc" } } }] },
    "x-token",
  ],
])("%s is refused", (_, takedown, path) => {
  expect(() => load(takedown)).toThrow(path);
});

test("paths are relative to the configuration, and an allowed gateway needs no TLS", () => {
  const secret = { file: "keys/p" };
  const loaded = load({
    contacts: [{ provider: "P", api: { url: "http://127.0.0.1:81/x", secret } }],
    apiAllow: ["127.0.0.1:81"],
    replies: { address: "n@h.example", host: "192.0.2.1", tls },
    texts: "texts",
  });
  expect(loaded.contacts[0]?.api).toMatchObject({
    method: "POST",
    body: "xarf",
    secret: { header: "authorization", prefix: "Bearer ", file: resolve("keys/p") },
  });
  expect(loaded.replies.tls?.key).toBe(resolve("k.pem"));
  expect(loaded.texts).toBe(resolve("texts"));
});

test("without settings there is no listener, no hash, and a ladder of three", () => {
  const { replies, hashes, ladder } = load({});
  expect([replies.address, hashes]).toEqual([undefined, false]);
  expect(ladder.map(({ to, notices }) => [to, notices])).toEqual([
    ["provider", 3],
    ["site-owner", 3],
    ["registrar", 3],
  ]);
});
