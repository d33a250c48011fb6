/** Hash records for tests, and what nodes hold of them. */
import type { AdvertRecord, Audience } from "@wardline/protocol/adverts";
import { systemRandom } from "@wardline/protocol/encoding";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import { records, withdrawnRecords } from "../../../node/federation/feeds/collections.ts";
import { newId, type TestNode } from "./support.ts";

export function record(change: Partial<AdvertRecord> = {}): AdvertRecord {
  return {
    id: newId(),
    action: "assert",
    digests: { sha256: systemRandom(32).toHex() },
    facts: { age: "not-categorised", gender: "not-determined", flags: [] },
    verdict: "baseline",
    vocabulary: builtInVocabulary,
    basis: "seen",
    held: true,
    at: Date.now(),
    ...change,
  };
}

export const publish = (node: TestNode, added: readonly AdvertRecord[], audience: Audience = "members") =>
  node.commit.run((unit) => node.federation.publish(unit, added, audience));

export const countAt = (node: TestNode, author: TestNode) => node.federation.recordsBy(author.place.memberId);

/** All that a node holds of a feed, in force and withdrawn. */
export async function holdingsOf(node: TestNode, feed: string) {
  const inForce = await Array.fromAsync(node.commit.list(records, { prefix: [feed] }));
  const withdrawn = await Array.fromAsync(node.commit.list(withdrawnRecords, { prefix: [feed] }));
  return [...inForce, ...withdrawn].map(({ value }) => value);
}
