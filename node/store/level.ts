/**
 * The embedded store: LevelDB through classic-level, with synced batches.
 *
 * LevelDB creates an empty database when files are missing, so it may only create on request; whether what was opened
 * is the node's own data is judged above it (`store.ts`, and the ledger at start).
 */
import { mkdir } from "node:fs/promises";
import { ClassicLevel } from "classic-level";
import { WardlineError } from "@wardline/protocol/encoding";
import type { OrderedStore } from "./ordered.ts";

const binary = { keyEncoding: "view", valueEncoding: "view" } as const;

/**
 * Opens the store in `folder`; with `create`, makes a new one there.
 * @throws `store/missing` (nothing there, or files lost), `store/exists`, `store/locked`, `store/damaged`
 */
export async function openLevelStore(folder: string, options: { create: boolean }): Promise<OrderedStore> {
  const level = new ClassicLevel<Uint8Array, Uint8Array>(folder, binary);
  if (options.create) await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await level.open({ createIfMissing: options.create, errorIfExists: options.create });
  } catch (error) {
    throw openingError(error, options.create);
  }
  return {
    get: (key) => level.get(key).catch(damaged),
    getMany: (keys) => level.getMany([...keys]).catch(damaged),
    batch: (operations) => level.batch([...operations], { sync: true }),
    async *range({ gte, lt, reverse = false, limit = -1 }) {
      try {
        yield* level.iterator({ gte, lt, reverse, limit });
      } catch (error) {
        damaged(error);
      }
    },
    close: () => level.close(),
  };
}

function damaged(cause: unknown): never {
  throw new WardlineError("store/damaged", "The store could not be read: files in it are damaged.", {
    advice: "Stop the node, keep a copy of the data folder, and restore the newest backup. Do not repair in place.",
    cause,
  });
}

function openingError(error: unknown, creating: boolean): WardlineError {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause ?? {};
  if (cause.code === "LEVEL_LOCKED") {
    return new WardlineError("store/locked", "Another process has this data folder open.", {
      advice: "Stop the other node first. One data folder serves one process.",
      cause: error,
    });
  }
  if (creating) {
    return new WardlineError("store/exists", "There is a store in this data folder already.", {
      advice: "Choose an empty folder for a new node.",
      cause: error,
    });
  }
  if (/does not exist/u.test(cause.message ?? "")) {
    return new WardlineError("store/missing", "There is no store in this data folder, or its files are lost.", {
      advice: "Check the path `dataFolder`. If this was a node, restore its newest backup.",
      cause: error,
    });
  }
  return new WardlineError("store/damaged", "The store could not be opened: files in it are damaged.", {
    advice: "Keep a copy of the data folder and restore the newest backup. Do not repair in place.",
    cause: error,
  });
}
