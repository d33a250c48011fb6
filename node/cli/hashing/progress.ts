/** How far a long piece of work is: one line on standard error that is drawn over, only where a person looks. */
import { systemClock } from "../../telemetry/index.ts";

export interface Progress {
  /** So much of the whole is done, in the unit that the progress counts. */
  at(done: number): void;
  /** The whole, once it is known. */
  outOf(total: number | undefined): void;
  /** Takes the line away, before something else is written there. */
  clear(): void;
}

/** Often enough to look alive, seldom enough to cost nothing. */
const between = 200;

/** @param unit what is counted, such as `files` or `entries` */
export function createProgress(unit: string): Progress {
  if (!process.stderr.isTTY) return { at: () => undefined, outOf: () => undefined, clear: () => undefined };
  const start = systemClock.now();
  let total: number | undefined;
  let drawn = -Infinity;
  let visible = false;
  return {
    at(done) {
      const now = systemClock.now();
      if (now - drawn < between) return;
      drawn = now;
      visible = true;
      process.stderr.write(`\r\u001b[K${progressLine(done, total, (now - start) / 1000, unit)}`);
    },
    outOf: (known) => void (total = known),
    clear() {
      if (visible) process.stderr.write("\r\u001b[K");
      visible = false;
      drawn = -Infinity;
    },
  };
}

/** For example `1,200 of 10,000 files (12 %), 65 a second, 2 min 15 s left`. */
export function progressLine(done: number, total: number | undefined, seconds: number, unit: string): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const parts = [`${number(done)}${total === undefined ? "" : ` of ${number(total)}`} ${unit}`];
  if (total !== undefined && total > 0) parts[0] += ` (${Math.floor((100 * done) / total)} %)`;
  if (rate > 0) parts.push(`${number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))} a second`);
  if (rate > 0 && total !== undefined && total > done) parts.push(`${duration((total - done) / rate)} left`);
  return parts.join(", ");
}

const number = (value: number) => value.toLocaleString("en");

function duration(seconds: number): string {
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.ceil(seconds % 60)];
  if (h > 0) return `${h} h ${min} min`;
  return min > 0 ? `${min} min ${s} s` : `${s} s`;
}
