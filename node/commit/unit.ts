/** One unit of work while it runs: its own changes over those that are not on disk yet, over the disk. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { NewEntry } from "../ledger/index.ts";
import type { Layer, Store } from "../store/index.ts";
import type { Announcement, Unit } from "./types.ts";

/** What a unit leaves to be written and told. */
export interface Work {
  readonly layer: Layer;
  readonly entries: NewEntry[];
  readonly announcements: Announcement[];
  readonly afterwards: (() => void)[];
}

export interface RunningUnit extends Work {
  readonly unit: Unit;
  /** Runs what `beforeCommit` was given, also what that adds in turn. */
  finish(): Promise<void>;
  /** From then on the unit takes nothing more: whatever still wants to write was not waited for. */
  end(): void;
  readonly running: boolean;
}

/** `below`: layers of earlier units, the newest first. */
export function beginUnit(store: Store, below: readonly Layer[], now: number): RunningUnit {
  const layer: Layer = new Map();
  const entries: NewEntry[] = [];
  const announcements: Announcement[] = [];
  const afterwards: (() => void)[] = [];
  const finishing: (() => Promise<void>)[] = [];
  const layers = [layer, ...below];
  let running = true;

  const checkRunning = () => {
    if (running) return;
    throw new WardlineError("commit/unit-over", "A unit of work was used after its end.", {
      advice: "Its work must wait for everything that it starts.",
    });
  };
  const set = (operation: Parameters<Store["change"]>[0]) => {
    checkRunning();
    const change = store.change(operation);
    layer.set(change.id, change);
  };
  const add = <T>(list: T[], one: T) => {
    checkRunning();
    list.push(one);
  };

  return {
    layer,
    entries,
    announcements,
    afterwards,
    unit: {
      ...store.through(() => layers),
      now,
      put: (collection, key, value) => set({ collection: collection as never, key, value }),
      add: (collection, key, value) => set({ collection: collection as never, key, value, added: true }),
      delete: (collection, key) => set({ collection: collection as never, key }),
      record: (entry) => add(entries, entry),
      announce: (event) => add(announcements, event),
      beforeCommit: (work) => add(finishing, work),
      afterCommit: (then) => add(afterwards, then),
    },
    async finish() {
      for (let work = finishing.shift(); work; work = finishing.shift()) await work();
    },
    end: () => void (running = false),
    get running() {
      return running;
    },
  };
}
