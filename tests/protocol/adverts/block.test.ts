import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  buildBlock,
  eraseRecord,
  feedId,
  openBlock,
  openRecordProof,
  proveRecord,
  readBlockHeader,
} from "@wardline/protocol/adverts";
import { concat, isWardlineError } from "@wardline/protocol/encoding";
import { codeOf } from "../../support/codes.ts";
import { adverts, record } from "../support/adverts.ts";
import { federation } from "../support/federation.ts";

const { trust, hotlineA, hotlineB, feed, now, build, first, second } = adverts();
const open = (bytes: Uint8Array) => openBlock(bytes, trust);

describe("a block", () => {
  test("opens to what was built", () => {
    expect(open(first.bytes)).toEqual(first);
    expect(open(second.bytes).records.map(({ id }) => id)).toEqual([
      record(4).id,
      record(5).id,
      record(6).id,
    ]);
    expect(open(first.bytes)).toMatchObject({ audience: "members", author: hotlineA.id, count: 3 });
  });

  test("may hold a thousand records, or none, and not one more", () => {
    const thousand = Array.from({ length: 1000 }, (_, index) => record(index % 256));
    expect(open(build({ records: thousand }).bytes).records).toHaveLength(1000);
    expect(open(build().bytes).records).toHaveLength(0);
    expect(codeOf(() => build({ records: [...thousand, record(1)] }))).toBe("advert/too-large");
  });

  test("of more than 1 MiB is not built", () => {
    const facts = { ...record(1).facts, note: "x".repeat(3000) };
    const records = Array.from({ length: 400 }, () => record(1, { facts }));
    expect(codeOf(() => build({ records }))).toBe("advert/too-large");
  });

  test.each([
    ["a first block with a previous one", { previous: first.hash }],
    ["a later block without one", { height: 1 }],
    ["records counted from nowhere", { firstSequence: 5 }],
    ["an epoch that began later", { epochStart: 1, epoch: 1 }],
  ])("%s is not built", (_what, changes) => {
    expect(codeOf(() => build(changes))).toBe("advert/malformed");
  });
});

