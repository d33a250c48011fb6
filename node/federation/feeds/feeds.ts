/**
 * Feeds at rest: the own one, which grows by publishing, and copies of the others', which grow by blocks that their
 * authors signed. A block and what it changes are stored in one unit of work.
 */
import type { Random } from "@wardline/protocol/encoding";
import {
  NO_HASH,
  audienceNames,
  blockHashOf,
  buildBlock,
  contradiction,
  feedId,
  openBlock,
  readBlockHeader,
  readSnapshot,
  refuseUnchained,
  snapshotHash,
  type AdvertRecord,
  type Audience,
  type Block,
  type BlockHead,
} from "@wardline/protocol/adverts";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Trust } from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import { blind, type Reader } from "../../store/index.ts";
import type { Keyring } from "../../vault/index.ts";
import { applyBlock } from "./apply.ts";
import {
  blocks,
  feedStates,
  isAdvert,
  records,
  withdrawnRecords,
  type FeedState,
  type RecordWithAuthor,
  type WithdrawnRecord,
} from "./collections.ts";
import { applyDecisions } from "./decisions.ts";
import { isSettled } from "./ends.ts";
import { adopting } from "./incoming.ts";
import { createProofs, type Proofs } from "./proofs.ts";
import { isReader, notForYou } from "./readers.ts";
import { makeSnapshot, newestSnapshot, settleSnapshot } from "./snapshots.ts";
import { createFeedStates } from "./states.ts";
import { refuseErased } from "./whole.ts";

export type RecordsHandler = (
  unit: Unit,
  author: MemberId,
  records: readonly AdvertRecord[],
) => Promise<void>;

export interface FeedsServices {
  readonly self: MemberId;
  readonly epoch: number;
  readonly trust: () => Trust;
  readonly keyring: Keyring;
  readonly commit: Commit;
  readonly random: Random;
  /** Blocks from one snapshot of an own feed to the next. */
  readonly snapshotBlocks: number;
  /** Records that another member may publish, over all its feeds. */
  readonly recordsPerMember: number;
  /** A member has published more than that. */
  readonly onFull: (author: MemberId) => void;
  /** Others gave back what this node signed and had lost. */
  readonly onOwnFound: (unit: Unit) => Promise<void>;
  /** A block of the own feed is on disk. */
  readonly onPublished: (block: Block) => void;
}

/** What became of a block: `gap` when those before it must be fetched first, `full` when its author has had its share. */
export type BlockOutcome = "stored" | "known" | "gap" | "frozen" | "fork" | "full";

export interface Feeds {
  /** Appends to the own feed for this audience. Visible to it once the unit is on disk. */
  publish(unit: Unit, added: readonly AdvertRecord[], audience: Audience): Promise<void>;
  /** The first block of this epoch in every own feed, empty; gives where the epoch before ended. */
  openEpoch(unit: Unit): Promise<Pick<BlockHead, "feed" | "epoch" | "height" | "hash">[]>;
  /** Called inside the unit that stores a block of another member. */
  onRecords(handler: RecordsHandler): void;
  /** Takes one block of another member's feed as `by` gave it. Throws what `openBlock` throws, `advert/chain`, `advert/erased-entry`, and `feed/not-for-you`. */
  take(bytes: Uint8Array, by: MemberId): Promise<{ outcome: BlockOutcome; block: Block }>;
  /** Whether the author's share has room for so many records in this feed, from its beginning on. */
  hasRoom(reader: Reader, author: MemberId, feed: string, sequences: number): Promise<boolean>;
  /** How far each feed held here is, by feed id; as of what is on disk. */
  states(): Promise<ReadonlyMap<string, FeedState>>;
  readonly proofs: Proofs;
  /** Lets frozen feeds go on about which the roster has decided; call when membership has changed. */
  decide(): Promise<void>;
  /** Tells all handlers of records that another member's snapshot holds. */
  tell(unit: Unit, author: MemberId, records: readonly AdvertRecord[]): Promise<void>;
  /** From here on the feed is held, up to this block: its snapshot was applied. */
  begin(unit: Unit, head: Block, live: number): Promise<void>;
  findBySha256(reader: Reader, sha256: string): Promise<RecordWithAuthor[]>;
  /** Every record on a file with this SHA-256, SHA-1 or MD5, the withdrawn ones too; at most `MOST_ADVERTS` of each. */
  adverts(reader: Reader, digest: string): Promise<Advert[]>;
  /** One record, in force or withdrawn. */
  advert(reader: Reader, author: MemberId, record: string): Promise<Advert | undefined>;
  liveRecords(reader: Reader): AsyncIterable<RecordWithAuthor>;
  countBy(reader: Reader, author: MemberId): Promise<number>;
}

/** A record as it stands: in force, or taken back by its author. */
export type Advert = RecordWithAuthor & Partial<Pick<WithdrawnRecord, "withdrawn">>;

/** More than an honest federation says of one file; what one looks at is bounded, what rules weigh is not. */
const MOST_ADVERTS = 1000;

