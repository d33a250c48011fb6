import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { concat, equalBytes } from "@wardline/protocol/encoding";
import { decryptAll, grantContext, sealedSize } from "@wardline/protocol/material";
import type { Grant, Receiving, Vault } from "@wardline/node/vault";
import { filesBelow, grantOf, newPlace, openAt, pattern } from "./support.ts";

const CHUNK = 16 * 1024;
const size = 5 * CHUNK + 321;

/** A granting vault with one item, and a receiving place. */
async function granted(bytes = pattern(size), id = "grant-1") {
  const giving = await openAt(await newPlace());
  const item = await giving.put(bytes);
  const grant = await grantOf(giving, item, id);
  const give = (offset: number, length: number) => giving.grantRange(item.id, id, offset, length);
  return { giving, item, grant, give, place: await newPlace(), bytes };
}

/** Asks for ranges of `step` bytes until all is there, or `most` have come. */
async function transfer(
  receiving: Receiving,
  grant: Grant,
  give: (offset: number, length: number) => Promise<Uint8Array>,
  step: number,
  most = Infinity,
) {
  while (receiving.received < Math.min(grant.sealedBytes, most)) {
    await receiving.write(await give(receiving.received, step));
  }
}

describe("a grant", () => {
  test("gives the item encrypted under its own key, the same bytes each time", async () => {
    const { giving, item, grant, give, bytes } = await granted();
    const whole = await give(0, grant.sealedBytes);
    expect(whole.length).toBe(sealedSize(bytes.length));
    expect(equalBytes(decryptAll(whole, { key: grant.key, context: grantContext(grant.id) }), bytes)).toBe(
      true,
    );
    const pieces = [await give(0, 100), await give(100, 40_000), await give(40_100, 1_000_000)];
    expect(equalBytes(concat(...pieces), whole)).toBe(true);
    expect(equalBytes(await giving.grantKey(item.id, "grant-2"), grant.key)).toBe(false);
    expect(equalBytes(await giving.grantRange(item.id, "grant-2", 0, 100), whole.subarray(0, 100))).toBe(
      false,
    );
  });

  test("of another name opens nothing", async () => {
    const { grant, give } = await granted();
    const whole = await give(0, grant.sealedBytes);
    const other = () => decryptAll(whole, { key: grant.key, context: grantContext("grant-2") });
    expect(other).toThrow(expect.objectContaining({ code: "material/wrong-key" }) as Error);
  });

  test("gives bounded ranges within the item only", async () => {
    const { grant, give } = await granted();
    await expect(give(0, 2 ** 20 + 1)).rejects.toMatchObject({ code: "vault/range-too-long" });
    for (const [offset, length] of [
      [-1, 5],
      [grant.sealedBytes + 1, 5],
      [0, -1],
      [0.5, 1],
      [0, NaN],
    ] as const) {
      await expect(give(offset, length)).rejects.toMatchObject({ code: "material/range" });
    }
    expect(await give(grant.sealedBytes, 5)).toEqual(new Uint8Array());
  });

  test("may have any id: it never becomes part of a path", async () => {
    const { place, grant, give } = await granted(pattern(100), "../../../tmp/escape\0");
    const vault = await openAt(place);
    const receiving = await vault.receive(grant);
    expect(receiving.id).toMatch(/^[0-9a-f]{32}$/);
    await transfer(receiving, grant, give, 1000);
    await receiving.finish();
    for (const path of await filesBelow(place.dataFolder)) expect(path).toMatch(/\/[0-9a-z.]+$/);
  });
});

