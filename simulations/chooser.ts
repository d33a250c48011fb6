/** Choices that repeat: the same seed gives the same play. */
import { createHash } from "node:crypto";

export interface Chooser {
  one<T>(of: readonly T[]): T;
  /** `count` different ones of them, in any order; all of them when there are not more. */
  some<T>(of: readonly T[], count: number): T[];
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** True so many times out of a hundred. */
  percent(chance: number): boolean;
  /** 16 bytes, lower-case hexadecimal. */
  id(): string;
}

export function createChooser(seed: string): Chooser {
  let drawn = 0;
  const draw = () => createHash("sha256").update(`simulation ${seed} ${drawn++}`).digest();
  const below = (limit: number) => draw().readUInt32BE() % limit;
  function one<T>(of: readonly T[]): T {
    const chosen = of[below(of.length)];
    if (chosen === undefined) throw new RangeError("There is nothing to choose from.");
    return chosen;
  }
  return {
    one,
    some(of, count) {
      const left = [...of];
      const chosen: typeof left = [];
      while (left.length > 0 && chosen.length < count) chosen.push(...left.splice(below(left.length), 1));
      return chosen;
    },
    between: (least, most) => least + below(most - least + 1),
    percent: (chance) => below(100) < chance,
    id: () => draw().subarray(0, 16).toString("hex"),
  };
}
