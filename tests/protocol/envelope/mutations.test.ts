/** An envelope altered in transit, in every way: each region answers with a code of its own, and never with anything else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, isWardlineError } from "@wardline/protocol/encoding";
import { checkEnvelope, inspectHeader, openEnvelope, openReceipt } from "@wardline/protocol/envelope";
import { codeOf } from "../../support/codes.ts";
import { exchange } from "../support/exchange.ts";

const { trust, bytes, receipt, opening, answerOpening, seal, open } = exchange();
const LENGTH_AT = 178 + 1120;
const SIGNATURE_AT = bytes.length - 64;

/** Where a flipped byte lies, and what it must be refused with. */
const regions: [name: string, from: number, to: number, code: string][] = [
  ["magic", 0, 8, "envelope/magic"],
  ["suite", 8, 10, "envelope/suite"],
  ["federation id", 10, 42, "envelope/federation"],
  ["envelope id", 42, 58, "envelope/signature"],
  ["sender", 58, 74, "envelope/unknown-sender"],
  ["sender key", 74, 106, "envelope/unknown-key"],
  ["recipient", 106, 122, "envelope/recipient"],
  ["sealing key", 122, 154, "envelope/signature"],
  ["created, expires, roster version", 154, 178, "envelope/signature"],
  ["encapsulation", 178, LENGTH_AT, "envelope/signature"],
  ["length", LENGTH_AT, LENGTH_AT + 4, "envelope/length"],
  ["ciphertext", LENGTH_AT + 4, SIGNATURE_AT, "envelope/signature"],
  ["signature", SIGNATURE_AT, bytes.length, "envelope/signature"],
];

function flipped(source: Uint8Array, at: number, mask: number): Uint8Array {
  const copy = source.slice();
  copy[at] = (copy[at] ?? 0) ^ mask;
  return copy;
}

test("unaltered it opens", () => {
  expect(open(bytes).epoch).toBe(1);
});

describe.each(["envelope", "receipt"] as const)("a flipped byte of an %s", (kind) => {
  const source = kind === "envelope" ? bytes : receipt;
  const refuse = (altered: Uint8Array) =>
    codeOf(() =>
      kind === "envelope" ? openEnvelope(altered, opening) : openReceipt(altered, answerOpening),
    );
  const shift = source.length - bytes.length;

  test.each(regions)("in the %s", (_name, from, to, code) => {
    const last = to > LENGTH_AT + 4 ? to + shift : to;
    const first = from >= SIGNATURE_AT ? from + shift : from;
    for (let at = first; at < last; at++) {
      for (const mask of [0x01, 0x80, 0xff])
        expect(refuse(flipped(source, at, mask)), `byte ${at}`).toBe(code);
    }
  });
});

test("every cut is refused as truncated", () => {
  for (let length = 0; length < bytes.length; length++) {
    expect(
      codeOf(() => open(bytes.subarray(0, length))),
      `${length} bytes`,
    ).toBe("envelope/truncated");
  }
});

test("whatever follows the signature is refused", () => {
  for (const more of [1, 64, 5000]) {
    expect(codeOf(() => open(concat(bytes, new Uint8Array(more))))).toBe("envelope/trailing-bytes");
  }
});

describe("parts swapped between two honest envelopes", () => {
  const other = seal().bytes;
  const parts = (of: Uint8Array) =>
    [0, 178, LENGTH_AT, SIGNATURE_AT].map((from, part) =>
      of.subarray(from, [178, LENGTH_AT, SIGNATURE_AT, of.length][part]),
    );

  test.each([0, 1, 2, 3])("part %d", (part) => {
    const mixed = concat(
      ...parts(bytes).map((own, index) => (index === part ? (parts(other)[part] as Uint8Array) : own)),
    );
    expect(codeOf(() => open(mixed))).toBe("envelope/signature");
  });
});

describe("whatever the bytes, nothing but an error of ours comes out", () => {
  const safe = (action: () => unknown) => {
    try {
      action();
      return true;
    } catch (error) {
      return isWardlineError(error);
    }
  };
  const self = opening.self;
  test("of bytes from nowhere", () => {
    const anything = fc.uint8Array({ maxLength: 3000 });
    const all = (wild: Uint8Array) =>
      [
        () => inspectHeader(wild),
        () => checkEnvelope(wild, trust, self, opening.now),
        () => open(wild),
      ].every(safe);
    fc.assert(fc.property(anything, all), { numRuns: 200 });
  });

  test("of an envelope with a stretch overwritten", () => {
    const stretch = fc.record({ at: fc.nat(bytes.length), patch: fc.uint8Array({ maxLength: 40 }) });
    const overwritten = ({ at, patch }: { at: number; patch: Uint8Array }) => {
      const copy = bytes.slice();
      copy.set(patch.subarray(0, bytes.length - at), at);
      return safe(() => open(copy));
    };
    fc.assert(fc.property(stretch, overwritten), { numRuns: 300 });
  });
});
