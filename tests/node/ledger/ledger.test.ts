import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { decodeCbor, hex, pae, sha256, unhex, utf8 } from "@wardline/protocol/encoding";
import { consistencyProof, emptyRoot, leafHash, openCheckpoint, rootOf } from "@wardline/protocol/log";
import { append, entry, failedChecks, logKey, newPlace, open, origin, proofHolds } from "./support.ts";

describe("the ledger", () => {
  test("of a new node is empty, with a signed checkpoint that says so", async () => {
    const place = await newPlace();
    const { ledger } = await open(place, { create: true });
    expect(ledger.problem).toBeUndefined();
    expect(ledger.size).toBe(0);
    expect(ledger.checkpoint()).toMatchObject({ origin, size: 0, root: emptyRoot() });
    expect(await readFile(place.checkpointFile, "utf8")).toBe(ledger.checkpoint().text);
  });

  test("keeps entries in order over a restart, found under each of their subjects", async () => {
    const place = await newPlace();
    const first = await open(place, { create: true });
    await append(first, [entry(0), entry(1), entry(2, ["report-0", "item-7"])], 5000);
    await append(first, [entry(3)], 6000);
    await first.close();
    const { ledger, reader } = await open(place);
    expect(ledger.size).toBe(4);
    const found = await Array.fromAsync(ledger.ofSubject(reader, "report-0"));
    expect(found.map(({ index, at }) => [index, at])).toEqual([
      [0, 5000],
      [2, 5000],
      [3, 6000],
    ]);
    expect(found[1]).toMatchObject({ kind: "report.noted", actor: "node", subject: ["report-0", "item-7"] });
    expect(found[1]?.detail).toEqual({ number: 2, bytes: utf8("n2"), half: 0.5 });
    const ofItem = await Array.fromAsync(ledger.ofSubject(reader, "item-7"));
    expect(ofItem.map(({ index }) => index)).toEqual([2]);
    expect(await Array.fromAsync(ledger.ofSubject(reader, "report"))).toEqual([]);
  });

  test("has the root of a plain tree over its commitments, whatever the batches were", async () => {
    const one = await open(await newPlace(), { create: true });
    for (const count of [1, 4, 2, 9, 1, 17]) {
      await append(
        one,
        Array.from({ length: count }, (_, at) => entry(at, ["all"])),
      );
      const { entries } = await one.ledger.verify("all");
      const root = rootOf(entries.map(({ commitment }) => leafHash(unhex(commitment, 32))));
      expect(hex(one.ledger.checkpoint().root)).toBe(hex(root));
      expect(one.ledger.checkpoint().size).toBe(entries.length);
    }
  });

  test("commits to salted content: equal entries differ, and the salt opens the commitment", async () => {
    const one = await open(await newPlace(), { create: true });
    await append(one, [entry(1, ["s"]), entry(1, ["s"])]);
    const [a, b] = (await one.ledger.verify("s")).entries;
    expect(a?.commitment).not.toBe(b?.commitment);
    expect(a?.salt).toMatch(/^[0-9a-f]{64}$/);
    const { encodeCbor } = await import("@wardline/protocol/encoding");
    const { at, kind, subject, actor, detail } = a ?? {};
    const content = encodeCbor({ at, kind, subject, actor, detail });
    expect(decodeCbor(content)).toEqual({ at, kind, subject, actor, detail });
    expect(hex(sha256(pae("wardline/ledger/entry/1", unhex(a?.salt ?? ""), content)))).toBe(a?.commitment);
  });

  test("forgets what was prepared for a batch that failed", async () => {
    const one = await open(await newPlace(), { create: true });
    await append(one, [entry(0)]);
    const lost = one.ledger.append([entry(1), entry(2)], 1);
    expect(one.ledger.size).toBe(1);
    await append(one, [entry(3, ["kept"])]);
    expect(one.ledger.size).toBe(2);
    await expect(lost.applied()).rejects.toMatchObject({ code: "ledger/out-of-turn" });
    expect(await failedChecks(one.ledger, "kept")).toEqual([]);
  });

  test("refuses a detail that cannot be stored, and nothing of it remains", async () => {
    const one = await open(await newPlace(), { create: true });
    const bad = { ...entry(1), detail: { act: () => undefined } };
    expect(() => one.ledger.append([bad], 1)).toThrow(
      expect.objectContaining({ code: "encoding/unsupported-value" }) as Error,
    );
    await append(one, [entry(2)]);
    expect(one.ledger.size).toBe(1);
  });
});

