import { cp, readFile, truncate, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { ExactEntry } from "@wardline/hashing/exact";
import { addAll, entriesOf, expected, filesOf, found, opened, temporaryFolder } from "./support.ts";

const PAGE = 4096;
/** Three writes: one of a page, one of two, one of three. */
const writes = [entriesOf(0, 100), entriesOf(100, 300), entriesOf(300, 600)];

/** The folder as a fall leaves it after the three writes. */
async function fallen(): Promise<{ folder: string; log: string }> {
  const live = await temporaryFolder();
  const index = await opened(live, 64 * 1024 * 1024);
  for (const write of writes) await addAll(index, write);
  const folder = await temporaryFolder();
  await cp(live, folder, { recursive: true });
  const [log = ""] = await filesOf(folder, ".log");
  expect((await readFile(log)).length).toBe(6 * PAGE);
  return { folder, log };
}

async function expectThere(folder: string, entries: readonly ExactEntry[]): Promise<void> {
  const index = await opened(folder);
  expect(await found(index, entries)).toEqual(expected(entries));
  expect(index.rows).toBe(entries.length);
}

test("a write that was torn is left out from where it is torn, the others are there", async () => {
  const { folder, log } = await fallen();
  await truncate(log, 4 * PAGE + 1000);
  await expectThere(folder, entriesOf(0, 426));
});

test("so is one whose pages reached the disk in another order", async () => {
  const { folder, log } = await fallen();
  const bytes = await readFile(log);
  await writeFile(log, bytes.fill(0, 3 * PAGE, 4 * PAGE));
  await expectThere(folder, entriesOf(0, 300));
});

test("a page that does not open before the last write is damage, not a fall", async () => {
  const { folder, log } = await fallen();
  const bytes = await readFile(log);
  await writeFile(log, bytes.fill(0, 2 * PAGE, 3 * PAGE));
  await expect(opened(folder)).rejects.toMatchObject({ code: "hashing/index-damaged" });
});
