/** One finding of a benchmark, and how it is told. */
export interface Line {
  readonly name: string;
  readonly ours: number;
  readonly other: number;
  /** `ours / other`. Less noisy than both, since they are measured in the same run. */
  readonly ratio: number;
  readonly unit: string;
}

/** A line with what only the reader of the table wants: what `other` is, the limit, where it went. */
export interface Finding extends Line {
  readonly against: string;
  readonly limit?: number;
  readonly note?: string;
}

export type Report = (finding: Finding) => void;

export function finding(
  name: string,
  [ours, other]: readonly [number, number],
  rest: Pick<Finding, "unit" | "against" | "limit" | "note">,
): Finding {
  return { name, ours: rounded(ours), other: rounded(other), ratio: rounded(ours / other), ...rest };
}

/** For people: one line; a second one with the note. */
export function sentenceOf({ name, ours, other, ratio, unit, against, limit, note }: Finding): string {
  const verdict =
    limit === undefined
      ? ""
      : ratio <= limit
        ? `  (limit ${rounded(limit)}: kept)`
        : `  (limit ${rounded(limit)}: EXCEEDED)`;
  const first = `${name.padEnd(44)} ${String(ours).padStart(9)} against ${String(other).padStart(9)} ${unit}, ${against}: ${ratio}x${verdict}`;
  return note === undefined ? first : `${first}\n${" ".repeat(45)}${note}`;
}

/** For programs: exactly the fields of a line. */
export const jsonOf = ({ name, ours, other, ratio, unit }: Finding): string =>
  JSON.stringify({ name, ours, other, ratio, unit } satisfies Line);

/** Three significant digits: more would only pretend. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
