/** What one capture may still spend, counting what it spent before an interruption. Remembers the first limit that was reached, as a sentence for people. */
import type { CaptureSettings } from "../configuration/settings/capture.ts";
import type { Clock } from "../telemetry/index.ts";

export interface Spent {
  pages: number;
  items: number;
  bytes: number;
  /** Milliseconds. */
  time: number;
}

export interface Budget {
  /** Whether time and bytes are left. */
  anythingLeft(): boolean;
  /** Whether another page, or file, may be fetched; counts it when it may. */
  page(): boolean;
  item(): boolean;
  spend(bytes: number): void;
  readonly bytesLeft: number;
  readonly bytes: number;
  readonly time: number;
  /** The limit that cut the capture short, if one did. */
  readonly cut: string | undefined;
}

export function createBudget(limits: CaptureSettings["limits"], before: Spent, clock: Clock): Budget {
  const start = clock.now();
  let { pages, items, bytes } = before;
  let cut: string | undefined;
  const time = () => before.time + clock.now() - start;
  const none = (sentence: string) => {
    cut ??= sentence;
    return false;
  };
  const anythingLeft = () => {
    if (time() >= limits.totalTime)
      return none(`Stopped after ${Math.round(limits.totalTime / 1000)} s: the rest was not fetched.`);
    if (bytes >= limits.totalSize)
      return none(`Stopped after ${Math.round(limits.totalSize / 2 ** 20)} MiB: the rest was not fetched.`);
    return true;
  };
  return {
    anythingLeft,
    page: () =>
      anythingLeft() &&
      (pages++ < limits.pages || none(`Stopped after ${limits.pages} pages: there are more.`)),
    item: () =>
      anythingLeft() &&
      (items++ < limits.items || none(`Stopped after ${limits.items} files: there are more.`)),
    spend: (read) => void (bytes += read),
    get bytesLeft() {
      return Math.max(0, limits.totalSize - bytes);
    },
    get bytes() {
      return bytes;
    },
    get time() {
      return time();
    },
    get cut() {
      return cut;
    },
  };
}
