/** The golden bytes of a snapshot: made again, opened again, and quoted by the specification. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { encodePiece, pieceDigest, readPiece, readSnapshot, rootOfPieces } from "@wardline/protocol/adverts";
import { unbase64, unhex } from "@wardline/protocol/encoding";
import { makeSnapshot } from "../../scripts/golden/snapshot.ts";

const file = new URL("golden/snapshot.json", import.meta.url);
const golden = JSON.parse(readFileSync(file, "utf8")) as Record<
  "piece" | "digest" | "header" | "hash",
  string
>;

test("a snapshot is made byte for byte as it was first", () => {
  expect(makeSnapshot()).toEqual(golden);
});

test("the golden bytes open", () => {
  const entries = readPiece(unbase64(golden.piece), 0);
  expect(entries.map(({ withdrawn }) => withdrawn !== undefined)).toEqual(
    entries.map(({ sequence }) => sequence === 0),
  );
  expect(encodePiece(entries).toBase64()).toBe(golden.piece);
  expect(pieceDigest(entries).toHex()).toBe(golden.digest);
  expect(readSnapshot(unhex(golden.header)).root).toBe(rootOfPieces([unhex(golden.digest)]));
});

test("the specification quotes them", () => {
  const specification = readFileSync(new URL("../../protocol/README.md", import.meta.url), "utf8");
  expect(specification).toContain(golden.digest);
  expect(specification).toContain(golden.hash);
  expect(specification.replaceAll("\n", "")).toContain(golden.header);
});
