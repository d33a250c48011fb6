/** A snapshot on its way in. */
import { defineCollection } from "../../store/index.ts";

/** Verified pieces of a snapshot that is not whole yet. Key: feed, digest. */
export const staged = defineCollection<Uint8Array>("federation.staged");

/** A whole snapshot that is being applied. */
export interface Adopting {
  readonly header: Uint8Array;
  /** The block that it ends with. */
  readonly head: Uint8Array;
  /** Pieces applied, and the records in force among them. */
  readonly applied: number;
  readonly live: number;
}

/** Key: feed. */
export const adopting = defineCollection<Adopting>("federation.adopting");
