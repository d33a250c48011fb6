import { expect, test } from "vitest";
import { createClusters, type Picture } from "@wardline/hashing/clusters";
import { anyHash, flipped, groupsByRule, groupsOf, seeded } from "../hashing/clusters/support.ts";

const random = seeded(1);

test("a case of 300,000 pictures with planted groups: each is found whole, and nothing else", async () => {
  const pictures: Picture<number>[] = [];
  const groups: number[][] = [];
  while (pictures.length < 300_000) {
    const original = anyHash(random);
    const copies = random() < 0.1 ? 4 : 0;
    const keys = Array.from({ length: copies + 1 }, (_, copy) => {
      pictures.push({
        key: pictures.length,
        hash: flipped(original, copy * 4, random),
        quality: copy === 0 ? 100 : 70,
      });
      return pictures.length - 1;
    });
    groups.push(keys);
  }
  const clusters = createClusters<number>();
  // In parts and out of order, as they come.
  const parts = Object.values(Object.groupBy(pictures, ({ key }) => key % 7));
  for (const part of parts) await clusters.add(part ?? []);
  expect(clusters.count).toBe(groups.length);
  for (const keys of groups) {
    const group = clusters.groupOf(keys[0] ?? -1);
    expect(group?.representative).toBe(keys[0]);
    expect([...(group?.members() ?? [])].map(({ key }) => key).toSorted((a, b) => a - b)).toEqual(keys);
  }
});

test("70,000 pictures near one: a heap that no query returns whole", async () => {
  const middle = anyHash(random);
  const heap = Array.from({ length: 70_000 }, (_, key) => ({
    key,
    hash: flipped(middle, 1 + (key % 8), random),
    quality: 60,
  }));
  const hashes = new Set(heap.map(({ hash }) => hash));
  hashes.delete(middle);
  const clusters = createClusters<number>();
  await clusters.add(heap);
  await clusters.add([{ key: -1, hash: middle, quality: 100 }]);
  expect(clusters.count).toBe(1);
  expect(clusters.groupOf(0)).toMatchObject({ representative: -1, size: heap.length + 1 });
  await clusters.remove([-1]);
  expect(clusters.groupOf(0)?.size).toBe(heap.length);
});

test("3,000 pictures that walk from one to the next are grouped by the rule", async () => {
  const walk: Picture<string>[] = [];
  let hash = anyHash(random);
  for (let step = 0; step < 3000; step++) {
    walk.push({ key: `${step}`, hash, quality: 50 + Math.floor(random() * 50) });
    hash = flipped(hash, Math.floor(random() * 12), random);
  }
  const clusters = createClusters<string>();
  for (const picture of walk) await clusters.add([picture]);
  const keys = walk.map(({ key }) => key);
  expect(groupsOf(clusters, keys)).toEqual(groupsByRule(walk, 31, 50));
});
