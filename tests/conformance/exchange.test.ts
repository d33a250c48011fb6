/**
 * The golden bytes of version 1: opened for ever by every later version, and still made the same today. They are neutral of language;
 * another implementation reads the same files.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openBlock, openRecordProof } from "@wardline/protocol/adverts";
import { text, unbase64, unhex, utf8 } from "@wardline/protocol/encoding";
import { openEnvelope, openReceipt } from "@wardline/protocol/envelope";
import { decodeFile, type FederationFile } from "@wardline/protocol/roster";
import { checkStatement, openStatement } from "@wardline/protocol/statements";
import {
  makeEnvelope,
  makeFeed,
  makeReceipt,
  makeSchemas,
  makeStatements,
} from "../../scripts/golden/envelope.ts";
import { trustIn } from "../protocol/support/federation.ts";

const read = <T>(name: string) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8")) as T;

const golden = read<{ federationId: string; now: number; files: object[] }>("federation");
const [root, roster, freshness, ...cards] = golden.files.map((file) =>
  decodeFile(utf8(JSON.stringify(file))),
) as [FederationFile, FederationFile, FederationFile, ...FederationFile[]];
const trust = trustIn(root, roster, freshness, cards);
const [hotlineA, hotlineB] = ["a1".repeat(16), "b1".repeat(16)] as const;

test("the membership files are accepted, and the federation's id is the root's hash", () => {
  expect(trust.federationId).toBe(golden.federationId);
});

describe("statements", () => {
  const statements =
    read<{ type: string; bytes: string; keyId: string; signature: string; hash: string }[]>("statements");

  test.each(statements)("$type opens, and may be said", ({ type, bytes, keyId, signature, hash }) => {
    const opened = openStatement(utf8(bytes), unhex(signature), keyId, trust);
    expect(opened).toMatchObject({ hash, statement: { type } });
    expect(() => checkStatement(opened.statement, trust)).not.toThrow();
  });

  test("are still made the same", () => {
    expect(makeStatements()).toEqual(statements);
  });

  test("have payloads as the published schemas say", () => {
    expect(JSON.parse(JSON.stringify(makeSchemas()))).toEqual(read("statement-schemas"));
  });
});

describe("an envelope", () => {
  const envelope = read<{ now: number; recipientSealingSeed: string; statementHash: string; bytes: string }>(
    "envelope",
  );

  test("opens", () => {
    const sealingKey = () => unhex(envelope.recipientSealingSeed);
    const opened = openEnvelope(unbase64(envelope.bytes), {
      trust,
      self: hotlineB,
      sealingKey,
      now: envelope.now,
    });
    expect(opened).toMatchObject({ epoch: 1, sequence: 7, signed: { hash: envelope.statementHash } });
  });

  test("is still made the same", () => {
    expect(makeEnvelope()).toEqual(envelope);
  });
});

describe("a receipt", () => {
  const receipt = read<{ now: number; recipientSealingSeed: string; receipt: string; bytes: string }>(
    "receipt",
  );

  test("opens", () => {
    const sealingKey = () => unhex(receipt.recipientSealingSeed);
    const opened = openReceipt(unbase64(receipt.bytes), {
      trust,
      self: hotlineA,
      sealingKey,
      now: receipt.now,
    });
    expect(text(opened.signed.bytes)).toBe(receipt.receipt);
  });

  test("is still made the same", () => {
    expect(makeReceipt()).toEqual(receipt);
  });
});

describe("a feed", () => {
  const feed = read<{
    blocks: { hash: string; bytes: string; records: object[] }[];
    proof: { sequence: number; salt: string; record: string; path: string[] };
  }>("feed");
  const bytes = feed.blocks.map((block) => unbase64(block.bytes));

  test("opens, block after block", () => {
    const blocks = bytes.map((block) => openBlock(block, trust));
    expect(blocks.map(({ hash }) => hash)).toEqual(feed.blocks.map(({ hash }) => hash));
    expect(blocks.map(({ records }) => records)).toEqual(feed.blocks.map(({ records }) => records));
    expect(blocks[1]?.previous).toBe(blocks[0]?.hash);
  });

  test("lets one record be proved", () => {
    const { sequence, salt, record, path } = feed.proof;
    const header = (bytes[0] as Uint8Array).subarray(0, 320);
    const proof = {
      header,
      sequence,
      salt: unhex(salt),
      record: unhex(record),
      path: path.map((hash) => unhex(hash)),
    };
    expect(openRecordProof(proof, trust)).toMatchObject({
      author: hotlineA,
      record: feed.blocks[0]?.records[1],
    });
  });

  test("is still made the same", () => {
    expect(makeFeed()).toEqual(feed);
  });
});
