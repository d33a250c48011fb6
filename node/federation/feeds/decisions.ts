/**
 * What registrars decide about a feed that forked: the roster cuts the key off that signed both stories and names the last
 * block that counts. A frozen feed then goes on from there; what was held beyond it, or of the other story, is forgotten.
 */
import { blockHashOf, type AdvertRecord } from "@wardline/protocol/adverts";
import type { MemberId } from "@wardline/protocol/identity";
import type { Trust } from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import { blocks, feedStates, records, withdrawnRecords, type FeedState } from "./collections.ts";
import { agreesWith, decidedFeeds, type FeedEnd } from "./ends.ts";
import { deleteListed } from "./forgetting.ts";
import { staged } from "./incoming.ts";
import { unheld } from "./proofs.ts";
import { forgetSnapshot } from "./snapshots.ts";
import type { FeedStates } from "./states.ts";

/** Rows deleted in one unit. */
const AT_ONCE = 500;

interface Services {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly commit: Commit;
  readonly states: FeedStates;
  readonly feeds: {
    take(block: Uint8Array, by: MemberId): Promise<unknown>;
    tell(unit: Unit, author: MemberId, records: readonly AdvertRecord[]): Promise<void>;
  };
}

/** Lets every feed go on about which the roster has decided, when it is frozen or holds what does not count. Again changes nothing. */
export async function applyDecisions({ self, trust, commit, states, feeds }: Services): Promise<void> {
  for (const [feed, { author, end }] of decidedFeeds(trust())) {
    if (await commit.has(unheld, feed)) await commit.run((unit) => unit.delete(unheld, [feed]));
    const state = await commit.get(feedStates, feed);
    if (!state) continue;
    const isFrozen = state.frozen !== undefined;
    if (isFrozen && agreesWith(end, state.head)) await thaw(feed);
    else if (isFrozen || isPastOrAside(state, end)) await beginAgain(feed, author, end);
  }

  /** Who never saw the second story is not frozen, and may hold what does not count. */
  function isPastOrAside({ head }: FeedState, end: FeedEnd): boolean {
    return head.height >= end.height && !agreesWith(end, head);
  }

  async function thaw(feed: string): Promise<void> {
    await commit.run(async (unit) => {
      const state = await unit.get(feedStates, feed);
      if (state) states.put(unit, { ...state, frozen: undefined });
    });
  }

  /** By the own blocks where they lead to the end; else nothing is held, and others are asked. */
  async function beginAgain(feed: string, author: MemberId, end: FeedEnd): Promise<void> {
    const last = await commit.get(blocks, feed, end.height);
    const ours = last && blockHashOf(last) === end.head && (await commit.has(blocks, feed, 0));
    const keep = ours ? end.height : -1;
    for (let more = true; more;) more = await commit.run((unit) => forgetSome(unit, feed, author, keep));
    await commit.run((unit) => states.drop(unit, feed));
    for (let height = 0; height <= keep; height++) {
      const block = await commit.get(blocks, feed, height);
      if (block) await feeds.take(block, author);
    }
  }

  /** The feed stays frozen meanwhile. False: nothing is left. */
  async function forgetSome(unit: Unit, feed: string, author: MemberId, keep: number): Promise<boolean> {
    const gone = await Array.fromAsync(unit.list(records, { prefix: [feed], limit: AT_ONCE }));
    for (const { key } of gone) unit.delete(records, key);
    const told = gone.map(({ value }) => ({ ...value.record, action: "withdraw" as const }));
    if (author !== self && told.length > 0) await feeds.tell(unit, author, told);
    const beyond = { prefix: [feed], limit: AT_ONCE, ...(keep >= 0 && { after: [feed, keep] }) };
    const deleted =
      (await deleteListed(unit, withdrawnRecords, { prefix: [feed], limit: AT_ONCE })) +
      (await deleteListed(unit, staged, { prefix: [feed], limit: AT_ONCE })) +
      (await deleteListed(unit, blocks, beyond)) +
      (await forgetSnapshot(unit, feed, AT_ONCE));
    return gone.length + deleted > 0;
  }
}
