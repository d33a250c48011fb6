import { chmod, copyFile, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { equalBytes, systemRandom } from "@wardline/protocol/encoding";
import { createMasterKey, unlock } from "@wardline/node/vault";
import { findOnDisk, newPlace, temporaryFolder } from "./support.ts";

const refused = (code: string) => ({ code: `vault/${code}` });
const passphrase = "correct horse battery staple";

describe("a key file", () => {
  test("opens the same master key each time; every purpose has its own key", async () => {
    const { dataFolder, keyFile } = await newPlace();
    const [one, two] = [await unlock(dataFolder, { keyFile }), await unlock(dataFolder, { keyFile })];
    expect(equalBytes(one.derive("a"), two.derive("a"))).toBe(true);
    expect(one.derive("a")).toHaveLength(32);
    expect(equalBytes(one.derive("a"), one.derive("b"))).toBe(false);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o400);
    expect((await stat(dataFolder)).mode & 0o777).toBe(0o700);
    expect(Object.keys(one)).toEqual(["derive"]);
  });

  test("never lies in the data folder, also not by way of a link", async () => {
    const { dataFolder, keyFile } = await newPlace();
    const inside = join(dataFolder, "key");
    await copyFile(keyFile, inside);
    await chmod(inside, 0o400);
    await expect(unlock(dataFolder, { keyFile: inside })).rejects.toMatchObject(refused("key-file-inside"));
    await symlink(inside, `${keyFile}-link`);
    await expect(unlock(dataFolder, { keyFile: `${keyFile}-link` })).rejects.toMatchObject(
      refused("key-file-inside"),
    );
    await symlink(dataFolder, `${dataFolder}-link`);
    const around = { keyFile: join(`${dataFolder}-link`, "key") };
    await expect(unlock(dataFolder, around)).rejects.toMatchObject(refused("key-file-inside"));
    const other = join(await temporaryFolder(), "data");
    const create = createMasterKey(other, { keyFile: join(other, "key") }, systemRandom);
    await expect(create).rejects.toMatchObject(refused("key-file-inside"));
  });

  test("beside the data folder, with a name that begins like it, is outside", async () => {
    const dataFolder = join(await temporaryFolder(), "data");
    await createMasterKey(dataFolder, { keyFile: `${dataFolder}.key` }, systemRandom);
    await expect(unlock(dataFolder, { keyFile: `${dataFolder}.key` })).resolves.toBeDefined();
  });

  test.each([0o440, 0o404, 0o420, 0o401, 0o644, 0o600 | 0o002])(
    "that others may use is refused: mode %o",
    async (mode) => {
      const { dataFolder, keyFile } = await newPlace();
      await chmod(keyFile, mode);
      await expect(unlock(dataFolder, { keyFile })).rejects.toMatchObject(refused("key-file-permissions"));
    },
  );

  test("that is missing, a folder, empty, or something else is refused", async () => {
    const { dataFolder, keyFile } = await newPlace();
    await expect(unlock(dataFolder, { keyFile: `${keyFile}x` })).rejects.toMatchObject(
      refused("key-file-missing"),
    );
    await expect(unlock(dataFolder, { keyFile: dirname(keyFile) })).rejects.toMatchObject({
      code: expect.stringMatching(/^vault\/key-file/) as string,
    });
    for (const content of [
      "",
      "\0",
      "wardline-key-1 abc\n",
      `wardline-key-2 ${"ab".repeat(32)}\n`,
      "ab".repeat(32),
    ]) {
      await chmod(keyFile, 0o600);
      await writeFile(keyFile, content);
      await expect(unlock(dataFolder, { keyFile })).rejects.toMatchObject(refused("key-file-malformed"));
    }
  });

  test("of another node is refused with a sentence that helps", async () => {
    const [one, two] = [await newPlace(), await newPlace()];
    await expect(unlock(one.dataFolder, { keyFile: two.keyFile })).rejects.toMatchObject({
      ...refused("wrong-key"),
      advice: expect.stringContaining("made with this data folder") as string,
    });
  });

  test("that exists is used for a new node, if it may be", async () => {
    const { keyFile } = await newPlace();
    const dataFolder = join(await temporaryFolder(), "data");
    await createMasterKey(dataFolder, { keyFile }, systemRandom);
    await expect(unlock(dataFolder, { keyFile })).resolves.toBeDefined();
    await chmod(keyFile, 0o444);
    const another = createMasterKey(join(await temporaryFolder(), "data"), { keyFile }, systemRandom);
    await expect(another).rejects.toMatchObject(refused("key-file-permissions"));
  });
});

