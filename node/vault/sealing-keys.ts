/**
 * The file of sealing keys: what opens envelopes and sessions. Replaced weekly, forgotten after 36 days, **never** part of a
 * backup, so that old envelopes stay closed even to one who later holds the node. Each change writes the file whole, and
 * overwrites the one before.
 */
import { decodeCbor, encodeCbor } from "@wardline/protocol/encoding";
import { sealingKeyFromSeed, type KeyId, type SealingSecretKey } from "@wardline/protocol/identity";
import { createQueue } from "./queue.ts";

/** A sealing key with the times between which the member card offers it, milliseconds. */
export interface DatedSealingKey extends SealingSecretKey {
  readonly from: number;
  readonly until: number;
  /** No longer offered, although its time is not over: it only opens what was sealed to it before. */
  readonly withdrawn?: boolean;
}

/** A key that was announced, and that nobody may seal to any more; its secret is gone. */
export interface RevokedSealingKey {
  readonly id: KeyId;
  /** When it would have come into use. */
  readonly from: number;
}

export interface SealingKeys {
  /** All sealing keys held, the oldest first. */
  sealing(): readonly DatedSealingKey[];
  /** Those that were revoked before they came into use. */
  revokedSealing(): readonly RevokedSealingKey[];
  /** The seed that opens what was sealed to this key; undefined once it was forgotten. */
  sealingSeed(id: KeyId): Uint8Array | undefined;
  /** Adds sealing keys; durable when it resolves. */
  addSealing(keys: readonly DatedSealingKey[]): Promise<void>;
  /** Forgets the sealing keys that were offered from before `time` on; gives their ids. Durable when it resolves. */
  forgetSealing(time: number): Promise<KeyId[]>;
  /**
   * Offers none of the keys held any more: those not in use by `now` are revoked and forgotten at once, that in use only
   * opens from here on. Durable when it resolves.
   */
  withdrawSealing(now: number): Promise<void>;
}

interface StoredSealingKey {
  readonly label: string;
  readonly secret: Uint8Array;
  readonly from: number;
  readonly until: number;
  readonly withdrawn?: boolean;
}

interface StoredState {
  readonly keys: readonly StoredSealingKey[];
  readonly revoked: readonly RevokedSealingKey[];
}

interface State {
  readonly keys: readonly DatedSealingKey[];
  readonly revoked: readonly RevokedSealingKey[];
}

/** @param content what `write` was given last, if anything */
export function createSealingKeys(
  content: Uint8Array | undefined,
  write: (content: Uint8Array) => Promise<void>,
): SealingKeys {
  let state = content ? decode(content) : { keys: [], revoked: [] };
  const inTurn = createQueue();

  async function replace(next: State): Promise<void> {
    const keys = next.keys.toSorted((a, b) => a.from - b.from);
    await write(encode({ ...next, keys }));
    const kept = new Set(keys.map(({ id }) => id));
    for (const { id, seed } of state.keys) if (!kept.has(id)) seed.fill(0);
    state = { ...next, keys };
  }

  return {
    sealing: () => state.keys,
    revokedSealing: () => state.revoked,
    sealingSeed: (id) => state.keys.find((held) => held.id === id)?.seed,
    addSealing: (added) =>
      inTurn(() => {
        const others = state.keys.filter(({ id }) => !added.some((one) => one.id === id));
        return replace({ ...state, keys: [...others, ...added] });
      }),
    forgetSealing: (time) =>
      inTurn(async () => {
        const old = state.keys.filter(({ from }) => from < time);
        if (old.length === 0) return [];
        const revoked = state.revoked.filter(({ from }) => from >= time);
        await replace({ keys: state.keys.filter(({ from }) => from >= time), revoked });
        return old.map(({ id }) => id);
      }),
    withdrawSealing: (now) =>
      inTurn(() => {
        const unused = state.keys.filter(({ from }) => from > now).map(({ id, from }) => ({ id, from }));
        const used = state.keys.filter(({ from }) => from <= now);
        const keys = used.map((key) => (key.until > now ? { ...key, withdrawn: true } : key));
        return replace({ keys, revoked: [...state.revoked, ...unused] });
      }),
  };
}

function encode({ keys, revoked }: State): Uint8Array {
  return encodeCbor({
    keys: keys.map(({ seed, from, until, withdrawn }) => ({
      ...{ label: "sealing, X-Wing", secret: seed, from, until },
      ...(withdrawn && { withdrawn }),
    })),
    revoked: revoked.map(({ id, from }) => ({ id, from })),
  });
}

/** Before keys could be revoked, the file held the list of keys alone. */
function decode(content: Uint8Array): State {
  const stored = decodeCbor(content) as readonly StoredSealingKey[] | StoredState;
  const { keys, revoked } = "revoked" in stored ? stored : { keys: stored, revoked: [] };
  return { keys: keys.map(keyFrom), revoked };
}

function keyFrom({ secret, from, until, withdrawn }: StoredSealingKey): DatedSealingKey {
  return { ...sealingKeyFromSeed(secret), from, until, ...(withdrawn && { withdrawn }) };
}
