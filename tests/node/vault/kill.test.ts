import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { equalBytes, hex } from "@wardline/protocol/encoding";
import { filesBelow, grantOf, newPlace, openAt, pattern, runChild, sequence } from "./support.ts";

// Each round starts a process, which takes a second on a busy machine.
describe("killed at any moment", { timeout: 120_000 }, () => {
  test("the vault holds every item that it said was stored, and none that it said was gone", async () => {
    const place = await newPlace();
    const random = sequence(20_260_101);
    const stored = new Map<string, number>();
    const gone = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const args = [place.dataFolder, place.keyFile, String(round * 1000 + 1)];
      const { lines, killed, errors } = await runChild(new URL("children/put.ts", import.meta.url), args, {
        lines: 3 + random(40),
      });
      expect(errors).toBe("");
      expect(killed).toBe(true);
      for (const [what, id = "", seed] of lines.map((line) => line.split(" "))) {
        if (what === "put") stored.set(id, Number(seed));
        if (what === "shredding") stored.delete(id); // begun: it may be there or not
        if (what === "gone") gone.add(id);
      }
      const vault = await openAt(place);
      await vault.sweep(new Set(stored.keys()));
      for (const id of gone) expect(await vault.has(id)).toBe(false);
      const blobs = await filesBelow(join(place.dataFolder, "vault", "blobs"));
      expect(blobs).toHaveLength(stored.size);
      expect(await filesBelow(join(place.dataFolder, "vault", "incoming"))).toEqual([]);
    }
    const vault = await openAt(place);
    expect(stored.size).toBeGreaterThan(10);
    for (const [id, seed] of stored) {
      const size = (seed * 7919) % 70_000;
      expect(equalBytes(await vault.readAll(id, size), pattern(size, seed))).toBe(true);
    }
  });

  test("a reception goes on where it was, and ends with the granted item", async () => {
    const giving = await openAt(await newPlace());
    const bytes = pattern(1_000_003);
    const item = await giving.put(bytes);
    const place = await newPlace();
    const sealedPath = `${place.dataFolder}/../sealed`;
    const random = sequence(20_260_102);
    for (const name of ["one"]) {
      const grant = await grantOf(giving, item, name);
      await writeFile(sealedPath, await giving.grantRange(item.id, name, 0, grant.sealedBytes));
      const args = [
        place.dataFolder,
        place.keyFile,
        sealedPath,
        name,
        hex(grant.key),
        item.sha256,
        String(item.size),
      ];
      let furthest = 0;
      let kills = 0;
      for (let ended = false; !ended;) {
        const { lines, killed, errors } = await runChild(
          new URL("children/receive.ts", import.meta.url),
          args,
          { lines: 1 + random(30) },
        );
        expect(errors).toBe("");
        const begun = Number(lines[0]?.split(" ")[1]);
        // At most the chunk that was under way is asked for again: nothing but the power can lose what was written.
        expect(begun).toBeGreaterThan(furthest - 16_400 - 9_973);
        furthest = Number(lines.findLast((line) => line.startsWith("at "))?.split(" ")[1]);
        kills += killed ? 1 : 0;
        ended = lines.some((line) => line.startsWith("done "));
      }
      expect(kills).toBeGreaterThan(2);
      const vault = await openAt(place);
      const receiving = await vault.receive(grant);
      expect(receiving.received).toBe(grant.sealedBytes);
      const { id } = await receiving.finish();
      expect(equalBytes(await vault.readAll(id, bytes.length), bytes)).toBe(true);
    }
  });
});