describe("a passphrase", () => {
  test("opens, in any spelling of the same characters; another does not", async () => {
    const dataFolder = join(await temporaryFolder(), "data");
    const accented = "caf\u00e9 horse battery staple";
    const master = await createMasterKey(dataFolder, { passphrase: accented }, systemRandom);
    const same = await unlock(dataFolder, { passphrase: "cafe\u0301 horse battery staple" });
    expect(equalBytes(master.derive("a"), same.derive("a"))).toBe(true);
    const wrong = unlock(dataFolder, { passphrase: "Cafe horse battery staple" });
    await expect(wrong).rejects.toMatchObject(refused("wrong-passphrase"));
    expect(await findOnDisk(dataFolder, { passphrase: Buffer.from("battery") })).toEqual([]);
  });

  test("that is short is refused for a new node", async () => {
    const dataFolder = join(await temporaryFolder(), "data");
    const create = createMasterKey(dataFolder, { passphrase: "elevenchars" }, systemRandom);
    await expect(create).rejects.toMatchObject(refused("weak-passphrase"));
  });

  test("does not open a node that was locked by a key file, nor the other way round", async () => {
    const { dataFolder, keyFile } = await newPlace();
    await expect(unlock(dataFolder, { passphrase })).rejects.toMatchObject(refused("wrong-key"));
    const other = join(await temporaryFolder(), "data");
    await createMasterKey(other, { passphrase }, systemRandom);
    await expect(unlock(other, { keyFile })).rejects.toMatchObject(refused("wrong-key"));
  });

  test("whose cost was raised in lock.json beyond reason is refused before it is tried", async () => {
    const dataFolder = join(await temporaryFolder(), "data");
    await createMasterKey(dataFolder, { passphrase }, systemRandom);
    const path = join(dataFolder, "lock.json");
    const lock = JSON.parse(await readFile(path, "utf8")) as { passphrase: { memory: number } };
    lock.passphrase.memory = 2 ** 40;
    await writeFile(path, JSON.stringify(lock));
    await expect(unlock(dataFolder, { passphrase })).rejects.toMatchObject(refused("lock-damaged"));
  });
});

describe("a credential of the service manager", () => {
  test("opens, from the folder that the manager names", async () => {
    const { keyFile } = await newPlace();
    const credentialsFolder = await temporaryFolder();
    await copyFile(keyFile, join(credentialsFolder, "wardline"));
    const way = { credential: "wardline", credentialsFolder };
    const dataFolder = join(await temporaryFolder(), "data");
    const master = await createMasterKey(dataFolder, way, systemRandom);
    expect(equalBytes((await unlock(dataFolder, way)).derive("a"), master.derive("a"))).toBe(true);
  });

  test("is refused without such a folder, without such a file, and with a name that leads elsewhere", async () => {
    const { dataFolder, keyFile } = await newPlace();
    const credentialsFolder = join(dirname(keyFile), "credentials");
    await mkdir(credentialsFolder);
    await expect(unlock(dataFolder, { credential: "wardline" })).rejects.toMatchObject(
      refused("no-credentials"),
    );
    const missing = unlock(dataFolder, { credential: "wardline", credentialsFolder });
    await expect(missing).rejects.toMatchObject(refused("key-file-missing"));
    for (const credential of ["../key", "", ".", "..", "a/b", "/key"]) {
      const way = { credential, credentialsFolder };
      await expect(unlock(dataFolder, way)).rejects.toMatchObject(refused("no-credentials"));
    }
  });
});

describe("the lock", () => {
  test("asks for exactly one way to open", async () => {
    const { dataFolder, keyFile } = await newPlace();
    await expect(unlock(dataFolder, {})).rejects.toMatchObject(refused("no-key"));
    await expect(unlock(dataFolder, { keyFile, passphrase })).rejects.toMatchObject(refused("ambiguous-key"));
  });

  test("is made once", async () => {
    const { dataFolder, keyFile } = await newPlace();
    const lock = await readFile(join(dataFolder, "lock.json"), "utf8");
    const again = createMasterKey(dataFolder, { keyFile }, systemRandom);
    await expect(again).rejects.toMatchObject(refused("already-initialised"));
    expect(await readFile(join(dataFolder, "lock.json"), "utf8")).toBe(lock);
  });

  test("that is missing, empty, cut or changed is told apart from a wrong key", async () => {
    const { dataFolder, keyFile } = await newPlace();
    const path = join(dataFolder, "lock.json");
    const content = await readFile(path);
    for (let length = 0; length < content.length - 2; length += 9) {
      await writeFile(path, content.subarray(0, length));
      await expect(unlock(dataFolder, { keyFile }), `${length}`).rejects.toMatchObject(
        refused("lock-damaged"),
      );
    }
    const at = content.indexOf('"box": "') + 20;
    const changed = Buffer.from(content);
    changed[at] = changed[at] === 65 ? 66 : 65;
    await writeFile(path, changed);
    await expect(unlock(dataFolder, { keyFile })).rejects.toMatchObject(refused("wrong-key"));
    await rm(path);
    await expect(unlock(dataFolder, { keyFile })).rejects.toMatchObject(refused("not-initialised"));
  });
});