describe("proofs", () => {
  test("hold for every entry at several lengths, with nothing but the public key", async () => {
    const one = await open(await newPlace(), { create: true });
    for (let batch = 0; batch < 5; batch++) {
      await append(
        one,
        Array.from({ length: 5 }, (_, at) => entry(at)),
      );
      for (let index = 0; index < one.ledger.size; index++) {
        const proof = await one.ledger.prove(index);
        expect(proofHolds(proof, origin, logKey.public)).toBe(true);
        expect(proofHolds({ ...proof, index: index ^ 1 }, origin, logKey.public)).toBe(false);
      }
    }
  });

  test("do not exist for entries that do not", async () => {
    const one = await open(await newPlace(), { create: true });
    await append(one, [entry(0)]);
    for (const index of [1, -1, 0.5, NaN, 2 ** 60]) {
      await expect(one.ledger.prove(index)).rejects.toMatchObject({ code: "ledger/no-such-entry" });
    }
  });

  test("connect every checkpoint that was ever signed", async () => {
    const one = await open(await newPlace(), { create: true });
    const signed = [one.ledger.checkpoint()];
    for (let batch = 0; batch < 8; batch++) {
      await append(
        one,
        Array.from({ length: 1 + (batch % 3) }, (_, at) => entry(at, ["all"])),
      );
      signed.push(one.ledger.checkpoint());
    }
    const commitments = (await one.ledger.verify("all")).entries.map((each) =>
      leafHash(unhex(each.commitment, 32)),
    );
    for (const { text, size, root } of signed) {
      const opened = openCheckpoint(text, [{ name: origin, public: logKey.public }]);
      expect(hex(opened.root)).toBe(hex(rootOf(commitments.slice(0, size))));
      expect(root).toEqual(opened.root);
    }
    expect(await consistencyProof(0, 0, () => [])).toEqual([]);
  });
});

describe("verifying a subject", () => {
  test("lists every check in a plain sentence", async () => {
    const one = await open(await newPlace(), { create: true });
    await append(one, [entry(0), entry(1), entry(2), entry(3)]);
    const result = await one.ledger.verify("report-0");
    expect(result.verified).toBe(true);
    expect(result.checks).toMatchInlineSnapshot(`
      [
        {
          "detail": "All 4 entries that the checkpoint kept outside the store covers are here, unchanged.",
          "name": "not-rolled-back",
          "passed": true,
        },
        {
          "detail": "The checkpoint over 4 entries is signed by this node's log key.",
          "name": "signature",
          "passed": true,
        },
        {
          "detail": "The hash tree over all entries has the root that the checkpoint states.",
          "name": "tree",
          "passed": true,
        },
        {
          "detail": "Each of the 2 entries about this is proved to stand among the 4 in the tree.",
          "name": "inclusion",
          "passed": true,
        },
        {
          "detail": "The content of 2 entries is exactly what was written at the time.",
          "name": "content",
          "passed": true,
        },
      ]
    `);
    expect(result.entries.map(({ index, included }) => [index, included])).toEqual([
      [0, true],
      [3, true],
    ]);
    const { size, root, text } = one.ledger.checkpoint();
    expect(result.checkpoint).toEqual({ origin, size, root: hex(root), text });
  });

  test("goes as far as the checkpoint reaches, while a batch is on disk that none covers yet", async () => {
    const one = await open(await newPlace(), { create: true });
    await append(one, [entry(0)]);
    const prepared = one.ledger.append([entry(3)], 2000);
    await one.write(prepared.operations);
    const before = await one.ledger.verify("report-0");
    expect([before.verified, before.entries.map(({ index }) => index)]).toEqual([true, [0]]);
    await prepared.applied();
    const after = await one.ledger.verify("report-0");
    expect([after.verified, after.entries.map(({ index }) => index)]).toEqual([true, [0, 1]]);
  });

  test("that the ledger does not know has no entries, and nothing wrong", async () => {
    const one = await open(await newPlace(), { create: true });
    await append(one, [entry(0)]);
    expect(await one.ledger.verify("nothing")).toMatchObject({ verified: true, entries: [] });
  });
});

describe("erasing an entry", () => {
  test("removes its content and keeps every proof", async () => {
    const place = await newPlace();
    const one = await open(place, { create: true });
    await append(one, [entry(0, ["s"]), entry(1, ["s"]), entry(2, ["other"])]);
    const before = await one.ledger.prove(1);
    await one.erase({ index: 1, reason: "a court decided so", actor: "person:p1" }, 7000);
    await one.close();
    const again = await open(place);
    expect(await failedChecks(again.ledger, "s")).toEqual([]);
    const { entries, checks } = await again.ledger.verify("s");
    expect(entries.map(({ kind }) => kind)).toEqual(["report.noted", "erased", "ledger.erased"]);
    expect(entries[1]).toMatchObject({
      index: 1,
      detail: {},
      salt: "",
      commitment: before.commitment,
      included: true,
      erased: { at: 7000, reason: "a court decided so" },
    });
    expect(entries[2]).toMatchObject({
      actor: "person:p1",
      detail: { index: 1, reason: "a court decided so" },
    });
    expect(checks.find(({ name }) => name === "content")?.detail).toContain("1 more were erased");
    expect(proofHolds(await again.ledger.prove(1), origin, logKey.public)).toBe(true);
    expect((await again.ledger.prove(1)).commitment).toBe(before.commitment);
  });

  test("that is not there is refused", async () => {
    const one = await open(await newPlace(), { create: true });
    const erasing = one.erase({ index: 0, reason: "none", actor: "node" }, 1);
    await expect(erasing).rejects.toMatchObject({ code: "ledger/no-such-entry" });
  });
});
