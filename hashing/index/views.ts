/** Lists with their settings, and what a query for some audiences sees of them. */
import { checkList } from "./check.ts";
import type { Names } from "./names.ts";
import type { Rules } from "./rules.ts";
import type { ListSettings } from "./types.ts";

const DISTANCE = 31;
const QUALITY = 50;

export interface Views {
  /** For each query's audiences, which of `rules` it sees. Equal audiences share theirs. */
  of(audiences: readonly (readonly string[])[]): { views: Uint16Array; rules: Rules[] };
}

/** Gives new lists their numbers. Error: `hashing/bad-list`. */
export function createViews(lists: readonly ListSettings[], names: Names): Views {
  lists.forEach(checkList);
  const numbered = lists.map((list) => ({ ...list, number: names.numberOf("list", list.id) }));
  return {
    of(audiences) {
      const rules: Rules[] = [];
      const known = new Map<string, number>();
      const views = Uint16Array.from(audiences, (own) => {
        const name = JSON.stringify([...own].sort());
        const view = known.get(name) ?? rules.push(rulesFor(numbered, own)) - 1;
        known.set(name, view);
        return view;
      });
      return { views, rules };
    },
  };
}

function rulesFor(
  lists: readonly (ListSettings & { number: number })[],
  audiences: readonly string[],
): Rules {
  const size = lists.reduce((most, { number }) => Math.max(most, number + 1), 0);
  const rules = {
    distance: new Int8Array(size).fill(-1),
    quality: new Uint8Array(size),
    good: new Uint8Array(size),
  };
  for (const { number, distance = DISTANCE, quality = QUALITY, audience, knownGood = false } of lists) {
    if (audience !== undefined && !audiences.includes(audience)) continue;
    rules.distance[number] = distance;
    rules.quality[number] = quality;
    rules.good[number] = knownGood ? 1 : 0;
  }
  return rules;
}
