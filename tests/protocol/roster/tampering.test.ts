import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isWardlineError } from "@wardline/protocol/encoding";
import { decodeFile, encodeFile } from "@wardline/protocol/roster";
import { codeOf } from "../../support/codes.ts";
import { attack, subjects, type Subject } from "./subjects.ts";

/** The big files are sampled here and walked through byte by byte in `tests/long`. */
const samples = 250;

describe.each(subjects)("a $name file", (subject) => {
  test("is accepted as it is", () => {
    expect(codeOf(() => subject.accept(subject.file))).toBeUndefined();
  });

  test("with any byte changed is refused by name", () => {
    fc.assert(
      fc.property(fc.nat(subject.file.bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        expectRefusal(subject, attack.change(subject.file, at, mask));
      }),
      { numRuns: samples },
    );
  });

  test("cut at any length, or made longer, is refused by name", () => {
    fc.assert(
      fc.property(fc.nat(subject.file.bytes.length - 1), (length) => {
        expectRefusal(subject, attack.cut(subject.file, length));
      }),
      { numRuns: samples },
    );
    expectRefusal(subject, attack.append(subject.file, 0x20));
    expectRefusal(subject, attack.append(subject.file, 0));
  });

  test("with any byte of any signature changed is refused by name", () => {
    const places = fc.tuple(fc.nat(subject.file.signatures.length - 1), fc.nat(64 + 3309 - 1));
    fc.assert(
      fc.property(places, ([signature, at]) => {
        expectRefusal(subject, attack.spoil(subject.file, signature, at));
      }),
      { numRuns: samples },
    );
  });

  test("comes back from its wrapper unchanged; a damaged wrapper is refused by name", () => {
    const wrapped = encodeFile(subject.file);
    expect(decodeFile(wrapped)).toEqual(subject.file);
    fc.assert(
      fc.property(fc.nat(wrapped.length - 1), (length) => {
        expect(codeOf(() => decodeFile(wrapped.subarray(0, length)))).toBe("roster/invalid");
      }),
      { numRuns: 50 },
    );
  });
});

function expectRefusal({ accept }: Subject, changed: Subject["file"]): void {
  let outcome: unknown = "accepted";
  try {
    accept(changed);
  } catch (error) {
    outcome = isWardlineError(error) ? error.code : error;
  }
  expect(outcome).toMatch(/^(roster|card)\/[a-z-]+$/);
}