describe("receiving", () => {
  test.each([0, 1, CHUNK, 2 * CHUNK - 1, size])(
    "stores an item of %i bytes as it was, whatever the ranges",
    async (length) => {
      const bytes = pattern(length);
      for (const step of [99_999, CHUNK + 16, 777]) {
        const { place, grant, give } = await granted(bytes);
        const vault = await openAt(place);
        const receiving = await vault.receive(grant);
        await transfer(receiving, grant, give, step);
        const { id } = await receiving.finish();
        expect(id).toBe(receiving.id);
        const again = await openAt(place);
        expect(equalBytes(await again.readAll(id, length), bytes)).toBe(true);
        expect(
          equalBytes(
            decryptAll(await again.grantRange(id, "on", 0, 2 ** 20), {
              key: await again.grantKey(id, "on"),
              context: grantContext("on"),
            }),
            bytes,
          ),
        ).toBe(true);
      }
    },
  );

  test("goes on after a restart from the last chunk that was verified", async () => {
    const { place, grant, give, bytes } = await granted();
    for (const most of [30, 56, 57, 20_000, 40_000, 60_000]) {
      const receiving = await (await openAt(place)).receive(grant);
      expect(receiving.received).toBeLessThanOrEqual(Math.max(0, most));
      await transfer(receiving, grant, give, 500, most);
    }
    const vault = await openAt(place);
    const last = await vault.receive(grant);
    expect(last.received).toBe(56 + 3 * (CHUNK + 16));
    await transfer(last, grant, give, 50_000);
    const { id } = await last.finish();
    expect(equalBytes(await vault.readAll(id, size), bytes)).toBe(true);
  });

  test("goes on within one process with the same object", async () => {
    const { place, grant, give } = await granted();
    const vault = await openAt(place);
    const [one, two] = await Promise.all([vault.receive(grant), vault.receive(grant)]);
    expect(two).toBe(one);
    await transfer(one, grant, give, 10_000, 50_000);
    const three = await vault.receive(grant);
    expect(three.received).toBe(50_000);
    await transfer(three, grant, give, 10_000);
    await three.finish();
  });

  test("asks again for what a power cut tore", async () => {
    const { place, grant, give, bytes } = await granted();
    await transfer(await (await openAt(place)).receive(grant), grant, give, 30_000);
    const [file] = await filesBelow(join(place.dataFolder, "vault", "incoming"));
    const written = await readFile(file as string);
    const afterTwo = 56 + 2 * (CHUNK + 16);
    for (const [content, expected] of [
      [Buffer.concat([written.subarray(0, afterTwo + 100), Buffer.alloc(9000)]), afterTwo],
      [written.subarray(0, afterTwo + 5), afterTwo],
      [Buffer.concat([written, Buffer.alloc(100)]), grant.sealedBytes],
      [written.subarray(0, 20), 56],
      [Buffer.alloc(0), 56],
    ] as const) {
      await writeFile(file as string, content);
      expect((await (await openAt(place)).receive(grant)).received).toBe(expected);
    }
    const vault = await openAt(place);
    const receiving = await vault.receive(grant);
    await transfer(receiving, grant, give, 30_000);
    expect(equalBytes(await vault.readAll((await receiving.finish()).id, size), bytes)).toBe(true);
  });

  test("finished is finished, also when asked again after a restart", async () => {
    const { place, grant, give } = await granted();
    const receiving = await (await openAt(place)).receive(grant);
    await transfer(receiving, grant, give, 100_000);
    const { id } = await receiving.finish();
    const again = await (await openAt(place)).receive(grant);
    expect(again.received).toBe(grant.sealedBytes);
    expect(await again.finish()).toEqual({ id });
    await again.abort();
    expect(await (await openAt(place)).has(id)).toBe(true);
    await expect(again.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "vault/too-much" });
    await expect(receiving.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "vault/too-much" });
  });

  test("stopped between placing the blob and saying so is picked up", async () => {
    const { place, grant, give, bytes } = await granted();
    const receiving = await (await openAt(place)).receive(grant);
    await transfer(receiving, grant, give, 100_000);
    const [keyFile] = await filesBelow(join(place.dataFolder, "vault", "keys"));
    const incoming = await readFile(keyFile as string);
    await receiving.finish();
    await writeFile(keyFile as string, incoming);
    const vault = await openAt(place);
    const again = await vault.receive(grant);
    expect(again.received).toBe(grant.sealedBytes);
    expect(equalBytes(await vault.readAll((await again.finish()).id, size), bytes)).toBe(true);
  });

  test("cannot be read, listed or finished before it is whole", async () => {
    const { place, grant, give } = await granted();
    const vault = await openAt(place);
    const receiving = await vault.receive(grant);
    await transfer(receiving, grant, give, 10_000, 60_000);
    await expect(vault.readAll(receiving.id, size)).rejects.toMatchObject({ code: "vault/not-found" });
    await expect(receiving.finish()).rejects.toMatchObject({ code: "vault/incomplete" });
    await transfer(receiving, grant, give, 10_000);
    await receiving.finish();
  });

  test("aborted leaves nothing, and may begin again", async () => {
    const { place, grant, give } = await granted();
    const vault = await openAt(place);
    const receiving = await vault.receive(grant);
    await transfer(receiving, grant, give, 10_000, 60_000);
    await receiving.abort();
    expect(await filesBelow(join(place.dataFolder, "vault", "incoming"))).toEqual([]);
    await expect(receiving.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "vault/too-much" });
    const again = await vault.receive(grant);
    expect(again.received).toBe(0);
    await transfer(again, grant, give, 10_000);
    await again.finish();
  });

  test("unfinished is kept by a sweep for a while, then given up", async () => {
    const { place, grant, give } = await granted();
    await transfer(await (await openAt(place)).receive(grant), grant, give, 10_000, 60_000);
    const patient = await openAt(place, { now: () => 1000, incomingLife: 1000 });
    expect(await patient.sweep(new Set())).toEqual({ items: 0, receptions: 0, blobs: 0 });
    const later = await openAt(place, { now: () => 1001, incomingLife: 1000 });
    expect(await later.sweep(new Set())).toEqual({ items: 0, receptions: 1, blobs: 1 });
    expect(await filesBelow(join(place.dataFolder, "vault", "incoming"))).toEqual([]);
  });
});

