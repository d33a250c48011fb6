/** What holds cost: how long the addresses stayed online, how often they were looked at, what vanished or moved meanwhile. */
import type { Reader } from "../../store/index.ts";
import type { Look } from "../watch.ts";
import { helds, holds, type Held, type HeldUrl, type HoldOutcome } from "./records.ts";

/** Totals since the hold began. Times in milliseconds. */
export interface HoldCost {
  reports: number;
  watched: number;
  noticedBefore: number;
  looks: number;
  onlineFor: number;
  gone: number;
  moved: number;
}

const costParts = ["reports", "watched", "noticedBefore", "looks", "onlineFor", "gone", "moved"] as const;

/**
 * An address after one more look. Time counts as online between two looks that found it, silence between them included;
 * never before the first look nor after the last.
 */
export function afterLook(url: HeldUrl, look: Look, now: number): HeldUrl {
  const { lastOnline, ...rest } = url;
  const looks = url.looks + 1;
  if (look.result === "unavailable") return { ...url, looks };
  if (look.result === "missing") return { ...rest, looks };
  const onlineFor = url.onlineFor + (lastOnline === undefined ? 0 : now - lastOnline);
  return { ...rest, looks, onlineFor, lastOnline: now };
}

export async function heldOf(reader: Reader, hold: string): Promise<Held[]> {
  const found: Held[] = [];
  for await (const { value } of reader.list(helds, { prefix: [hold] })) found.push(value);
  return found;
}

export function costOf(all: readonly Held[]): HoldCost {
  const urls = all.flatMap((held) => held.urls);
  const sum = (of: (url: HeldUrl) => number) => urls.reduce((total, url) => total + of(url), 0);
  return {
    reports: all.length,
    watched: urls.length,
    noticedBefore: all.reduce(
      (total, held) => total + (held.noticedBefore === undefined ? 0 : held.urls.length),
      0,
    ),
    looks: sum((url) => url.looks),
    onlineFor: sum((url) => url.onlineFor),
    gone: urls.filter((url) => url.gone !== undefined).length,
    moved: urls.filter((url) => url.moved !== undefined).length,
  };
}

export interface HoldStatistic extends HoldCost {
  holds: number;
  inForce: number;
  /** How those ended that are over. */
  ended: Record<HoldOutcome, number>;
}

/** Of the holds that were placed in this time: no names, addresses or matters. */
export async function holdStatistic(reader: Reader, from: number, until: number): Promise<HoldStatistic> {
  const ended = { "may-notify": 0, "do-not-notify": 0, expired: 0 };
  let [count, inForce] = [0, 0];
  const total = costOf([]);
  for await (const { value } of reader.list(holds, { index: "placed", after: [from - 1] })) {
    if (value.placed >= until) break;
    count++;
    if (value.outcome) ended[value.outcome]++;
    else inForce++;
    const cost = costOf(await heldOf(reader, value.id));
    for (const part of costParts) total[part] += cost[part];
  }
  return { holds: count, inForce, ended, ...total };
}
