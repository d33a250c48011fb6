import { readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { equalBytes, systemRandom, utf8 } from "@wardline/protocol/encoding";
import {
  decapsulate,
  encapsulate,
  generateSealingKey,
  signPair,
  verifyPair,
} from "@wardline/protocol/identity";
import { createKeyring, openKeyring, unlock } from "@wardline/node/vault";
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
