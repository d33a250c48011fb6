import { open, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeCbor, equalBytes, systemRandom, utf8 } from "@wardline/protocol/encoding";
import {
  decapsulate,
  encapsulate,
  generateIdentityKey,
  generateSealingKey,
  signPair,
  verifyPair,
} from "@wardline/protocol/identity";
import { createKeyring, openKeyring, sealBox, unlock } from "@wardline/node/vault";
import { findOnDisk, newPlace } from "./support.ts";

async function newKeyring() {
  const place = await newPlace();
  const master = await unlock(place.dataFolder, place);
  const keyring = await createKeyring(place.dataFolder, master, systemRandom, 1234);
  const reopen = async () =>
    openKeyring(place.dataFolder, await unlock(place.dataFolder, place), systemRandom);
  return { ...place, keyring, reopen, folder: join(place.dataFolder, "keyring") };
}
const dated = (from: number) => ({ ...generateSealingKey(systemRandom), from, until: from + 7 });

describe("the keyring", () => {
  test("holds identity, transport and log keys over a restart, each a key of its own", async () => {
    const { keyring, reopen } = await newKeyring();
    const again = await reopen();
    expect(again.identity).toEqual(keyring.identity);
    expect(again.transport).toEqual(keyring.transport);
    expect(again.log).toEqual(keyring.log);
    expect(again.created).toBe(1234);
    const seeds = [
      again.identity.seeds.ed25519,
      again.identity.seeds.mldsa65,
      again.transport.seed,
      again.log.seed,
    ];
    expect(new Set(seeds.map((seed) => seed.toHex())).size).toBe(4);
    const signature = signPair(keyring.identity, utf8("hello"));
    expect(verifyPair(again.identity.public, utf8("hello"), signature)).toBe(true);
  });

  test("adds and forgets sealing keys, in order, also when asked at once", async () => {
    const { keyring, reopen } = await newKeyring();
    const keys = [dated(30), dated(10), dated(20)];
    await Promise.all(keys.map((key) => keyring.addSealing([key])));
    const again = await reopen();
    expect(again.sealing().map(({ from, until }) => [from, until])).toEqual([
      [10, 17],
      [20, 27],
      [30, 37],
    ]);
    const [first] = again.sealing();
    const { secret, ciphertext } = encapsulate(first?.public ?? new Uint8Array(), systemRandom);
    expect(decapsulate(again.sealingSeed(first?.id ?? "") ?? new Uint8Array(), ciphertext)).toEqual(secret);
    expect(await again.forgetSealing(20)).toEqual([first?.id]);
    expect(await again.forgetSealing(20)).toEqual([]);
    const last = await reopen();
    expect(last.sealing()).toHaveLength(2);
    expect(last.sealingSeed(first?.id ?? "")).toBeUndefined();
  });

  test("keeps sealing keys in a file of their own, which may be absent", async () => {
    const { keyring, reopen, folder } = await newKeyring();
    await keyring.addSealing([dated(10)]);
    expect((await readdir(folder)).sort()).toEqual(["keyring", "sealing-keys"]);
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    await rm(join(folder, "sealing-keys"));
    expect((await reopen()).sealing()).toEqual([]);
  });

  test("reads a file of sealing keys from before any could be revoked", async () => {
    const { reopen, folder, dataFolder, keyFile } = await newKeyring();
    const key = dated(10);
    const master = await unlock(dataFolder, { keyFile });
    const list = encodeCbor([
      { label: "sealing, X-Wing", secret: key.seed, from: key.from, until: key.until },
    ]);
    const box = sealBox(master.derive("vault/keyring"), "wardline/vault/sealing-keys/1", list, systemRandom);
    await writeFile(join(folder, "sealing-keys"), box);
    expect((await reopen()).sealing()).toEqual([key]);
  });

  test("withdraws sealing keys: the one in use still opens, those to come are revoked and gone", async () => {
    const { keyring, reopen } = await newKeyring();
    const [old, present, next] = [dated(1), dated(10), dated(20)];
    await keyring.addSealing([old, present, next]);
    const nextSeed = keyring.sealingSeed(next.id);
    await keyring.withdrawSealing(12);
    const again = await reopen();
    expect(again.sealing().map(({ id, withdrawn }) => [id, withdrawn])).toEqual([
      [old.id, undefined],
      [present.id, true],
    ]);
    expect(again.revokedSealing()).toEqual([{ id: next.id, from: 20 }]);
    expect(again.sealingSeed(present.id)).toEqual(present.seed);
    expect(again.sealingSeed(next.id)).toBeUndefined();
    expect(nextSeed).toEqual(new Uint8Array(32));
    await again.forgetSealing(21);
    expect((await reopen()).revokedSealing()).toEqual([]);
  });

  test("of a forgotten sealing key nothing stays in the blocks that its file had", async () => {
    const { keyring, folder } = await newKeyring();
    await keyring.addSealing([dated(10), dated(30)]);
    const before = await open(join(folder, "sealing-keys"), "r");
    const content = await before.readFile();
    await keyring.forgetSealing(20);
    const blocks = new Uint8Array(content.length);
    await before.read(blocks, 0, content.length, 0);
    await before.close();
    expect(blocks).toEqual(new Uint8Array(content.length));
  });

  test("replaces keys one by one; the old ones are gone from the disk, the others stay", async () => {
    const { keyring, reopen, dataFolder } = await newKeyring();
    const { transport, log, witness, identity } = keyring;
    await keyring.replaceTransport(systemRandom(32));
    await keyring.replaceLine("log", systemRandom(32), utf8("first note"));
    await keyring.replaceLine("witness", systemRandom(32), utf8("second note"));
    expect(keyring.nextIdentity).toBeUndefined();
    const next = generateIdentityKey(systemRandom);
    await keyring.prepareIdentity(next);
    expect([(await reopen()).identity, (await reopen()).nextIdentity]).toEqual([identity, next]);
    await keyring.takeNextIdentity();
    await keyring.takeNextIdentity();
    const again = await reopen();
    expect(again.identity).toEqual(next);
    expect(again.nextIdentity).toBeUndefined();
    expect(again.handovers).toEqual([utf8("first note"), utf8("second note")]);
    for (const [old, present] of [
      [transport, again.transport],
      [log, again.log],
      [witness, again.witness],
    ] as const)
      expect(present.public).not.toEqual(old.public);
    expect(again.transport).toEqual(keyring.transport);
    const gone = { transport: transport.seed, log: log.seed, identity: identity.seeds.ed25519 };
    expect(await findOnDisk(dataFolder, gone)).toEqual([]);
  });

  test("shows nothing of any key on disk", async () => {
    const { keyring, dataFolder } = await newKeyring();
    await keyring.addSealing([dated(10)]);
    const secrets = {
      identity: keyring.identity.seeds.ed25519,
      mldsa: keyring.identity.seeds.mldsa65,
      transport: keyring.transport.seed,
      log: keyring.log.seed,
      sealing: keyring.sealing()[0]?.seed ?? new Uint8Array(1),
      public: keyring.log.public,
      label: utf8("Ed25519"),
    };
    expect(await findOnDisk(dataFolder, secrets)).toEqual([]);
  });

  test("is refused with any byte changed, cut anywhere, empty, swapped, missing, or made twice", async () => {
    const { keyring, reopen, folder, dataFolder, keyFile } = await newKeyring();
    await keyring.addSealing([dated(10)]);
    const path = join(folder, "keyring");
    const content = await readFile(path);
    for (let at = 0; at < content.length; at += 3) {
      await writeFile(path, content.with(at, (content[at] as number) ^ 1));
      await expect(reopen(), `byte ${at}`).rejects.toMatchObject({ code: "vault/keyring-damaged" });
      await writeFile(path, content.subarray(0, at));
      await expect(reopen(), `cut ${at}`).rejects.toMatchObject({ code: "vault/keyring-damaged" });
    }
    await writeFile(path, await readFile(join(folder, "sealing-keys")));
    await expect(reopen()).rejects.toMatchObject({ code: "vault/keyring-damaged" });
    await rm(path);
    await expect(reopen()).rejects.toMatchObject({ code: "vault/keyring-missing" });
    await writeFile(path, content);
    expect(equalBytes((await reopen()).log.seed, keyring.log.seed)).toBe(true);
    const master = await unlock(dataFolder, { keyFile });
    const again = createKeyring(dataFolder, master, systemRandom, 1);
    await expect(again).rejects.toMatchObject({ code: "vault/already-initialised" });
  });
});
