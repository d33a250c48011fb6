/** Units that reach the disk together. */
import type { Work } from "./unit.ts";

export interface Group extends Work {
  readonly onDisk: PromiseWithResolvers<void>;
}

export function emptyGroup(): Group {
  const onDisk = Promise.withResolvers<void>();
  // Whoever waits is told; when nobody does, a failure is not unhandled.
  onDisk.promise.catch(() => undefined);
  return { layer: new Map(), entries: [], announcements: [], afterwards: [], onDisk };
}

/** Nothing to write, and nobody to tell. */
export function isEmpty({ layer, entries, announcements, afterwards }: Work): boolean {
  return layer.size + entries.length + announcements.length + afterwards.length === 0;
}

/** Adds a unit to a group; the later change of a record wins. */
export function join(group: Group, unit: Work): void {
  for (const [id, change] of unit.layer) group.layer.set(id, change);
  group.entries.push(...unit.entries);
  group.announcements.push(...unit.announcements);
  group.afterwards.push(...unit.afterwards);
}
