import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex, sha256, unhex } from "@wardline/protocol/encoding";
import {
  edgeAfter,
  edgePositions,
  emptyRoot,
  leafHash,
  nodeHash,
  rootFrom,
  rootOf,
  rootOfEdge,
  storedAt,
  storedCount,
  storedHashesForAppend,
  storedPosition,
} from "@wardline/protocol/log";
import { leavesOf, naiveRoot, storedLog } from "./support.ts";

/** Leaves and roots of the tests of the certificate-transparency project's reference implementation. */
const published = [
  ["", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
  ["00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
  ["10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"],
  ["2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
  ["3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"],
  ["40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"],
  ["5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"],
  ["606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"],
] as const;

describe("the tree of RFC 6962", () => {
  test("has the published roots for the first one to eight published leaves", async () => {
    const leaves = published.map(([leaf]) => leafHash(unhex(leaf)));
    const log = storedLog(leaves);
    for (const [at, [, root]] of published.entries()) {
      expect(hex(rootOf(leaves.slice(0, at + 1)))).toBe(root);
      expect(hex(await rootFrom(at + 1, log.read))).toBe(root);
    }
  });

  test("has the hash of nothing as its root when it is empty", async () => {
    expect(hex(emptyRoot())).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(await rootFrom(0, () => [])).toEqual(emptyRoot());
    expect(rootOf([])).toEqual(emptyRoot());
  });

  test("tells leaves from nodes, so that a node never passes for an entry", () => {
    const [left, right] = [leafHash(unhex("01")), leafHash(unhex("02"))];
    expect(nodeHash(left, right)).not.toEqual(leafHash(sha256(left, right)));
    expect(leafHash(unhex("aa"))).toEqual(sha256(unhex("00aa")));
    expect(nodeHash(left, right)).toEqual(sha256(unhex("01"), left, right));
  });

  test("has the root of a tree built naively, at every length up to 300", async () => {
    const leaves = leavesOf(300);
    const log = storedLog(leaves);
    for (let size = 1; size <= leaves.length; size++) {
      const expected = naiveRoot(leaves.slice(0, size));
      expect(await rootFrom(size, log.read)).toEqual(expected);
    }
    expect(rootOf(leaves)).toEqual(naiveRoot(leaves));
  });
});

describe("stored hashes", () => {
  test("are as many as counted, and each has the place that its level and index say", () => {
    const leaves = leavesOf(200);
    const log = storedLog(leaves);
    expect(log.hashes.length).toBe(storedCount(200));
    for (let level = 0; 2 ** level <= 200; level++) {
      for (let index = 0; (index + 1) * 2 ** level <= 200; index++) {
        const covered = leaves.slice(index * 2 ** level, (index + 1) * 2 ** level);
        expect(log.hashes[storedPosition(level, index)]).toEqual(naiveRoot(covered));
      }
    }
  });

  test("are found again by place, for the largest logs too", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2 ** 40 }), (level, index) => {
        fc.pre((index + 1) * 2 ** level <= 2 ** 51);
        const { leaf, level: found } = storedAt(storedPosition(level, index));
        expect({ leaf, found }).toEqual({ leaf: (index + 1) * 2 ** level - 1, found: level });
      }),
    );
  });

  test("give the same edge whether it is carried along or read", async () => {
    const leaves = leavesOf(130);
    const log = storedLog(leaves);
    let edge: Uint8Array[] = [];
    for (const [size, leaf] of leaves.entries()) {
      expect(edge).toEqual(log.read(edgePositions(size)));
      edge = edgeAfter(edge, storedHashesForAppend(size, leaf, edge));
    }
    expect(rootOfEdge(edge)).toEqual(naiveRoot(leaves));
  });
});
