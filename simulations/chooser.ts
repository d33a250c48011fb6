/** Choices that repeat: the same seed gives the same play. */
import { createHash } from "node:crypto";

export interface Chooser {
  one<T>(of: readonly T[]): T;
  /** 16 bytes, lower-case hexadecimal. */
  id(): string;
}

export function createChooser(seed: string): Chooser {
  let drawn = 0;
  const draw = () => createHash("sha256").update(`simulation ${seed} ${drawn++}`).digest();
  const below = (limit: number) => draw().readUInt32BE() % limit;
  return {
    one(of) {
      const chosen = of[below(of.length)];
      if (chosen === undefined) throw new RangeError("There is nothing to choose from.");
      return chosen;
    },
    id: () => draw().subarray(0, 16).toString("hex"),
  };
}