describe("an altered block", () => {
  const regions: [string, number, number, string[]][] = [
    ["magic", 0, 8, ["advert/magic"]],
    ["suite", 8, 10, ["advert/suite"]],
    ["federation", 10, 42, ["advert/federation"]],
    ["feed", 42, 74, ["advert/feed"]],
    ["author", 74, 90, ["advert/unknown-author"]],
    ["key", 90, 122, ["advert/unknown-key"]],
    ["numbers", 122, 192, ["advert/malformed", "advert/signature"]],
    ["root, snapshot", 192, 248, ["advert/signature"]],
    ["time", 248, 256, ["advert/malformed", "advert/signature"]],
    ["signature", 256, 320, ["advert/signature"]],
    [
      "records",
      320,
      first.bytes.length,
      [
        "advert/malformed",
        "advert/malformed-record",
        "advert/root",
        "advert/truncated",
        "advert/trailing-bytes",
      ],
    ],
  ];
  test.each(regions)("a flipped byte in %s", (_name, from, to, codes) => {
    for (let at = from; at < to; at++) {
      const altered = first.bytes.with(at, (first.bytes[at] ?? 0) ^ 0x81);
      expect(codes, `byte ${at}`).toContain(codeOf(() => open(altered)));
    }
  });

  test("cut anywhere, or with bytes behind it", () => {
    for (let length = 0; length < first.bytes.length; length++) {
      expect(
        codeOf(() => open(first.bytes.subarray(0, length))),
        `${length} bytes`,
      ).toBe("advert/truncated");
    }
    expect(codeOf(() => open(concat(first.bytes, Uint8Array.of(0))))).toBe("advert/trailing-bytes");
  });

  test("with the records of another block", () => {
    const swapped = concat(first.bytes.subarray(0, 320), second.bytes.subarray(320));
    expect(codeOf(() => open(swapped))).toBe("advert/root");
  });

  test("signed by another member", () => {
    const draft = {
      author: hotlineA.id,
      feed,
      epoch: 0,
      height: 0,
      firstSequence: 0,
      records: [],
      time: now,
      random: () => new Uint8Array(16),
    };
    const byB = buildBlock(draft, hotlineB.key, trust.federationId);
    expect(codeOf(() => open(byB.bytes))).toBe("advert/unknown-key");
    expect(
      codeOf(() =>
        buildBlock({ ...draft, feed: feedId(hotlineB.id, "members") }, hotlineA.key, trust.federationId),
      ),
    ).toBe("advert/feed");
  });

  test("of another federation, or made outside of its key's life", () => {
    expect(codeOf(() => openBlock(first.bytes, federation("sister").trust))).toBe("advert/federation");
    expect(codeOf(() => open(build({ time: 0 }).bytes))).toBe("advert/key-not-valid");
  });

  test("under a key that was cut off counts up to the block that the roster names", () => {
    const { olderKey } = federation();
    const time = now - 100 * 86_400_000;
    const draft = {
      author: hotlineA.id,
      feed,
      epoch: 0,
      records: [],
      time,
      random: () => new Uint8Array(16),
    };
    const one = buildBlock({ ...draft, height: 0, firstSequence: 0 }, olderKey, trust.federationId);
    const two = buildBlock(
      { ...draft, height: 1, firstSequence: 0, previous: one.hash },
      olderKey,
      trust.federationId,
    );
    const other = buildBlock(
      { ...draft, height: 1, firstSequence: 0, previous: "12".repeat(32) },
      olderKey,
      trust.federationId,
    );
    const refused = (
      block: { bytes: Uint8Array },
      feeds: { feed: string; epoch: number; height: number; head: string }[],
    ) => codeOf(() => openBlock(block.bytes, federation(undefined, { cutoff: { at: now, feeds } }).trust));
    expect(codeOf(() => open(two.bytes))).toBeUndefined();
    expect(refused(one, [])).toBe("advert/key-cut-off");
    expect(refused(one, [{ feed, epoch: 0, height: 1, head: two.hash }])).toBeUndefined();
    expect(refused(two, [{ feed, epoch: 0, height: 1, head: two.hash }])).toBeUndefined();
    expect(refused(other, [{ feed, epoch: 0, height: 1, head: two.hash }])).toBe("advert/key-cut-off");
    expect(refused(two, [{ feed, epoch: 0, height: 0, head: one.hash }])).toBe("advert/key-cut-off");
  });

  test("nothing but an error of ours comes out, whatever the bytes", () => {
    const safe = (bytes: Uint8Array) => {
      try {
        open(bytes);
        return true;
      } catch (error) {
        return isWardlineError(error);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), safe), { numRuns: 200 });
    fc.assert(
      fc.property(fc.nat(first.bytes.length - 1), fc.uint8Array({ maxLength: 30 }), (at, patch) => {
        const copy = first.bytes.slice();
        copy.set(patch.subarray(0, copy.length - at), at);
        return safe(copy);
      }),
      { numRuns: 300 },
    );
  });
});

describe("one record", () => {
  test("can be erased, while hash, signature and the others stay", () => {
    const erased = open(eraseRecord(first, 1).bytes);
    expect(erased.hash).toBe(first.hash);
    expect(erased.records.map(({ id }) => id)).toEqual([record(1).id, record(3).id]);
    expect(Buffer.from(erased.bytes).includes(Buffer.from(record(2).id, "hex"))).toBe(false);
    expect(codeOf(() => eraseRecord(first, 3))).toBe("advert/no-such-record");
  });

  test("can be proved alone, also when others were erased", () => {
    const proof = proveRecord(eraseRecord(second, 3), 5);
    expect(openRecordProof(proof, trust)).toEqual({ author: hotlineA.id, record: record(6), time: now });
    expect(codeOf(() => proveRecord(eraseRecord(first, 1), 1))).toBe("advert/no-such-record");
  });

  test("is not proved with another's place, salt or words", () => {
    const proof = proveRecord(first, 1);
    const other = proveRecord(first, 2);
    for (const wrong of [
      { sequence: 2 },
      { sequence: 9 },
      { salt: other.salt },
      { record: other.record },
      { path: other.path },
      { header: second.bytes.slice(0, 320) },
    ]) {
      expect(codeOf(() => openRecordProof({ ...proof, ...wrong }, trust))).toBe("advert/proof");
    }
  });
});

test("a header can be read alone", () => {
  expect(readBlockHeader(first.bytes.subarray(0, 256))).toMatchObject({
    height: 0,
    count: 3,
    root: first.root,
  });
});
