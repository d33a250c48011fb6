/** The addresses that a run has found: each once, those that wait in the order in which they are visited. */
import type { CaptureSettings } from "../configuration/settings/capture.ts";
import type { Commit, Unit } from "../commit/index.ts";
import type { Collection, Reader } from "../store/index.ts";
import { frontier, waypointKey, type Run, type Waypoint } from "./run.ts";
import type { Steps } from "./steps.ts";

export type NewWaypoint = Omit<Waypoint, "run" | "number" | "waiting">;

/** Addresses that are written in one unit: others wait for its end. */
const together = 500;

/** The next to visit, at most so many. */
export async function waiting(reader: Reader, run: string, limit: number): Promise<Waypoint[]> {
  const found: Waypoint[] = [];
  for await (const { value } of reader.list(frontier, { index: "waiting", prefix: [run], limit }))
    if (found[0] === undefined || found[0].kind === value.kind) found.push(value);
  return found;
}

export const isSeen = (reader: Reader, run: string, url: string): Promise<boolean> =>
  reader.has(frontier, ...waypointKey(run, url));

/** Adds those that are new, and no more of a kind than the limits let be visited, and one: then the budget says so. */
export async function addWaypoints(
  {
    run: id,
    steps,
    settings: { limits },
  }: { run: string; steps: Steps; settings: Pick<CaptureSettings, "limits"> },
  found: readonly NewWaypoint[],
): Promise<void> {
  for (let at = 0; at < found.length; at += together)
    await steps.step(async (unit, before) => {
      const run = { ...before, pages: { ...before.pages }, items: { ...before.items } };
      for (const one of found.slice(at, at + together)) {
        const key = waypointKey(id, one.url);
        if (isFull(run, one, limits) || (await unit.has(frontier, ...key))) continue;
        unit.put(frontier, key, { ...one, run: id, number: run.next++, waiting: true });
        if (one.kind === "file") run.items.found += 1;
        else if (one.kind === "style") run.styles += 1;
        else run.pages.found += 1;
      }
      return run;
    });
}

function isFull(
  { items, pages, styles }: Run,
  { kind }: NewWaypoint,
  limits: CaptureSettings["limits"],
): boolean {
  if (kind === "file") return items.found > limits.items;
  return kind === "style" ? styles >= limits.styles : pages.found > limits.pages;
}

/** The address needs no visit any more; also one that was never found, but where a redirect led. */
export async function markDone(unit: Unit, run: string, url: string, spare?: string): Promise<void> {
  if (url === spare) return;
  const key = waypointKey(run, url);
  const { kind = "page", number = 0 } = (await unit.get(frontier, ...key)) ?? {};
  const done = { foundOn: "", depth: 0, nesting: 0 };
  unit.put(frontier, key, { ...done, run, kind, number, url: "", waiting: false });
}

/** Deletes a run's records, some at a time. */
export async function clearAll(
  commit: Commit,
  run: string,
  collections: readonly Collection<never>[],
): Promise<void> {
  for (const collection of collections)
    for (;;) {
      const cleared = await commit.run(async (unit) => {
        let count = 0;
        for await (const { key } of unit.list(collection, { prefix: [run], limit: together })) {
          unit.delete(collection, key);
          count += 1;
        }
        return count;
      });
      if (cleared < together) break;
    }
}
