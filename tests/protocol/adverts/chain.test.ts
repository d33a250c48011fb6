import { describe, expect, test } from "vitest";
import { contradiction, feedId, refuseUnchained, type BlockHead } from "@wardline/protocol/adverts";
import { codeOf } from "../../support/codes.ts";
import { adverts, record } from "../support/adverts.ts";

const { build, first, second, hotlineA } = adverts();
const after = (head: BlockHead | undefined, block: BlockHead) => codeOf(() => refuseUnchained(head, block));
const next = { height: 1, previous: first.hash, firstSequence: 3 };
const third = { height: 2, previous: second.hash, firstSequence: 6 };

describe("what continues a feed", () => {
  test("block after block", () => {
    expect(after(undefined, first)).toBeUndefined();
    expect(after(first, second)).toBeUndefined();
    expect(after(second, build(third))).toBeUndefined();
  });

  test("another epoch, opened where the old one ended", () => {
    expect(after(second, build({ ...third, epoch: 1, epochStart: 2 }))).toBeUndefined();
  });

  test.each([
    ["advert/known", "the block held already", first, first],
    ["advert/gap", "a later block first", undefined, second],
    ["advert/gap", "one with blocks missing before it", first, build(third)],
    ["advert/fork", "another block of the same height", second, build({ ...next, records: [record(9)] })],
    [
      "advert/fork",
      "one whose epoch began before what is held",
      second,
      build({ ...third, epoch: 1, epochStart: 1 }),
    ],
    ["advert/fork", "one that names another previous", second, build({ ...third, previous: first.hash })],
    ["advert/chain", "one that counts its records wrongly", first, build({ ...next, firstSequence: 4 })],
  ] as [string, string, BlockHead | undefined, BlockHead][])("%s: %s", (code, _what, head, block) => {
    expect(after(head, block)).toBe(code);
  });

  test("a block that is older than the one held, and agrees with it, does not continue it", () => {
    expect(after(build(third), first)).toBe("advert/chain");
  });
});

describe("what two signed blocks prove", () => {
  const ends = build({ ...third, epoch: 1, epochStart: 2 });
  const both = (one: BlockHead, other: BlockHead) => {
    expect(contradiction(other, one)).toBe(contradiction(one, other));
    return contradiction(one, other);
  };

  test("nothing, when both can be honest", () => {
    expect(both(first, second)).toBeUndefined();
    expect(both(first, first)).toBeUndefined();
    expect(both(first, build(third))).toBeUndefined();
    expect(both(second, ends)).toBeUndefined();
    const elsewhere = build({ feed: feedId(hotlineA.id, "hotlines-and-police") });
    expect(both(first, elsewhere)).toBeUndefined();
  });

  test("two blocks at one height of one epoch", () => {
    expect(both(second, build({ ...next, records: [record(9)] }))).toBe("two-blocks-at-one-height");
  });

  test("two openings of one epoch", () => {
    expect(both(ends, build({ ...next, epoch: 1, epochStart: 1 }))).toBe("two-openings-of-one-epoch");
  });

  test("a block of the old epoch beyond its end", () => {
    expect(both(ends, build(third))).toBe("beyond-the-end-of-an-epoch");
  });

  test("a block that was left out of the chain", () => {
    const left = build({ ...next, records: [record(9)] });
    expect(both(left, build(third))).toBe("another-previous");
    expect(both(left, ends)).toBe("another-previous");
  });
});
