import { cp, mkdtemp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { HashingError, openExactIndex } from "@wardline/hashing/exact";
import { addAll, entriesOf, expected, filesOf, found, key, opened, temporaryFolder } from "./support.ts";

const entries = entriesOf(0, 400);
let whole: string;

/** A folder with a run, a log that was closed in order, and the manifest. */
beforeAll(async () => {
  whole = await mkdtemp(join(tmpdir(), "wardline-exact-"));
  const index = await openExactIndex({ folder: whole, key });
  await index.build([entries.slice(0, 300)]);
  await addAll(index, entries.slice(300));
  await index.close();
  return () => rm(whole, { recursive: true });
});

async function copied(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(whole, folder, { recursive: true });
  return folder;
}

/** The code with which the folder is refused when it is opened and read through; "whole" when it is not. */
async function verdictOn(folder: string, secret = key): Promise<string> {
  try {
    const index = await openExactIndex({ folder, key: secret });
    try {
      await index.verify();
      expect(await found(index, entries)).toEqual(expected(entries));
      return "whole";
    } finally {
      await index.close();
    }
  } catch (error) {
    if (error instanceof HashingError) return error.code;
    throw error;
  }
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (at & 7));
  await writeFile(path, bytes);
}

test("the folder that the others are copies of is whole", async () => {
  expect(await verdictOn(await copied())).toBe("whole");
});

describe.each([".run", ".log", "manifest"])("of a file %s", (end) => {
  const fileOf = async (folder: string) => (await filesOf(folder, end))[0] ?? "";
  /** Positions in all parts of the file, first and last bytes too. */
  const positions = async () => {
    const { length } = await readFile(await fileOf(whole));
    const step = Math.max(1, Math.floor(length / 40));
    return [...Array(length).keys()].filter((at) => at % step === 0 || at >= length - 3);
  };

  test("each flipped byte is seen", async () => {
    const folder = await copied();
    const file = await fileOf(folder);
    for (const at of await positions()) {
      await flip(file, at);
      expect([at, await verdictOn(folder)]).toEqual([at, "hashing/index-damaged"]);
      await flip(file, at);
    }
    expect(await verdictOn(folder)).toBe("whole");
  });

  test("each cut is seen", async () => {
    for (const at of (await positions()).filter((_, which) => which % 8 === 0)) {
      const folder = await copied();
      await truncate(await fileOf(folder), at);
      expect([at, await verdictOn(folder)]).toEqual([at, "hashing/index-damaged"]);
    }
  });

  test("that it is gone is seen", async () => {
    const folder = await copied();
    await rm(await fileOf(folder));
    expect(await verdictOn(folder)).toBe("hashing/index-damaged");
  });
});

test("files of another index are seen, under the old names too", async () => {
  const folder = await copied();
  const other = await temporaryFolder();
  const index = await openExactIndex({ folder: other, key });
  await index.build([entriesOf(0, 300)]);
  await index.close();
  const [run = ""] = await filesOf(folder, ".run");
  const [foreign = ""] = await filesOf(other, ".run");
  await rename(foreign, join(folder, basename(run)));
  expect(await verdictOn(folder)).toBe("hashing/index-damaged");
});

test("a wrong key is told from damage", async () => {
  expect(
    await verdictOn(
      await copied(),
      key.map((byte) => byte ^ 1),
    ),
  ).toBe("hashing/index-key");
});

test("a later version is told from damage", async () => {
  const folder = await copied();
  const [file = ""] = await filesOf(folder, "manifest");
  const bytes = await readFile(file);
  bytes.writeUInt32LE(2, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
  await writeFile(file, bytes);
  expect(await verdictOn(folder)).toBe("hashing/index-version");
});

test("what a fall left half done is cleared away", async () => {
  const folder = await copied();
  const strays = [`${"a".repeat(32)}.run`, `${"b".repeat(32)}.log`, "manifest.new"];
  for (const stray of strays) await writeFile(join(folder, stray), "half");
  expect(await verdictOn(folder)).toBe("whole");
  const left = (await filesOf(folder, "")).map((file) => basename(file));
  expect(left.filter((name) => strays.includes(name))).toEqual([]);
});

test("a merge that meets damage says so and leaves nothing half done; so does a look-up", async () => {
  const folder = await copied();
  const [file = ""] = await filesOf(folder, ".run");
  await flip(file, 100);
  const index = await opened(folder);
  const damaged = { code: "hashing/index-damaged" };
  await expect(index.compact()).rejects.toMatchObject(damaged);
  await expect(found(index, entries)).rejects.toMatchObject(damaged);
  // The damaged one, and what the log held.
  expect(await filesOf(folder, ".run")).toHaveLength(2);
});
