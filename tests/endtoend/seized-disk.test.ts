/**
 * Who takes a powered-off disk learns nothing: after the whole story no plaintext that was used in it is found in any data
 * folder, in any form, and nothing of it in the logs beside. What stands in clear by design are random ids and times.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hex, systemRandom, unbase64, unhex } from "@wardline/protocol/encoding";
import { encodeIdentitySecretKey } from "@wardline/protocol/identity";
import { digestsOf } from "@wardline/hashing/digests";
import { items } from "../../node/casework/records.ts";
import type { ApiClient, Demo, DevNode } from "../../node/demo/index.ts";
import { received, said } from "../../node/federation/delivery/collections.ts";
import { openBox } from "../../node/vault/box.ts";
import { openItemKeys } from "../../node/vault/itemkeys.ts";
import { openingKey } from "../../node/vault/opening.ts";
import { bytesNeedle, fileNeedle, filesBelow, found, textNeedle, type Needle, type Place } from "./disk.ts";
import { opened, play, startTestDemo, testTime } from "./support.ts";

/** Typed by people somewhere in the story, or by this test. */
const typed = {
  note: "A caller read this address out to us on the telephone.",
  reason: "Checked because the caller named this very picture.",
  answer: "Case opened.",
  purpose: "Comparison with ICSE",
  basis: "INTERPOL Rules on the Processing of Data, Article 10",
  name: "Bartholomew Featherstonehaugh",
  signIn: "bartholomew.featherstonehaugh",
  password: "seven pale lanterns count the tides",
};

test(
  "after the story no data folder and no log tells anything of it",
  async () => {
    const demo = await startTestDemo();
    const { nodes } = demo.federation;
    const previews = new Map<string, Uint8Array>();
    for (const node of nodes) await workAsSomebodyNew(node);
    const { outcome } = await play(demo);
    await lookAtPictures(demo, outcome.reportAtA, previews);
    await fileWithNote(demo);
    await demo.federation.stop();

    const secrets = [...plaintexts(demo), ...digestNeedles(demo)];
    for (const node of nodes) secrets.push(...(await keysOf(node)), ...(await contentsOf(node)));
    for (const [name, picture] of [...picturesOf(demo), ...previews])
      secrets.push(fileNeedle(`picture ${name}`, picture));
    const places = (await Promise.all(nodes.map(({ dataFolder }) => filesBelow(dataFolder)))).flat();
    expect(places.length).toBeGreaterThan(50);
    expectSearchFinds(secrets);

    expect(found(secrets, places)).toEqual([]);
    const logs = await Promise.all(nodes.map(logOf));
    expect(logs.every(({ bytes }) => bytes.includes("member connected"))).toBe(true);
    expect(found(secrets, logs)).toEqual([]);
  },
  testTime,
);

/** The search itself is tried on what it must find: one form of everything, amid noise. */
function expectSearchFinds(secrets: readonly Needle[]): void {
  const planted = secrets.map(({ forms }, index): Place => {
    const form = forms.at(index % forms.length) ?? Buffer.alloc(0);
    return { name: String(index), bytes: Buffer.concat([systemRandom(index % 67), form, systemRandom(20)]) };
  });
  const hits = new Set(found(secrets, planted));
  expect(secrets.filter(({ what }, index) => !hits.has(`${what} in ${index}`))).toEqual([]);
}

/** A person whose names are long enough to be searched for, made and signed in at each node. */
async function workAsSomebodyNew(node: DevNode): Promise<void> {
  const { name, signIn, password } = typed;
  await node.as("admin").post("/people", { name, signIn, password, roles: ["auditor"] });
  const { status } = await node.as("admin").call("POST", "/session", { signIn, password });
  expect(status).toBe(200);
}

async function lookAtPictures({ federation }: Demo, report: string, previews: Map<string, Uint8Array>) {
  const anna: ApiClient = federation.node("hotline-a").as("anna");
  const { itemList } = await anna.get<{ itemList: { id: string; state: string }[] }>(`/reports/${report}`);
  for (const { id, state } of itemList) {
    if (state === "classified") previews.set(`preview ${id}`, await anna.get<Buffer>(`/items/${id}/preview`));
    if (state !== "known") continue;
    const request = { level: "grey", reason: typed.reason };
    const { ticket } = await anna.post<{ ticket: string }>(`/items/${id}/reveal`, request);
    previews.set(`revealed ${id}`, await anna.get<Buffer>(`/reveals/${ticket}`));
  }
}

