import { describe, expect, test } from "vitest";
import {
  inspectHeader,
  openEnvelope,
  openReceipt,
  receiptResults,
  sealReceipt,
} from "@wardline/protocol/envelope";
import {
  LARGEST_STATEMENT,
  openStatement,
  signStatement,
  statementTypes,
} from "@wardline/protocol/statements";
import { codeOf } from "../../support/codes.ts";
import { draft, federation } from "../support/federation.ts";
import { exchange } from "../support/exchange.ts";

const {
  trust,
  hotlineA,
  hotlineB,
  police,
  now,
  signed,
  bytes,
  answer,
  answering,
  receipt,
  answerOpening,
  opening,
  seal,
  open,
  sealing,
} = exchange();

describe("an envelope", () => {
  test("opens to the statement, its proof, and its place in the sequence", () => {
    const opened = open(bytes);
    expect(opened.signed).toEqual(signed);
    expect(opened).toMatchObject({ epoch: 1, sequence: 7 });
    expect(opened.header).toMatchObject({
      kind: "envelope",
      sender: hotlineA.id,
      recipient: hotlineB.id,
      created: now,
    });
    expect(opened.header).toEqual(inspectHeader(bytes));
  });

  test("sent again is another envelope with the same statement", () => {
    const [first, second] = [seal(), seal()];
    expect(first.id).not.toBe(second.id);
    expect(open(first.bytes).signed.hash).toBe(open(second.bytes).signed.hash);
  });

  test("shows only the class of its length", () => {
    const lengths = ["short", "x".repeat(300)].map((text) => {
      const example = { ...statementTypes["conversation.message"].example, text };
      const said = draft("conversation.message", hotlineA.id, [hotlineB.id], example);
      return seal({ signed: signStatement(said, hotlineA.key, trust.federationId) }).bytes.length;
    });
    expect(new Set(lengths)).toEqual(new Set([178 + 1120 + 4 + 1024 + 16 + 64]));
  });

  test("carries the largest statement", () => {
    const payload = (fill: number) => ({
      ...statementTypes["conversation.message"].example,
      later: "x".repeat(fill),
    });
    const make = (fill: number) =>
      signStatement(
        draft("conversation.message", hotlineA.id, [hotlineB.id], payload(fill)),
        hotlineA.key,
        trust.federationId,
      );
    const largest = make(LARGEST_STATEMENT - make(0).bytes.length);
    expect(largest.bytes.length).toBe(LARGEST_STATEMENT);
    expect(open(seal({ signed: largest }).bytes).signed.hash).toBe(largest.hash);
  });

  test("delivers what was said under a key of last year, also when that key was cut off since", () => {
    const { olderKey } = federation();
    const created = now - 100 * 86_400_000;
    const example = statementTypes["conversation.message"].example;
    const said = { ...draft("conversation.message", hotlineA.id, [hotlineB.id], example), created };
    const old = signStatement(said, olderKey, trust.federationId);
    const after = federation(undefined, { cutoff: { at: now, feeds: [] } }).trust;
    for (const held of [trust, after]) {
      const opened = openEnvelope(seal({ signed: old, trust: held }).bytes, { ...opening, trust: held });
      expect(opened.signed).toEqual(old);
      expect(opened.header.senderKey).toBe(hotlineA.keyId);
    }
    const { bytes, signature, keyId } = old;
    expect(codeOf(() => openStatement(bytes, signature, keyId, after))).toBe("statement/key-cut-off");
  });

  test("is refused with a statement from the future", () => {
    const said = (created: number) => {
      const example = statementTypes["conversation.message"].example;
      const whole = { ...draft("conversation.message", hotlineA.id, [hotlineB.id], example), created };
      return seal({ signed: signStatement(whole, hotlineA.key, trust.federationId) }).bytes;
    };
    expect(codeOf(() => open(said(now + 300_000)))).toBeUndefined();
    expect(codeOf(() => open(said(now + 300_001)))).toBe("envelope/from-the-future");
  });

  test("is refused under a key that was cut off", () => {
    const { olderKey } = federation();
    const after = federation(undefined, { cutoff: { at: now, feeds: [] } }).trust;
    const { bytes } = seal({ sender: { member: hotlineA.id, key: olderKey } });
    expect(codeOf(() => openEnvelope(bytes, { ...opening, trust: after }))).toBe("envelope/key-cut-off");
    expect(codeOf(() => open(bytes))).toBe("envelope/key-not-valid");
  });
});

describe("a receipt", () => {
  test("opens to what became of the statement, with its proof", () => {
    const { signed: answered, header } = openReceipt(receipt, answerOpening);
    expect(answered.receipt).toEqual({ version: 1, author: hotlineB.id, to: hotlineA.id, ...answer });
    expect(header).toMatchObject({ kind: "receipt", sender: hotlineB.id, recipient: hotlineA.id });
    expect(answered.signature).toHaveLength(64);
  });

  test.each(receiptResults)("can say %s", (result) => {
    const code = result === "rejected" ? "statement/not-allowed" : undefined;
    const sealed = sealReceipt({
      ...answering,
      receipt: { ...answer, result, ...(code && { code }), number: 2 },
    });
    expect(openReceipt(sealed.bytes, answerOpening).signed).toEqual(sealed.signed);
  });

  test("is signed once more by itself: what it says, nobody else can have said", () => {
    const own = sealReceipt({ ...answering, receipt: answer }).signed;
    const again = sealReceipt({ ...answering, receipt: answer }).signed;
    expect(own).toEqual(again);
  });

  test.each([
    ["without a number", { number: 0 }],
    ["with a result of its own", { result: "lost" as "accepted" }],
    ["with a hash cut short", { statementHash: "ab" }],
  ])("%s is never made", (_what, changes) => {
    expect(codeOf(() => sealReceipt({ ...answering, receipt: { ...answer, ...changes } }))).toBe(
      "envelope/malformed",
    );
  });

  test("goes to an active member only", () => {
    expect(codeOf(() => sealReceipt({ ...answering, receipt: answer, recipient: "ee".repeat(16) }))).toBe(
      "envelope/recipient-not-active",
    );
    expect(police.id).not.toBe(sealing.recipient);
  });
});
