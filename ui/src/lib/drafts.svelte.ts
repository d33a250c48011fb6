/**
 * Verdicts as fast as they are given: each is on the screen at once, is sent in the order given, and when the node
 * refuses one, its item comes back on screen with the reason. Undo takes back the newest first.
 */
import { tick } from "svelte";
import { api } from "./api.ts";
import type { Item } from "./types.ts";

type Draft = NonNullable<Item["draft"]>;

export interface Drafts {
  /** The items with what was given here and is not confirmed yet. */
  readonly items: readonly Item[];
  readonly problem: unknown;
  readonly canUndo: boolean;
  give(item: Item, draft: Draft): void;
  /** Brings the newest item back on screen, then takes its verdict back. */
  undo(): Promise<void>;
}

export function createDrafts(options: {
  items: () => readonly Item[];
  /** Called after the node took each verdict; resolves once the items show it. */
  changed: () => Promise<void>;
  /** Puts an item on screen. */
  show: (item: string) => void;
}): Drafts {
  /** By item; `null` where there is none any more. */
  let unconfirmed = $state.raw<Readonly<Record<string, Draft | null>>>({});
  let given = $state.raw<readonly { item: string; before: Draft | undefined }[]>([]);
  let problem = $state.raw<unknown>();
  let line: Promise<void> = Promise.resolve();
  const items = $derived(options.items().map(withUnconfirmed));

  function withUnconfirmed(item: Item): Item {
    const draft = unconfirmed[item.id];
    if (draft === undefined) return item;
    if (draft !== null) return { ...item, draft };
    const bare = { ...item };
    delete bare.draft;
    return bare;
  }

  function send(item: string, draft: Draft | undefined): void {
    problem = undefined;
    const mine = draft ?? null;
    unconfirmed = { ...unconfirmed, [item]: mine };
    line = line.then(async () => {
      try {
        if (draft) await api.put(`/items/${item}/draft`, draft);
        else await api.delete(`/items/${item}/draft`);
        await options.changed();
      } catch (refusal) {
        problem = refusal;
        given = given.filter((one) => one.item !== item);
        options.show(item);
      }
      // A later word about the same item is still on its way: it stays.
      if (unconfirmed[item] !== mine) return;
      const rest = { ...unconfirmed };
      delete rest[item];
      unconfirmed = rest;
    });
  }

  return {
    get items() {
      return items;
    },
    get problem() {
      return problem;
    },
    get canUndo() {
      return given.length > 0;
    },
    give(item, draft) {
      given = [...given, { item: item.id, before: item.draft }];
      send(item.id, draft);
    },
    async undo() {
      const last = given.at(-1);
      if (!last) return;
      given = given.slice(0, -1);
      // First on screen, then changed: nothing is taken back unseen.
      options.show(last.item);
      await tick();
      send(last.item, last.before);
    },
  };
}
