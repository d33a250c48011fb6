import fc from "fast-check";
import { expect, test } from "vitest";
import { createClusters, type Picture } from "@wardline/hashing/clusters";
import { anyHash, flipped, groupsByRule, groupsOf, seeded, type Random } from "./support.ts";

interface Shape {
  readonly seed: number;
  readonly distance: number;
  /** Bits between neighbours: few make dense heaps, some more make chains and borders. */
  readonly spread: number;
  readonly centres: number;
}

const shapes = fc.record<Shape>({
  seed: fc.integer(),
  distance: fc.constantFrom(0, 7, 31, 40),
  spread: fc.integer({ min: 0, max: 24 }),
  centres: fc.integer({ min: 1, max: 5 }),
});

/** A change in a crowd that walks about: pictures come, change and go. */
function nextChange(random: Random, { spread }: Shape, hashes: string[]) {
  const key = `p${Math.floor(random() * 60)}`;
  if (random() < 0.3) return { key, gone: true as const };
  const near = hashes[Math.floor(random() * hashes.length)] ?? "";
  const hash = random() < 0.2 ? near : flipped(near, Math.floor(random() * (spread + 1)), random);
  hashes.push(hash);
  const quality = random() < 0.1 ? 30 : 50 + Math.floor(random() * 4) * 10;
  return { key, picture: { key, hash, quality } };
}

test("after any changes the groups are those of the rule, whatever the order", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const random = seeded(shape.seed);
      const hashes = Array.from({ length: shape.centres }, () => anyHash(random));
      const clusters = createClusters<string>({ distance: shape.distance });
      const alive = new Map<string, Picture<string>>();
      for (let change = 0; change < 80; change++) {
        const next = nextChange(random, shape, hashes);
        if (next.gone) {
          alive.delete(next.key);
          await clusters.remove([next.key]);
        } else {
          alive.set(next.key, next.picture);
          await clusters.add([next.picture]);
        }
        if (change % 8 > 0) continue;
        const rule = groupsByRule([...alive.values()], shape.distance, 50);
        expect(groupsOf(clusters, alive.keys())).toEqual(rule);
        expect(clusters.count).toBe(new Set(rule.values()).size);
        expectConsistent(clusters, rule);
      }
      const atOnce = createClusters<string>({ distance: shape.distance });
      await atOnce.add([...alive.values()].reverse());
      expect(groupsOf(atOnce, alive.keys())).toEqual(groupsOf(clusters, alive.keys()));
    }),
    // A representative that lost its best picture kept a member that was as near to a stronger one.
    { numRuns: 150, examples: [[{ seed: -2113002302, distance: 7, spread: 16, centres: 4 }]] },
  );
});

/** Groups tell of themselves what their pictures tell of them. */
function expectConsistent(
  clusters: ReturnType<typeof createClusters<string>>,
  rule: Map<string, string>,
): void {
  const seen = new Set<number>();
  for (const group of clusters.groups(1)) {
    const members = [...group.members()].map(({ key }) => key);
    const expected = [...rule].filter(([, leader]) => leader === group.representative).map(([key]) => key);
    expect(members.toSorted()).toEqual(expected.toSorted());
    expect(members[0]).toBe(group.representative);
    expect(group.size).toBe(members.length);
    expect(clusters.group(group.id)?.representative).toBe(group.representative);
    seen.add(group.id);
  }
  expect(seen.size).toBe(clusters.count);
}
