/** What delivery keeps: statements said and received, one row per delivery, envelope ids, and evidence. */
import type { ReceiptResult } from "@wardline/protocol/envelope";
import type { MemberId } from "@wardline/protocol/identity";
import { defineCollection } from "../../store/index.ts";

/** A statement with what proves it, as it is kept for ever. */
export interface KeptStatement {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyId: string;
}

/** Own statements. Key: statement id. */
export const said = defineCollection<KeptStatement>("federation.said", { writeOnce: true });

/** `waiting` until the recipient's receipt is in; then what the receipt says. */
export type DeliveryState = "waiting" | ReceiptResult;

export interface Delivery {
  readonly statement: string;
  readonly type: string;
  readonly to: MemberId;
  readonly sequence: number;
  /** The report it is about, if any. */
  readonly about: string;
  /** Bytes of the statement. */
  readonly size: number;
  readonly state: DeliveryState;
  /** Code of a rejection, or of what keeps it waiting. */
  readonly detail?: string;
  /** When it was said, then when the receipt came; milliseconds. */
  readonly at: number;
  /** The receipt's own number: a later one with a higher number supersedes it. */
  readonly receipt?: { readonly number: number; readonly at: number; readonly checkpoint: string };
}

/** Key: recipient, sequence. */
export const deliveries = defineCollection<Delivery>("federation.deliveries", {
  indexes: {
    /** Waiting, or unsupported by the recipient so far. */
    unsettled: ({ state, to }) => (state === "waiting" || state === "unsupported" ? [[to]] : []),
    about: ({ about }) => (about === "" ? [] : [[about]]),
  },
});

/** The last sequence given to a statement for a member. Key: member. */
export const sequences = defineCollection<number>("federation.sequences");

export interface Received extends KeptStatement {
  readonly author: MemberId;
  readonly type: string;
  readonly hash: string;
  readonly about: string;
  /** What the receipt says of it. */
  readonly result: ReceiptResult;
  readonly code?: string;
  readonly number: number;
  readonly at: number;
}

/** Others' statements. Key: statement id, author (ids are random, but an author chooses them). */
export const received = defineCollection<Received>("federation.received", {
  indexes: {
    about: ({ about }) => (about === "" ? [] : [[about]]),
    /** To be processed after an upgrade. */
    unsupported: ({ result, type }) => (result === "unsupported" ? [[type]] : []),
    /** The same, for each member's share of the room. */
    unsupportedOf: ({ result, author }) => (result === "unsupported" ? [[author]] : []),
  },
});

/** Envelope ids seen, until they expire. Key: day of expiry, id: a day's ids are removed together. */
export const envelopeIds = defineCollection<true>("federation.envelopes");

/** Which of a member's statements are here, by their sequence. Key: member. */
export interface Inflow {
  readonly epoch: number;
  /** All up to this one have arrived. */
  readonly contiguous: number;
  /** Arrived beyond it. */
  readonly beyond: readonly number[];
}
export const inflows = defineCollection<Inflow>("federation.inflows");

/** Envelopes kept unopened while the node knows no fresh membership. Key: envelope id. */
export const quarantine = defineCollection<{ readonly peer: string; readonly bytes: Uint8Array }>(
  "federation.quarantine",
  { indexes: { sender: ({ peer }) => [[peer]] } },
);
