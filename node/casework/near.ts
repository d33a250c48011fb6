/** Pictures that look like known ones (PDQ). An index in memory; a near match never decides anything by itself. */
import { createSimpleIndex, type SimpleIndex } from "@wardline/hashing/index";
import type { AdvertRecord } from "@wardline/protocol/adverts";
import type { Verdict } from "@wardline/protocol/vocabulary";

export interface Near {
  member: string;
  verdict: Verdict;
  distance: number;
}

export interface NearMatches {
  /** The nearest known picture within the settings' distance and quality, when there is one. */
  nearest(pdq: string | undefined, quality: number | undefined): Near | undefined;
  learn(author: string, record: AdvertRecord): void;
  forget(author: string, record: string): void;
}

interface Known {
  member: string;
  verdict: Verdict;
}

/** Rebuilt at start from the feeds and kept current by `learn`; it is never written, so it cannot be wrong on disk. */
export function createNearMatches(settings: { nearDistance: number; nearQuality: number }): NearMatches {
  const { nearDistance: distance, nearQuality } = settings;
  const index: SimpleIndex<Known> = createSimpleIndex();
  const keyOf = (author: string, record: string) => `${author}/${record}`;
  return {
    nearest(pdq, quality) {
      if (pdq === undefined || quality === undefined || quality < nearQuality) return undefined;
      const [match] = index.query(pdq, { distance, quality: nearQuality, limit: 1 }).matches;
      return match && { ...match.value, distance: match.distance };
    },
    learn(author, { id, digests, verdict, basis }) {
      const { pdq, quality } = digests;
      if (basis !== "seen" || verdict === "not-illegal" || pdq === undefined || quality === undefined) return;
      index.add(keyOf(author, id), pdq, quality, { member: author, verdict });
    },
    forget: (author, record) => void index.remove(keyOf(author, record)),
  };
}
