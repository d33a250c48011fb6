/**
 * Store: records in named collections, found by ordered tuples and by indexes that follow by themselves. On disk every
 * value is sealed and bound to its key, and key parts that would reveal something are blinded. Written only through
 * `commit/`. `OrderedStore` is the small door behind which the bytes are kept.
 */
export { blind, defineCollection, deleting, putting } from "./collection.ts";
export { masterKeyOf, type MasterKey } from "./keys.ts";
export { createStore, openStore, type Store, type StoreLimits, type StoreOptions } from "./store.ts";
export { openLevelStore, type LevelOptions } from "./level.ts";
export { withSegments, type SegmentLimits } from "./segments/index.ts";
export type { Change, Layer } from "./changes.ts";
export type { Blind, Collection, Entry, Key, KeyPart, ListOptions, Operation, Reader } from "./types.ts";
export type { OrderedStore, RawOperation, RawRange, RawReader, RawSnapshot } from "./ordered.ts";
