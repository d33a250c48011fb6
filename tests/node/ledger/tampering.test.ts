import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeCbor, hex, systemRandom, unhex, utf8 } from "@wardline/protocol/encoding";
import { leafHash } from "@wardline/protocol/log";
import { deleting, putting } from "@wardline/node/store";
import { commitTo, entries, erasures, heads, leaves } from "../../../node/ledger/records.ts";
import { append, entry, failedChecks, newPlace, open, origin } from "./support.ts";

/** A ledger with six entries; all are about `s`. */
async function ledgerOfSix() {
  const place = await newPlace();
  const one = await open(place, { create: true });
  await append(
    one,
    Array.from({ length: 6 }, (_, at) => entry(at, ["s", `only-${at}`])),
  );
  return { place, one };
}

/** Somebody who holds the store's key and writes past the ledger. */
describe("an insider with the store's key", () => {
  test("who changes a content is found out", async () => {
    const { one } = await ledgerOfSix();
    const stored = await one.reader.get(entries, 2);
    const content = encodeCbor({
      at: 1000,
      kind: "report.noted",
      subject: ["s", "only-2"],
      actor: "node",
      detail: {},
    });
    await one.write([putting(entries, [2], { content, salt: stored?.salt ?? new Uint8Array() })]);
    expect(await failedChecks(one.ledger, "s")).toEqual(["content"]);
    expect(await failedChecks(one.ledger, "only-3")).toEqual([]);
    const { checks, entries: shown } = await one.ledger.verify("s");
    expect(checks.find(({ name }) => name === "content")?.detail).toBe(
      "Altered or missing since it was written: entry 2.",
    );
    expect(shown[2]).toMatchObject({ kind: "altered", included: true });
    const reading = Array.fromAsync(one.ledger.ofSubject(one.reader, "s"));
    await expect(reading).rejects.toMatchObject({ code: "ledger/damaged" });
  });

  test("who deletes a content without an erasure is found out", async () => {
    const { one } = await ledgerOfSix();
    await one.write([deleting(entries, [4])]);
    expect(await failedChecks(one.ledger, "s")).toEqual(["content"]);
  });

  test("who passes a change off as an erasure is not: the content is still there", async () => {
    const { one } = await ledgerOfSix();
    const { stored } = commitTo(entry(9, ["s", "only-4"]), 1, systemRandom);
    await one.write([putting(entries, [4], stored), putting(erasures, [4], { at: 1, reason: "none" })]);
    expect(await failedChecks(one.ledger, "s")).toEqual(["content"]);
  });

  test("who rewrites an entry with its commitment and leaf is found out by the tree", async () => {
    const { place, one } = await ledgerOfSix();
    const { stored, commitment } = commitTo(entry(9, ["s", "only-4"]), 1000, systemRandom);
    const leaf = await one.reader.get(leaves, 4);
    const hashes = leafHash(commitment);
    await one.write([
      putting(entries, [4], stored),
      putting(leaves, [4], { ...leaf, index: 4, subject: ["s", "only-4"], commitment, hashes }),
    ]);
    expect(await failedChecks(one.ledger, "only-4")).toContain("inclusion");
    await one.close();
    const again = await open(place);
    expect(await failedChecks(again.ledger, "only-4")).toContain("inclusion");
  });

  test("who moves an entry to another subject is found out", async () => {
    const { one } = await ledgerOfSix();
    const [two, five] = [await one.reader.get(leaves, 2), await one.reader.get(leaves, 5)];
    await one.write([
      putting(leaves, [2], {
        index: 2,
        subject: five?.subject ?? [],
        commitment: two?.commitment ?? new Uint8Array(),
        hashes: two?.hashes ?? new Uint8Array(),
      }),
    ]);
    expect(await failedChecks(one.ledger, "s")).toEqual(["content"]);
  });

  test("who cuts entries off and lowers the length is found out at the next start", async () => {
    const { place, one } = await ledgerOfSix();
    await one.write([deleting(entries, [5]), deleting(leaves, [5]), putting(heads, [], { origin, size: 5 })]);
    await one.close();
    expect((await open(place)).ledger.problem?.code).toBe("ledger/rolled-back");
  });

  test("who breaks length, edge or head is found out at the next start", async () => {
    for (const operations of [
      [putting(heads, [], { origin, size: 7 })],
      [deleting(heads, [])],
      [deleting(leaves, [3])],
      [deleting(leaves, [5])],
    ]) {
      const { place, one } = await ledgerOfSix();
      await one.write(operations);
      await one.close();
      const again = await open(place);
      expect(again.ledger.problem?.code).toBe("ledger/damaged");
      expect((await again.ledger.verify("s")).verified).toBe(false);
      await again.close();
    }
  });
});

test("a seized disk shows no kind, actor, detail, subject or commitment", async () => {
  const { place, one } = await ledgerOfSix();
  const secret = {
    kind: "very.special",
    actor: "person:somebody",
    subject: ["subject-of-all"],
    detail: { word: "harmless sentence" },
  };
  await append(one, [secret]);
  const { entries: shown } = await one.ledger.verify("subject-of-all");
  const commitment = shown[0]?.commitment ?? "";
  await one.close();
  const wanted = [
    utf8("very.special"),
    utf8("person:somebody"),
    utf8("subject-of-all"),
    utf8("harmless sentence"),
    utf8("report.noted"),
    utf8("ledger."),
    utf8(commitment),
    unhex(commitment),
    unhex(shown[0]?.salt ?? ""),
  ];
  const files = (await readdir(place.storeFolder, { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile(),
  );
  const contents = await Promise.all(
    [...files.map((file) => join(file.parentPath, file.name)), place.checkpointFile].map((path) =>
      readFile(path),
    ),
  );
  expect(contents.length).toBeGreaterThan(3);
  for (const content of contents) {
    for (const bytes of wanted) expect(content.includes(bytes), hex(bytes)).toBe(false);
  }
});
