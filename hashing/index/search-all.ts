/** Many queries over the shelves of a thread, packed as they travel. */
import { NO_HIT, type Found, type HashesAsked } from "./messages.ts";
import { DISTANCES, HIT_WORDS, nothing, search, type Finding } from "./search.ts";
import type { Rules } from "./rules.ts";
import type { Shelf } from "./shelf.ts";

const HASH_WORDS = 8;

export function searchAll(shelves: readonly Shelf[], asked: HashesAsked): Packed {
  const { hashes, turns, qualities, views, rules, limit } = asked;
  let at = 0;
  const findings = Array.from(turns, (count, index) => {
    const own = hashes.subarray(at, (at += count * HASH_WORDS));
    if (count === 0) return nothing;
    const view = rules[views[index] as number] as Rules;
    return search(shelves, { hashes: own, quality: qualities[index] as number, rules: view, limit });
  });
  return packed(findings, DISTANCES);
}

interface Packed {
  found: Found;
  transfer: ArrayBuffer[];
}

/** Findings with `width` counts each, in arrays that are handed over. */
export function packed(findings: readonly Finding[], width: number): Packed {
  const counts = new Uint32Array(findings.length * width);
  const hits = new Uint32Array(findings.reduce((sum, finding) => sum + finding.hits.length, 0));
  const hitCounts = new Uint32Array(findings.length);
  const good = new Uint32Array(findings.length * HIT_WORDS).fill(NO_HIT);
  const cut = new Uint8Array(findings.length);
  let at = 0;
  for (const [index, finding] of findings.entries()) {
    counts.set(finding.counts, index * width);
    hits.set(finding.hits, at);
    at += finding.hits.length;
    hitCounts[index] = finding.hits.length / HIT_WORDS;
    good.set(finding.good, index * HIT_WORDS);
    cut[index] = finding.cut ? 1 : 0;
  }
  const transfer = [counts.buffer, hits.buffer, hitCounts.buffer, good.buffer, cut.buffer];
  return { found: { counts, hits, hitCounts, good, cut }, transfer };
}
