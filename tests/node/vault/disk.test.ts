import { readFile, stat } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { hex, unhex, utf8 } from "@wardline/protocol/encoding";
import { filesBelow, findOnDisk, grantOf, newPlace, openAt, pattern } from "./support.ts";

describe("a seized disk", () => {
  test("shows no plaintext, key, hash, id or grant of what the vault held, received and shredded", async () => {
    const [place, giver] = [await newPlace(), await newPlace()];
    const vault = await openAt(place);
    const giving = await openAt(giver);
    const words = utf8("a harmless sentence that nobody should find. ".repeat(2000));
    const item = await vault.put(words);
    const shredded = await vault.put(pattern(50_000));
    await vault.shred(shredded.id);
    const granted = await giving.put(words);
    const grant = await grantOf(giving, granted, "f00dfeed".repeat(4));
    const receiving = await vault.receive(grant);
    await receiving.write(await giving.grantRange(granted.id, grant.id, 0, 40_000));
    const half = await findOnDisk(place.dataFolder, wanted());
    await receiving.write(await giving.grantRange(granted.id, grant.id, 40_000, 200_000));
    await receiving.finish();

    function wanted(): Record<string, Uint8Array> {
      const texts = {
        item: item.id,
        grant: grant.id,
        received: receiving.id,
        hash: item.sha256,
        key: hex(grant.key),
      };
      const asText = Object.entries(texts).map(([name, value]) => [`${name} as text`, utf8(value)] as const);
      const asBytes = Object.entries(texts).map(([name, value]) => [name, unhex(value)] as const);
      const plain = { words: utf8("nobody should find"), pattern: pattern(16), start: words.subarray(0, 20) };
      return { ...plain, ...Object.fromEntries([...asText, ...asBytes]) };
    }
    expect(half).toEqual([]);
    expect(await findOnDisk(place.dataFolder, wanted())).toEqual([]);
    const opening = unhex((await readFile(place.keyFile, "utf8")).slice(15, 79));
    expect(await findOnDisk(place.dataFolder, { opening, text: utf8(hex(opening)) })).toEqual([]);
    // The search itself finds what is there.
    expect(await findOnDisk(place.dataFolder, { name: utf8("lock.json") })).toHaveLength(1);
  });

  test("lets nobody but the owner open any file", async () => {
    const place = await newPlace();
    const vault = await openAt(place);
    await vault.put(pattern(10));
    const modes = await Promise.all(
      (await filesBelow(place.dataFolder)).map(async (path) => (await stat(path)).mode & 0o077),
    );
    expect(modes.length).toBeGreaterThan(2);
    expect(new Set(modes)).toEqual(new Set([0]));
  });
});
