/** Records and feeds for tests: two blocks of three records by hotline A, to all members. */
import {
  buildBlock,
  feedId,
  type AdvertRecord,
  type Block,
  type BlockDraft,
} from "@wardline/protocol/adverts";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import { federation } from "./federation.ts";

export function adverts() {
  const everyone = federation();
  const { trust, hotlineA, now, random } = everyone;
  const feed = feedId(hotlineA.id, "members");
  const build = (changes: Partial<BlockDraft> = {}): Block => {
    const draft = {
      author: hotlineA.id,
      feed,
      epoch: 0,
      height: 0,
      firstSequence: 0,
      records: [],
      time: now,
      random,
    };
    return buildBlock({ ...draft, ...changes }, hotlineA.key, trust.federationId);
  };
  const first = build({ records: [record(1), record(2), record(3)] });
  const second = build({
    height: 1,
    previous: first.hash,
    firstSequence: 3,
    records: [record(4), record(5), record(6)],
  });
  return { ...everyone, feed, build, first, second };
}

export function record(number: number, changes: Partial<AdvertRecord> = {}): AdvertRecord {
  const digit = number.toString(16).padStart(2, "0");
  return {
    id: digit.repeat(16),
    action: "assert",
    digests: { sha256: digit.repeat(32), pdq: digit.repeat(32), quality: 100 },
    facts: { age: "not-categorised", gender: "not-determined", flags: [] },
    verdict: "national",
    vocabulary: builtInVocabulary,
    basis: "seen",
    held: true,
    at: 1_780_272_000_000,
    ...changes,
  };
}
