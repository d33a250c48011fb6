/**
 * Feeds whose author told two stories: the proof is kept, the feed frozen, and the proof passed on to whoever may read the
 * feed. Two signed headers are enough, so everybody verifies it alone, also who holds neither block.
 */
import {
  SIGNED_HEADER_BYTES,
  blockHashOf,
  contradiction,
  audienceOf,
  openBlockHeader,
  readBlockHeader,
  type BlockHead,
} from "@wardline/protocol/adverts";
import { WardlineError, isWardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Trust } from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";
import { evidence, keepEvidence } from "../evidence.ts";
import { feedStates } from "./collections.ts";
import { isSettled } from "./ends.ts";
import { isReader, notForYou } from "./readers.ts";
import type { FeedStates } from "./states.ts";

/** Frozen feeds of which nothing is held. Key: feed. */
export const unheld = defineCollection<{ readonly since: number }>("federation.frozen");

/** The signed headers of two blocks. */
export type ForkProof = readonly [Uint8Array, Uint8Array];

export interface Proofs {
  /** Keeps the proof and takes nothing more of the feed. */
  freeze(
    unit: Unit,
    feed: string,
    author: MemberId,
    found: { readonly code: string; readonly parts: readonly [Uint8Array, Uint8Array] },
  ): Promise<void>;
  isFrozen(reader: Reader, feed: string): Promise<boolean>;
  /** Takes a proof that another member passes on. True: it was news. Throws what `openBlock` throws, and `feed/no-proof`. */
  take(proof: ForkProof): Promise<boolean>;
  /** Proofs that still hold, about feeds of which `readable` says so. */
  about(readable: (feed: string) => boolean): Promise<ForkProof[]>;
}

interface Services {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly commit: Commit;
  readonly states: FeedStates;
}

const FORK = "advert/fork";

export function createProofs({ self, trust, commit, states }: Services): Proofs {
  async function isFrozen(reader: Reader, feed: string): Promise<boolean> {
    const state = await reader.get(feedStates, feed);
    return state ? state.frozen !== undefined : reader.has(unheld, feed);
  }

  const freeze: Proofs["freeze"] = async (unit, feed, author, { code, parts }) => {
    await keepEvidence(unit, { code, member: author, parts });
    const state = await unit.get(feedStates, feed);
    if (state) states.put(unit, { ...state, frozen: unit.now });
    else unit.put(unheld, [feed], { since: unit.now });
    unit.announce({ topic: "federation", id: author });
  };

  /** The author's headers, when both are its own and cannot both be honest. */
  function verified(proof: ForkProof): (BlockHead & { readonly author: MemberId })[] | undefined {
    if (proof.every((part) => isSettled(trust(), readBlockHeader(part)))) return undefined;
    const heads = proof.map((part) => ({ ...openBlockHeader(part, trust()), hash: blockHashOf(part) }));
    const [one, other] = heads;
    return one && other && contradiction(one, other) ? heads : undefined;
  }

  return {
    freeze,
    isFrozen,
    async take(proof) {
      const [head] = verified(proof) ?? [];
      if (!head) throw new WardlineError("feed/no-proof", "The two blocks do not contradict each other.");
      const { feed, author } = head;
      const audience = audienceOf(feed, author);
      if (!audience || !isReader(trust(), author, audience, self)) throw notForYou();
      return commit.run(async (unit) => {
        if (await isFrozen(unit, feed)) return false;
        await freeze(unit, feed, author, { code: FORK, parts: proof });
        return true;
      });
    },
    async about(readable) {
      const found: ForkProof[] = [];
      for await (const { value } of commit.list(evidence, { prefix: [FORK] })) {
        const [one, other] = value.parts.map((part) => part.slice(0, SIGNED_HEADER_BYTES));
        if (!one || !other || !readable(readBlockHeader(one).feed)) continue;
        if (holds([one, other])) found.push([one, other]);
      }
      return found;
    },
  };

  /** Once the roster has cut a key off, one of the two counts no more, and the proof with it. */
  function holds(proof: ForkProof): boolean {
    try {
      return verified(proof) !== undefined;
    } catch (error) {
      if (isWardlineError(error)) return false;
      throw error;
    }
  }
}
