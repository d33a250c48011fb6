/** What one capture may still spend. Remembers the first limit that was reached, as a sentence for people. */
import type { CaptureSettings } from "../configuration/settings/capture.ts";
import type { Clock } from "../telemetry/index.ts";

export interface Budget {
  /** Whether another page, or picture, may be fetched; counts it when it may. */
  page(): boolean;
  item(): boolean;
  spend(bytes: number): void;
  readonly bytesLeft: number;
  /** The limit that cut the capture short, if one did. */
  readonly cut: string | undefined;
}

export function createBudget(limits: CaptureSettings["limits"], clock: Clock): Budget {
  const end = clock.now() + limits.totalTime;
  let pages = limits.pages;
  let items = limits.items;
  let bytesLeft = limits.totalSize;
  let cut: string | undefined;
  const none = (sentence: string) => {
    cut ??= sentence;
    return false;
  };
  const anythingLeft = () => {
    if (clock.now() >= end)
      return none(`Stopped after ${Math.round(limits.totalTime / 1000)} s: the rest was not fetched.`);
    if (bytesLeft <= 0)
      return none(`Stopped after ${Math.round(limits.totalSize / 2 ** 20)} MiB: the rest was not fetched.`);
    return true;
  };
  return {
    page: () =>
      anythingLeft() && (pages-- > 0 || none(`Stopped after ${limits.pages} pages: there are more.`)),
    item: () =>
      anythingLeft() && (items-- > 0 || none(`Stopped after ${limits.items} pictures: there are more.`)),
    spend: (bytes) => void (bytesLeft -= bytes),
    get bytesLeft() {
      return Math.max(0, bytesLeft);
    },
    get cut() {
      return cut;
    },
  };
}
