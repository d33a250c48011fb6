import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  audienceOf,
  audiences,
  decodeRecord,
  encodeRecord,
  feedId,
  mayRead,
  type AdvertRecord,
  type Audience,
} from "@wardline/protocol/adverts";
import { decodeCbor, encodeCbor, isWardlineError } from "@wardline/protocol/encoding";
import { codeOf } from "../../support/codes.ts";
import { record } from "../support/adverts.ts";

describe("a record", () => {
  test("comes back as it was written, and is small", () => {
    const whole = record(7, {
      basis: "derived",
      derivedFrom: { member: "0a".repeat(16), record: "0b".repeat(16) },
    });
    expect(decodeRecord(encodeRecord(whole))).toEqual(whole);
    expect(encodeRecord(record(7)).length).toBeLessThan(330);
  });

  test("holds hashes and ids as bytes", () => {
    expect(decodeCbor(encodeRecord(record(7)))).toMatchObject({
      digests: { sha256: new Uint8Array(32).fill(7) },
    });
  });

  test("keeps what a later version added", () => {
    const bytes = encodeCbor({ ...(decodeCbor(encodeRecord(record(7))) as object), later: 1 });
    expect(decodeRecord(bytes)["later"]).toBe(1);
  });

  test.each([
    ["a hash cut short", { digests: { sha256: "ab" } }],
    ["an action of its own", { action: "praise" as "assert" }],
    ["a verdict of its own", { verdict: "doubtful" as "national" }],
  ])("with %s is not written", (_what, changes) => {
    expect(codeOf(() => encodeRecord(record(1, changes)))).toBe("advert/malformed-record");
  });

  test("larger than 4 KiB is not written", () => {
    const facts = { ...record(1).facts, note: "x".repeat(4096) };
    expect(codeOf(() => encodeRecord(record(1, { facts })))).toBe("advert/too-large");
  });

  test("whatever the bytes, nothing but an error of ours comes out", () => {
    const safe = (bytes: Uint8Array) => {
      try {
        decodeRecord(bytes);
        return true;
      } catch (error) {
        return isWardlineError(error, "advert/malformed-record");
      }
    };
    const good = encodeRecord(record(1));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), safe), { numRuns: 300 });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => safe(good.with(at, byte))),
      { numRuns: 500 },
    );
  });
});

describe("feeds", () => {
  const author = "0a".repeat(16);
  const names = Object.keys(audiences) as Audience[];

  test("each author has one for each audience, and none of another's", () => {
    expect(new Set(names.map((audience) => feedId(author, audience))).size).toBe(3);
    for (const audience of names) expect(audienceOf(feedId(author, audience), author)).toBe(audience);
    expect(audienceOf(feedId(author, "members"), "0b".repeat(16))).toBeUndefined();
  });

  test("are read by the kinds of their audience", () => {
    expect(mayRead("members", "secretariat")).toBe(true);
    expect(mayRead("hotlines-and-police", "interpol")).toBe(false);
    expect(mayRead("police-and-interpol", "hotline")).toBe(false);
  });
});

test("a record that was read is written again byte for byte, with whatever later versions added", () => {
  const whole = record(7, { derivedFrom: { member: "0a".repeat(16), record: "0b".repeat(16) } });
  const later = <T extends object>(value: T) => ({ ...value, later: [1, "x", null] });
  const bytes = encodeRecord({
    ...later(whole),
    digests: later(whole.digests),
    facts: later(whole.facts),
    vocabulary: later(whole.vocabulary),
    derivedFrom: later(whole.derivedFrom ?? {}),
  } as unknown as AdvertRecord);
  expect(encodeRecord(decodeRecord(bytes))).toEqual(bytes);
});

test("a record that leaves out what others fill in is refused: it could not be written again as it was", () => {
  const whole = decodeCbor(encodeRecord(record(7))) as { facts: Record<string, unknown> };
  for (const field of ["age", "gender", "flags"]) {
    const facts = Object.fromEntries(Object.entries(whole.facts).filter(([name]) => name !== field));
    expect(codeOf(() => decodeRecord(encodeCbor({ ...whole, facts })))).toBe("advert/malformed-record");
  }
});

test("a dispute names the record that it is about, and nothing else does", () => {
  const disputes = { member: "0a".repeat(16), record: "0b".repeat(16) };
  const dispute = record(7, { action: "dispute", disputes, reason: "A drawing." });
  expect(decodeRecord(encodeRecord(dispute))).toEqual(dispute);
  expect(decodeRecord(encodeRecord({ ...dispute, action: "withdraw" }))).toMatchObject({ disputes });
  expect(codeOf(() => encodeRecord(record(7, { action: "dispute" })))).toBe("advert/malformed-record");
  expect(codeOf(() => encodeRecord(record(7, { disputes })))).toBe("advert/malformed-record");
});
