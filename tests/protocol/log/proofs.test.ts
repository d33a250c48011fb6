import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex } from "@wardline/protocol/encoding";
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  inclusionProofIn,
  verifyConsistency,
  verifyInclusion,
} from "@wardline/protocol/log";
import { leavesOf, naiveRoot, storedLog } from "./support.ts";

const leaves = leavesOf(70);
const log = storedLog(leaves);
const rootAt = (size: number) => naiveRoot(leaves.slice(0, size));

/** RFC 6962, section 2.1.1, word by word. */
function naivePath(index: number, tree: readonly Uint8Array[]): Uint8Array[] {
  if (tree.length <= 1) return [];
  let split = 1;
  while (split * 2 < tree.length) split *= 2;
  return index < split
    ? [...naivePath(index, tree.slice(0, split)), naiveRoot(tree.slice(split))]
    : [...naivePath(index - split, tree.slice(split)), naiveRoot(tree.slice(0, split))];
}

describe("inclusion", () => {
  test("is proved as RFC 6962 says for every leaf at every length up to 40, and verifies", async () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) {
        const proof = await inclusionProof(index, size, log.read);
        expect(proof).toEqual(naivePath(index, leaves.slice(0, size)));
        expect(inclusionProofIn(leaves.slice(0, size), index)).toEqual(proof);
        const claim = { index, size, leafHash: leaves[index] as Uint8Array, proof, root: rootAt(size) };
        expect(verifyInclusion(claim)).toBe(true);
      }
    }
  });

  test("does not verify for another leaf, index, length, root, or a changed, cut or longer proof", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), async (size, leaf, mutation) => {
        const index = leaf % size;
        const proof = await inclusionProof(index, size, log.read);
        const good = { index, size, leafHash: leaves[index] as Uint8Array, proof, root: rootAt(size) };
        const other = leaves[(index + 1) % size] as Uint8Array;
        const flipped = proof.map((hash) => Uint8Array.from(hash));
        const hash = flipped[mutation % flipped.length] as Uint8Array;
        hash[mutation % 32] = (hash[mutation % 32] as number) ^ (1 << (mutation % 8));
        for (const bad of [
          { ...good, leafHash: other },
          { ...good, index: index + size },
          { ...good, index: -1 },
          { ...good, index: 0.5 },
          { ...good, root: other },
          { ...good, root: new Uint8Array() },
          { ...good, proof: flipped },
          { ...good, proof: proof.slice(1) },
          { ...good, proof: proof.slice(0, -1) },
          { ...good, proof: [...proof, other] },
          { ...good, proof: [new Uint8Array(31), ...proof.slice(1)] },
          { ...good, leafHash: new Uint8Array(64) },
        ]) {
          expect(verifyInclusion(bad)).toBe(false);
        }
      }),
      { seed: 6962 },
    );
  });

  test("is refused for what the log does not have", async () => {
    for (const [index, size] of [
      [0, 0],
      [5, 5],
      [-1, 5],
      [1.5, 5],
      [0, Infinity],
    ] as const) {
      await expect(inclusionProof(index, size, log.read)).rejects.toMatchObject({ code: "log/out-of-range" });
    }
  });
});

describe("consistency", () => {
  test("is proved between every two lengths up to 40, and verifies", async () => {
    for (let size = 0; size <= 40; size++) {
      for (let oldSize = 0; oldSize <= size; oldSize++) {
        const proof = await consistencyProof(oldSize, size, log.read);
        const claim = { oldSize, size, oldRoot: rootAt(oldSize), root: rootAt(size), proof };
        expect(verifyConsistency(claim), `${oldSize} in ${size}`).toBe(true);
      }
    }
  });

  test("has the proofs that RFC 6962, section 2.1.3, shows for seven leaves", async () => {
    const node = (from: number, to: number) => hex(naiveRoot(leaves.slice(from, to)));
    const proof = async (oldSize: number) => (await consistencyProof(oldSize, 7, log.read)).map(hex);
    expect(await proof(3)).toEqual([node(2, 3), node(3, 4), node(0, 2), node(4, 7)]);
    expect(await proof(4)).toEqual([node(4, 7)]);
    expect(await proof(6)).toEqual([node(4, 6), node(6, 7), node(0, 4)]);
  });

  test("does not verify between two histories, or with a changed, cut or longer proof", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), async (size, old, mutation) => {
        const oldSize = 1 + (old % (size - 1));
        const proof = await consistencyProof(oldSize, size, log.read);
        const good = { oldSize, size, oldRoot: rootAt(oldSize), root: rootAt(size), proof };
        const other = leaves[0] as Uint8Array;
        const flipped = proof.map((hash) => Uint8Array.from(hash));
        const hash = flipped[mutation % flipped.length] as Uint8Array;
        hash[mutation % 32] = (hash[mutation % 32] as number) ^ (1 << (mutation % 8));
        const rewritten = naiveRoot([emptyRoot(), ...leaves.slice(1, oldSize)]);
        for (const bad of [
          { ...good, oldRoot: rewritten },
          { ...good, root: rewritten },
          { ...good, oldSize: oldSize - 1, oldRoot: good.oldRoot },
          { ...good, proof: flipped },
          { ...good, proof: proof.slice(0, -1) },
          { ...good, proof: [...proof, other] },
          { ...good, oldSize: size + 1 },
          { ...good, size: oldSize, proof },
        ]) {
          expect(verifyConsistency(bad)).toBe(false);
        }
      }),
      { seed: 6962 },
    );
  });
});