/** Records of the largest size allowed that fit into a block of 1 MiB. */
const RECORDS_PER_BLOCK = 250;

export function createFeeds(services: FeedsServices): Feeds {
  const { self, keyring, random } = services;
  const handlers: RecordsHandler[] = [];
  const states = createFeedStates(services.commit);
  const proofs = createProofs({ ...services, states });
  let deciding = Promise.resolve();

  async function publish(unit: Unit, added: readonly AdvertRecord[], audience: Audience): Promise<void> {
    for (let at = 0; at < added.length; at += RECORDS_PER_BLOCK) {
      await publishBlock(unit, feedId(self, audience), added.slice(at, at + RECORDS_PER_BLOCK));
    }
  }

  async function publishBlock(unit: Unit, own: string, added: readonly AdvertRecord[]): Promise<void> {
    const block = await buildNext(unit, own, added);
    await append(unit, block);
    const { feed, height, hash, count } = block;
    const detail = { feed, height, hash, count };
    unit.record({ kind: "advert.published", subject: [], actor: self, detail });
    unit.afterCommit(() => services.onPublished(block));
  }

  async function openEpoch(unit: Unit): Promise<Pick<BlockHead, "feed" | "epoch" | "height" | "hash">[]> {
    const ends: Pick<BlockHead, "feed" | "epoch" | "height" | "hash">[] = [];
    for (const audience of audienceNames) {
      const state = await unit.get(feedStates, feedId(self, audience));
      if (!state || state.head.epoch >= services.epoch) continue;
      const { feed, epoch, height, hash } = state.head;
      ends.push({ feed, epoch, height, hash });
      await publishBlock(unit, feed, []);
    }
    return ends;
  }

  async function buildNext(unit: Unit, own: string, added: readonly AdvertRecord[]): Promise<Block> {
    const state = await unit.get(feedStates, own);
    const { epoch } = services;
    const height = state ? state.head.height + 1 : 0;
    const below = state ? { previous: state.head.hash } : {};
    const epochStart = state?.head.epoch === epoch ? state.head.epochStart : height;
    const firstSequence = state ? sequencesOf(state.head) : 0;
    const snapshot = await snapshotDue(unit, state);
    const place = {
      author: self,
      feed: own,
      epoch,
      epochStart,
      height,
      ...below,
      firstSequence,
      ...snapshot,
    };
    return buildBlock(
      { ...place, records: added, time: unit.now, random },
      keyring.identity,
      services.trust().federationId,
    );
  }

  /** What the next own block names, when enough blocks have come since the last snapshot. */
  async function snapshotDue(unit: Unit, state: FeedState | undefined): Promise<{ snapshot?: string }> {
    if (!state) return {};
    const last = await newestSnapshot(unit, state.head.feed);
    const since = last ? readSnapshot(last).height : -1;
    if (state.head.height - since < services.snapshotBlocks) return {};
    const made = await makeOwn(unit, state);
    return made ? { snapshot: snapshotHash(made) } : {};
  }

  async function take(bytes: Uint8Array, by: MemberId): Promise<{ outcome: BlockOutcome; block: Block }> {
    const block = openBlock(bytes, services.trust());
    refuseErased(block, by);
    // Whoever shows us what is not for us shall not make us keep it.
    if (!isReader(services.trust(), block.author, block.audience, self)) throw notForYou();
    const outcome = await services.commit.run((unit) => store(unit, block));
    return { outcome, block };
  }

  async function store(unit: Unit, block: Block): Promise<BlockOutcome> {
    if (await unit.has(adopting, block.feed)) return "gap";
    const state = await unit.get(feedStates, block.feed);
    if (await proofs.isFrozen(unit, block.feed)) return "frozen";
    const rival = state && (await rivalOf(unit, state, block));
    if (state && rival) {
      // What the roster has decided is no news.
      if ([rival, block.bytes].every((part) => isSettled(services.trust(), readBlockHeader(part))))
        return "known";
      const parts = [rival, block.bytes] as const;
      await proofs.freeze(unit, block.feed, block.author, { code: "advert/fork", parts });
      return "fork";
    }
    // Below our head and no contradiction: one of those that we hold.
    if (state && block.height <= state.head.height) return "known";
    try {
      refuseUnchained(state?.head, block);
    } catch (error) {
      if (isWardlineError(error, "advert/known")) return "known";
      if (isWardlineError(error, "advert/gap")) return "gap";
      throw error;
    }
    if (!(await hasRoom(unit, block.author, block.feed, block.firstSequence + block.count))) return "full";
    if (await namesAnotherSnapshot(unit, state, block)) return "fork";
    await append(unit, block);
    if (block.author === self) await services.onOwnFound(unit);
    else await tell(unit, block.author, block.records);
    return "stored";
  }

  async function hasRoom(
    reader: Reader,
    author: MemberId,
    feed: string,
    sequences: number,
  ): Promise<boolean> {
    if (author === self) return true;
    const others = audienceNames.map((audience) => feedId(author, audience)).filter((id) => id !== feed);
    const states = await Promise.all(others.map((id) => reader.get(feedStates, id)));
    const published = states.reduce((sum, state) => sum + (state ? sequencesOf(state.head) : 0), sequences);
    const room = published <= services.recordsPerMember;
    if (!room) services.onFull(author);
    return room;
  }

  async function tell(unit: Unit, author: MemberId, told: readonly AdvertRecord[]): Promise<void> {
    for (const handler of handlers) await handler(unit, author, told);
  }

  /**
   * Who names a snapshot that the blocks do not make misleads whoever comes later. Everybody who holds the blocks finds
   * out by making it too; the block and the true snapshot are the proof.
   */
  async function namesAnotherSnapshot(
    unit: Unit,
    state: FeedState | undefined,
    block: Block,
  ): Promise<boolean> {
    if (block.snapshot === NO_HASH) return false;
    const made = await makeOwn(unit, state);
    if (!state || !made || snapshotHash(made) === block.snapshot) return false;
    await settleSnapshot(unit, block.feed, undefined);
    const parts = [block.bytes, made] as const;
    await proofs.freeze(unit, block.feed, block.author, { code: "advert/false-snapshot", parts });
    return true;
  }

  const makeOwn = async (unit: Unit, state: FeedState | undefined) =>
    state && makeSnapshot(unit, state, services.trust().federationId);

  /** The block of ours that contradicts this one, if any. */
  async function rivalOf(
    unit: Unit,
    { head, openings = [] }: FeedState,
    block: Block,
  ): Promise<Uint8Array | undefined> {
    if (contradiction(head, block)) return unit.get(blocks, head.feed, head.height);
    const { height } = block;
    for (const at of new Set([height, height - 1, height + 1, ...openings])) {
      if (at < 0 || at >= head.height) continue;
      const held = await unit.get(blocks, block.feed, at);
      if (held && contradiction({ ...readBlockHeader(held), hash: blockHashOf(held) }, block)) return held;
    }
    return undefined;
  }

  async function append(unit: Unit, block: Block): Promise<void> {
    const { feed, author, height, count } = block;
    const state = await unit.get(feedStates, feed);
    unit.put(blocks, [feed, height], block.bytes);
    const exact = (state ? state.exact === true : height === 0) && block.records.length === count;
    if (block.snapshot !== NO_HASH)
      await settleSnapshot(unit, feed, exact ? await makeOwn(unit, state) : undefined);
    const live = (state?.live ?? 0) + (await applyBlock(unit, block));
    const opened = state !== undefined && state.head.epoch !== block.epoch;
    const openings = opened ? { openings: [...(state.openings ?? []), height] } : {};
    states.put(unit, { ...state, author, head: headOf(block), live, exact, ...openings });
    unit.announce({ topic: "adverts", id: author });
  }

  return {
    publish,
    openEpoch,
    take,
    onRecords: (handler) => void handlers.push(handler),
    hasRoom,
    states: states.all,
    decide: () =>
      (deciding = deciding.then(() => applyDecisions({ ...services, states, feeds: { take, tell } }))),
    proofs,
    tell,
    async begin(unit, block, live) {
      if (block.author === self) await services.onOwnFound(unit);
      states.put(unit, { author: block.author, head: headOf(block), live, exact: true });
      unit.announce({ topic: "adverts", id: block.author });
    },
    async findBySha256(reader, sha256) {
      const found = reader.list(records, { index: "digest", prefix: [blind(sha256)] });
      return (await Array.fromAsync(found)).map(({ value }) => value);
    },
    async adverts(reader, digest) {
      const said = { index: "digest", prefix: [blind(digest)], limit: MOST_ADVERTS };
      const found = [
        ...(await Array.fromAsync(reader.list(records, said))),
        ...(await Array.fromAsync(reader.list(withdrawnRecords, said))),
      ];
      return found.map(({ value }) => value);
    },
    async advert(reader, author, record) {
      for (const audience of audienceNames) {
        const key = [feedId(author, audience), record] as const;
        const found = (await reader.get(records, ...key)) ?? (await reader.get(withdrawnRecords, ...key));
        if (found && isAdvert(found.record)) return found;
      }
      return undefined;
    },
    async *liveRecords(reader) {
      for await (const { value } of reader.list(records)) if (isAdvert(value.record)) yield value;
    },
    async countBy(reader, author) {
      const states = audienceNames.map((audience) => reader.get(feedStates, feedId(author, audience)));
      return (await Promise.all(states)).reduce((sum, state) => sum + (state?.live ?? 0), 0);
    },
  };
}

/** Records in the feed up to here, whatever became of them. */
const sequencesOf = ({ firstSequence, count }: BlockHead) => firstSequence + count;

function headOf(block: Block): BlockHead {
  const { feed, hash, epoch, epochStart, height, previous, firstSequence, count } = block;
  return { feed, hash, epoch, epochStart, height, previous, firstSequence, count };
}
