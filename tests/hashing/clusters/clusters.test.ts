import { describe, expect, test } from "vitest";
import { createClusters, type Picture } from "@wardline/hashing/clusters";
import { hammingDistance } from "@wardline/hashing/pdq";
import { anyHash, flipped, groupsByRule, groupsOf, seeded, type Random } from "./support.ts";

const picture = (key: string, hash: string, quality = 80): Picture<string> => ({ key, hash, quality });

describe("planted groups", () => {
  test("are found whole, each with its best picture, and nothing else is grouped", async () => {
    const random = seeded(1);
    const planted = Array.from({ length: 40 }, (_, group) => {
      const hash = anyHash(random);
      const best = picture(`${group} best`, hash, 100);
      const copies = Array.from({ length: 9 }, (_, copy) =>
        picture(`${group} copy ${copy}`, flipped(hash, 1 + copy * 3, random), 60 + copy),
      );
      return [...copies, best];
    });
    const alone = Array.from({ length: 600 }, (_, at) => picture(`alone ${at}`, anyHash(random)));
    const clusters = createClusters<string>();
    await clusters.add([...planted.flat(), ...alone]);

    expect(clusters.size).toBe(1000);
    expect(clusters.count).toBe(640);
    const groups = [...clusters.groups()];
    expect(groups.map(({ size }) => size)).toEqual(Array(40).fill(10));
    for (const group of planted) {
      const found = clusters.groupOf(group[0]?.key ?? "");
      expect(found?.representative).toBe(group.at(-1)?.key);
      expect([...(found?.members() ?? [])].map(({ key }) => key).sort()).toEqual(
        group.map(({ key }) => key).sort(),
      );
    }
  });

  test("a chain is no group: no member is further from its representative than the distance", async () => {
    const random = seeded(2);
    const chain = [anyHash(random)];
    for (let link = 1; link < 60; link++) chain.push(flipped(chain[link - 1] ?? "", 10, random));
    const pictures = chain.map((hash, link) => picture(`link ${link}`, hash, 50 + (link % 40)));
    const clusters = createClusters<string>();
    await clusters.add(pictures);
    const hashOf = new Map(pictures.map(({ key, hash }) => [key, hash]));
    expect(clusters.count).toBeGreaterThan(5);
    for (const group of clusters.groups(1))
      for (const { key, distance } of group.members()) {
        const bits = hammingDistance(hashOf.get(key) ?? "", hashOf.get(group.representative) ?? "");
        expect(distance).toBe(bits);
        expect(bits).toBeLessThanOrEqual(31);
      }
  });

  test("equal hashes are one: a thousand frames of nothing are a group, near nothing or not", async () => {
    const black = "0".repeat(64);
    const nearlyBlack = `${"0".repeat(63)}1`;
    const clusters = createClusters<number>();
    const frames = Array.from({ length: 1000 }, (_, key) => ({ key, hash: black, quality: 0 }));
    await clusters.add([...frames, { key: 1000, hash: nearlyBlack, quality: 3 }]);
    expect(clusters.count).toBe(2);
    expect(clusters.groupOf(7)).toMatchObject({ size: 1000, representative: 0 });
    expect(clusters.groupOf(1000)?.size).toBe(1);
    await clusters.remove(frames.slice(0, 999).map(({ key }) => key));
    expect(clusters.groupOf(999)).toMatchObject({ size: 1, representative: 999 });
  });
});

describe("numbers of groups", () => {
  const random = seeded(3);
  const middle = anyHash(random);
  const left = flipped(middle, 20, seeded(4));
  const right = flipped(middle, 20, seeded(5));

  test("stay while a better picture takes the group over, and while its representative leaves", async () => {
    const clusters = createClusters<string>();
    await clusters.add([picture("a", middle, 60), picture("b", flipped(middle, 5, random), 55)]);
    const id = clusters.groupOf("a")?.id;
    await clusters.add([picture("c", flipped(middle, 4, random), 90)]);
    expect(clusters.groupOf("a")).toMatchObject({ id, representative: "c", size: 3 });
    await clusters.remove(["c"]);
    expect(clusters.groupOf("b")).toMatchObject({ id, representative: "a", size: 2 });
  });

  test("of two groups that become one the older stays, and the other is not used again", async () => {
    expect(hammingDistance(left, right)).toBeGreaterThan(31);
    const clusters = createClusters<string>();
    await clusters.add([picture("left", left)]);
    await clusters.add([picture("right", right)]);
    const older = clusters.groupOf("left")?.id ?? NaN;
    const younger = clusters.groupOf("right")?.id ?? NaN;
    expect(younger).toBeGreaterThan(older);
    await clusters.add([picture("middle", middle, 99)]);
    expect([...clusters.groups(1)].map(({ id }) => id)).toEqual([older]);
    expect(clusters.group(younger)).toBeUndefined();
    await clusters.remove(["middle"]);
    expect(clusters.count).toBe(2);
    const after = [clusters.groupOf("left")?.id, clusters.groupOf("right")?.id];
    expect(after).toContain(older);
    expect(after).not.toContain(younger);
  });
});

describe("long work", () => {
  const many = (random: Random) =>
    Array.from({ length: 3000 }, (_, at) => picture(`${at}`, anyHash(random), 50 + (at % 50)));

  test("tells how far it is, and lets the event loop live", async () => {
    const clusters = createClusters<string>();
    const told: number[] = [];
    let turns = 0;
    const turning = setInterval(() => turns++, 0);
    await clusters.add(many(seeded(6)), { progress: (done) => told.push(done) });
    clearInterval(turning);
    expect(told.at(-1)).toBe(3000);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(turns).toBeGreaterThan(0);
  });

  test("stops when it is told to, with the groups of what was added by then", async () => {
    const pictures = many(seeded(7));
    const clusters = createClusters<string>();
    const stop = new AbortController();
    const adding = clusters.add(pictures, { signal: stop.signal, progress: () => stop.abort() });
    await expect(adding).rejects.toMatchObject({ name: "AbortError" });
    expect(clusters.size).toBeGreaterThan(0);
    expect(clusters.size).toBeLessThan(3000);
    const there = pictures.filter(({ key }) => clusters.groupOf(key));
    expect(there).toHaveLength(clusters.size);
    expect(
      groupsOf(
        clusters,
        there.map(({ key }) => key),
      ),
    ).toEqual(groupsByRule(there, 31, 50));
    await clusters.add([picture("next", anyHash(seeded(8)))]);
    expect(clusters.groupOf("next")?.size).toBe(1);
  });
});

test("what is no hash is refused, and nothing of its batch is added", async () => {
  const clusters = createClusters<string>();
  const adding = clusters.add([picture("good", anyHash(seeded(9))), picture("bad", "not a hash")]);
  await expect(adding).rejects.toMatchObject({ code: "hashing/pdq-format" });
  expect(clusters.size).toBe(0);
  expect(() => createClusters({ distance: 64 })).toThrowError(/0 to 63/);
});
