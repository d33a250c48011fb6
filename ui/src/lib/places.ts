/** Countries as circles on a map. */
import { countryName, t } from "./messages.ts";
import type { KeptTrace, TakedownRow } from "./types.ts";

export interface Circle {
  readonly code: string;
  readonly name: string;
  /** Of the largest circle's surface. */
  readonly weight: number;
  readonly former?: boolean;
}

/** Where something is hosted, and as former places where it was. */
export function hostedIn(current: string | undefined, traces: readonly KeptTrace[]): Circle[] {
  const codes = new Set(traces.flatMap(({ hosting }) => hosting.countries ?? [hosting.country ?? ""]));
  if (current) codes.add(current);
  return [...codes]
    .filter((code) => code !== "")
    .map((code) => ({ code, name: countryName(code), weight: 0.2, former: code !== current }));
}

/** How many of these each country hosts. */
export function byCountry(rows: readonly TakedownRow[]): Circle[] {
  const counts = new Map<string, number>();
  for (const { country } of rows) if (country) counts.set(country, (counts.get(country) ?? 0) + 1);
  const most = Math.max(1, ...counts.values());
  return [...counts].map(([code, count]) => ({
    code,
    name: t("board.country", { country: countryName(code), count }),
    weight: count / most,
  }));
}
