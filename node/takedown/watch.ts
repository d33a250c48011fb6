/**
 * From single looks at a URL to "it is gone". A removal is only believed after several misses some time apart, each
 * compared by hash, so that an outage is never taken for a removal.
 */

/**
 * One look:
 * - online: it answered with the very bytes (equal SHA-256), or with the same picture encoded anew (near PDQ)
 * - missing: it answered that the content is not there (404, 410, 451), or with other content
 * - unavailable: it did not answer properly (5xx, 401, 403, 429, time-out, no connection, no such name): says nothing
 */
export interface Look {
  result: "online" | "missing" | "unavailable";
  /** A code for the record: `status-404`, `changed`, `capture/timeout`. */
  why: string;
}

/** What was once seen stays on record, whatever is seen later. */
export interface WatchStep {
  at: number;
  what: "first-missed" | "offline" | "back-online" | "silent" | "answers";
}

/** Most steps kept of one URL; the ledger has them all. A site that comes and goes must not grow a record for ever. */
const MOST_STEPS = 500;

export interface Watch {
  state: "online" | "missing" | "offline";
  /** Misses in a row that counted. */
  misses: number;
  firstMiss?: number;
  lastMiss?: number;
  /** Since when it has given no proper answer, without a break. */
  unavailableSince?: number;
  confirmed?: number;
  /** The first look. */
  since?: number;
  looks?: number;
  lastLook?: number;
  /** The oldest first. */
  steps?: WatchStep[];
}

export interface WatchRules {
  missesUntilOffline: number;
  /** Misses closer together than this count as one, milliseconds. */
  missInterval: number;
}

/** What changed with this look; undefined: nothing that anybody must be told. */
export type WatchEvent = "missed" | "offline" | "found" | "back-online";

interface Judged {
  watch: Watch;
  event?: WatchEvent;
}

/** The watch after one more look. Pure: the same looks at the same times give the same watch. */
export function nextWatch(before: Watch, look: Look, now: number, rules: WatchRules): Judged {
  const { watch, event } = judged(before, look, now, rules);
  const steps = [...(before.steps ?? []), ...stepsBetween(before, watch, event, now)].slice(-MOST_STEPS);
  return {
    watch: {
      ...watch,
      since: before.since ?? now,
      looks: (before.looks ?? 0) + 1,
      lastLook: now,
      ...(steps.length > 0 && { steps }),
    },
    ...(event && { event }),
  };
}

function judged(watch: Watch, look: Look, now: number, rules: WatchRules): Judged {
  if (look.result === "unavailable")
    return { watch: { ...watch, unavailableSince: watch.unavailableSince ?? now } };
  if (look.result === "online") return found(watch);
  if (watch.state === "offline") return { watch: answered(watch) };
  const tooSoon = watch.lastMiss !== undefined && now - watch.lastMiss < rules.missInterval;
  if (tooSoon) return { watch: answered(watch) };
  const misses = watch.misses + 1;
  const missed = { misses, firstMiss: watch.firstMiss ?? now, lastMiss: now };
  if (misses >= rules.missesUntilOffline)
    return { watch: { state: "offline", ...missed, confirmed: now }, event: "offline" };
  return { watch: { state: "missing", ...missed }, event: "missed" };
}

function found(watch: Watch): Judged {
  const online: Watch = { state: "online", misses: 0 };
  if (watch.state === "offline") return { watch: online, event: "back-online" };
  return watch.state === "missing" ? { watch: online, event: "found" } : { watch: online };
}

/** It answered again, so the silence is over. */
function answered(watch: Watch): Watch {
  const { state, misses, firstMiss, lastMiss, confirmed } = watch;
  return {
    state,
    misses,
    ...(firstMiss !== undefined && { firstMiss }),
    ...(lastMiss !== undefined && { lastMiss }),
    ...(confirmed !== undefined && { confirmed }),
  };
}

function stepsBetween(before: Watch, after: Watch, event: WatchEvent | undefined, at: number): WatchStep[] {
  const what: WatchStep["what"][] = [];
  const silent = after.unavailableSince !== undefined;
  if (silent !== (before.unavailableSince !== undefined)) what.push(silent ? "silent" : "answers");
  if (event === "missed" && after.misses === 1) what.push("first-missed");
  if (event === "offline" || event === "back-online") what.push(event);
  return what.map((one) => ({ at, what: one }));
}
