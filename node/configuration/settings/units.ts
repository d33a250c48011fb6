/** Durations ("10s", "24h") and sizes ("32MiB") as people write them, read into milliseconds and bytes. */
import { z } from "zod";

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const bytes = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** A duration setting, in milliseconds once read. */
export function duration(standard: string) {
  return quantity(milliseconds, "a duration such as 500ms, 10s, 5m, 24h or 7d", standard);
}

/** A size setting, in bytes once read. */
export function size(standard: string) {
  return quantity(bytes, "a size such as 64KiB, 32MiB or 1GiB", standard);
}

function quantity(units: Record<string, number>, like: string, standard: string) {
  const form = new RegExp(`^(\\d+(?:\\.\\d+)?)\\s?(${Object.keys(units).join("|")})$`);
  return z
    .string(`expected ${like}`)
    .regex(form, `expected ${like}`)
    .transform((text) => {
      const [, number = "0", unit = ""] = form.exec(text) ?? [];
      return Math.round(Number(number) * (units[unit] ?? 0));
    })
    .prefault(standard);
}