async function fileWithNote({ federation, siteHost }: Demo): Promise<void> {
  const anna = federation.node("hotline-a").as("anna");
  const url = `http://${siteHost}/gallery/more/index.html`;
  await anna.post("/reports", { url, source: "analyst", note: typed.note });
}

function plaintexts({ federation, site, siteHost }: Demo): Needle[] {
  const people = federation.nodes.flatMap((node) => node.people);
  const paths = [...site.files.keys()];
  const words = [
    ...Object.values(typed),
    ...people.flatMap(({ name, password }) => [name, password]),
    ...paths,
    ...paths.map((path) => `http://${siteHost}${path}`),
    ...[siteHost, "pictures.localhost", "abuse@provider.example", "Provider of B", "under-investigation"],
    ...["XA-2026-000001", "XB-2026-000001", "XB-2026-000002", "notices@hotline-b.example"].map(thisYear),
  ];
  return [...new Set(words)].map(textNeedle);
}

const thisYear = (reference: string) => reference.replace("2026", String(new Date().getUTCFullYear()));

const picturesOf = ({ site }: Demo) =>
  [...site.files]
    .filter(([, { type }]) => type === "image/jpeg")
    .map(([path, { body }]) => [path, body] as const);

function digestNeedles(demo: Demo): Needle[] {
  return [...demo.site.files].flatMap(([path, { body }]) => {
    const { sha256, sha1, md5 } = digestsOf(body);
    return Object.entries({ sha256, sha1, md5 }).map(([name, digest]) =>
      bytesNeedle(`${name} of ${path}`, unhex(digest)),
    );
  });
}

/** Every secret key that a node holds, read with its owner's key after the fact. */
async function keysOf(node: DevNode): Promise<Needle[]> {
  const { keyFile } = node.configuration;
  const opening = await openingKey({ keyFile }, node.dataFolder, undefined);
  const lock = JSON.parse(await readFile(join(node.dataFolder, "lock.json"), "utf8")) as { box: string };
  const master = openBox(opening, "wardline/vault/master-key/1", unbase64(lock.box));
  expect(master).toHaveLength(32);
  const keys = await opened(node, async ({ keyring, master: derived }) => {
    const { identity, transport, log } = keyring;
    const itemKeys = await openItemKeys(
      join(node.dataFolder, "vault", "keys"),
      derived.derive("vault/item-keys"),
      systemRandom,
    );
    const { ed25519, mldsa65 } = identity.seeds;
    return new Map<string, Uint8Array>([
      ["identity, as it is stored", encodeIdentitySecretKey(identity)],
      ["identity, Ed25519", ed25519],
      ["identity, ML-DSA-65", mldsa65],
      ["transport", transport.seed],
      ["log", log.seed],
      ...keyring.sealing().map(({ id, seed }) => [`sealing ${id}`, seed] as const),
      ...(await Array.fromAsync(itemKeys.all())).map(([id, { key }]) => [`item ${id}`, key] as const),
      ...[
        "store/values",
        "store/head",
        "store/names",
        "vault/keyring",
        "vault/item-keys",
        "accounts/pseudonyms",
      ].map((purpose) => [`derived for ${purpose}`, derived.derive(purpose)] as const),
    ]);
  });
  const all = [["opening key", opening] as const, ["master key", master ?? opening] as const, ...keys];
  return all.map(([name, key]) => bytesNeedle(`${node.member.key}: ${name}`, key));
}

/** What the node knows of the matter: addresses, hashes, and statements with their hashes and signatures. */
function contentsOf(node: DevNode): Promise<Needle[]> {
  return opened(node, async ({ commit }) => {
    const needles: Needle[] = [];
    for await (const { value } of commit.list(items)) {
      const { pdq, sha256 } = value.digests;
      if (pdq !== undefined) needles.push(bytesNeedle(`PDQ of ${value.url}`, unhex(pdq)));
      if (sha256 !== "") needles.push(bytesNeedle(`SHA-256 of ${value.url}`, unhex(sha256)));
      needles.push(textNeedle(value.url));
    }
    for (const collection of [said, received])
      for await (const { value } of commit.list(collection)) {
        const hash = createHash("sha256").update(value.bytes).digest();
        needles.push(bytesNeedle(`hash of a statement, ${hex(hash)}`, hash));
        needles.push(bytesNeedle(`signature of a statement, ${hex(hash)}`, value.signature.subarray(0, 64)));
      }
    return needles;
  });
}

async function logOf({ dataFolder }: DevNode): Promise<Place> {
  const name = join(dataFolder, "..", "node.log");
  return { name, bytes: await readFile(name) };
}