describe("what a granting member does wrong", () => {
  async function receivingFrom(change: (sealed: Uint8Array) => Uint8Array) {
    const { place, grant, give, bytes } = await granted();
    const sealed = change(await give(0, grant.sealedBytes));
    const vault = await openAt(place);
    return { vault, place, grant, give, bytes, sealed, receiving: await vault.receive(grant) };
  }

  test("a changed byte is refused at its chunk, and the transfer goes on from there", async () => {
    const at = 56 + 2 * (CHUNK + 16) + 9;
    const { vault, grant, give, bytes, sealed, receiving } = await receivingFrom((whole) =>
      whole.with(at, (whole[at] as number) ^ 4),
    );
    await expect(receiving.write(sealed)).rejects.toMatchObject({ code: "vault/bad-material" });
    expect(receiving.received).toBe(56 + 2 * (CHUNK + 16));
    await transfer(receiving, grant, give, 100_000);
    expect(equalBytes(await vault.readAll((await receiving.finish()).id, size), bytes)).toBe(true);
  });

  test("a wrong header, swapped chunks, or another grant's bytes are refused", async () => {
    const chunk = (whole: Uint8Array, index: number) =>
      whole.subarray(56 + index * (CHUNK + 16), 56 + (index + 1) * (CHUNK + 16));
    for (const change of [
      (whole: Uint8Array) => whole.with(3, (whole[3] as number) ^ 1),
      (whole: Uint8Array) =>
        concat(
          whole.subarray(0, 56),
          chunk(whole, 1),
          chunk(whole, 0),
          whole.subarray(56 + 2 * (CHUNK + 16)),
        ),
      (whole: Uint8Array) => pattern(whole.length),
    ]) {
      const { sealed, receiving } = await receivingFrom(change);
      await expect(receiving.write(sealed)).rejects.toMatchObject({ code: "vault/bad-material" });
      expect(receiving.received).toBeLessThanOrEqual(56);
    }
  });

  test("more than was granted is refused", async () => {
    const { sealed, receiving } = await receivingFrom((whole) => concat(whole, Uint8Array.of(0)));
    await expect(receiving.write(sealed)).rejects.toMatchObject({ code: "vault/too-much" });
    expect(receiving.received).toBe(0);
  });

  test("an item that is well encrypted but not the one that was named is not kept", async () => {
    const { place, grant, give } = await granted();
    const vault = await openAt(place);
    const lie = { ...grant, sha256: "ab".repeat(32) };
    const receiving = await vault.receive(lie);
    await transfer(receiving, lie, give, 100_000);
    await expect(receiving.finish()).rejects.toMatchObject({ code: "vault/hash-mismatch" });
    expect(await vault.has(receiving.id)).toBe(false);
    expect(await filesBelow(join(place.dataFolder, "vault", "incoming"))).toEqual([]);
    expect(await filesBelow(join(place.dataFolder, "vault", "blobs"))).toEqual([]);
  });

  test("a grant that does not add up is refused before anything is written", async () => {
    const { place, grant } = await granted();
    const vault = await openAt(place, { itemLimit: 1_000_000 });
    const refused = (bad: Partial<Grant>) => expectRefused(vault, { ...grant, ...bad });
    await refused({ sealedBytes: grant.sealedBytes + 1 });
    await refused({ bytes: grant.bytes - 1 });
    await refused({ sha256: "../x" });
    await refused({ key: new Uint8Array(16) });
    await expect(
      vault.receive({ ...grant, bytes: 1_000_001, sealedBytes: sealedSize(1_000_001) }),
    ).rejects.toMatchObject({ code: "vault/too-large" });
    expect(await filesBelow(join(place.dataFolder, "vault"))).toEqual([]);
  });

  test("two grants with one id are two items, so that one member cannot disturb another's", async () => {
    const [a, b] = [await granted(pattern(size, 1)), await granted(pattern(size, 2))];
    const vault = await openAt(a.place);
    const [one, two] = [await vault.receive(a.grant), await vault.receive(b.grant)];
    expect(one.id).not.toBe(two.id);
    await transfer(one, a.grant, a.give, 50_000);
    await transfer(two, b.grant, b.give, 50_000);
    expect(equalBytes(await vault.readAll((await one.finish()).id, size), a.bytes)).toBe(true);
    expect(equalBytes(await vault.readAll((await two.finish()).id, size), b.bytes)).toBe(true);
  });
});

async function expectRefused(vault: Vault, grant: Grant): Promise<void> {
  await expect(vault.receive(grant)).rejects.toMatchObject({ code: "vault/bad-grant" });
}
