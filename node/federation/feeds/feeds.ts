/**
 * Feeds at rest: the own one, which grows by publishing, and copies of the others', which grow by blocks that their
 * authors signed. A block and what it changes are stored in one unit of work.
 */
import type { Random } from "@wardline/protocol/encoding";
import {
  audienceNames,
  buildBlock,
  contradiction,
  feedId,
  mayRead,
  openBlock,
  refuseUnchained,
  type AdvertRecord,
  type Audience,
  type Block,
  type BlockHead,
} from "@wardline/protocol/adverts";
import { WardlineError, isWardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import { member, type Trust } from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import { blind, type Reader } from "../../store/index.ts";
import type { Keyring } from "../../vault/index.ts";
import { keepEvidence } from "../evidence.ts";
import {
  blocks,
  feedStates,
  records,
  withdrawnRecords,
  type FeedState,
  type RecordWithAuthor,
  type WithdrawnRecord,
} from "./collections.ts";

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
  /** A block of the own feed is on disk. */
  readonly onPublished: (block: Block) => void;
}

/** What became of a block: `gap` when those before it must be fetched first. */
export type BlockOutcome = "stored" | "known" | "gap" | "frozen" | "fork";

export interface Feeds {
  /** Appends to the own feed for this audience. Visible to it once the unit is on disk. */
  publish(unit: Unit, added: readonly AdvertRecord[], audience: Audience): Promise<void>;
  /** Called inside the unit that stores a block of another member. */
  onRecords(handler: RecordsHandler): void;
  /** Takes one block of another member's feed. Throws what `openBlock` throws, `advert/chain`, and `feed/not-for-you`. */
  take(bytes: Uint8Array): Promise<{ outcome: BlockOutcome; block: Block }>;
  /** How far each feed held here is, by feed id; as of what is on disk. */
  states(): Promise<ReadonlyMap<string, FeedState>>;
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
  /** Every hello names all feeds: they are read once. */
  const states = new Map<string, FeedState>();
  let reading: Promise<void> | undefined;

  async function readStates(): Promise<void> {
    for await (const { key, value } of services.commit.list(feedStates)) {
      // What was stored while this list ran is newer.
      if (!states.has(String(key[0]))) states.set(String(key[0]), value);
    }
  }

  function putState(unit: Unit, feed: string, state: FeedState): void {
    unit.put(feedStates, [feed], state);
    unit.afterCommit(() => states.set(feed, state));
  }

  async function publish(unit: Unit, added: readonly AdvertRecord[], audience: Audience): Promise<void> {
    for (let at = 0; at < added.length; at += RECORDS_PER_BLOCK) {
      const block = await buildNext(unit, feedId(self, audience), added.slice(at, at + RECORDS_PER_BLOCK));
      await append(unit, block);
      const { feed, height, hash, count } = block;
      unit.record({
        kind: "advert.published",
        subject: [],
        actor: self,
        detail: { feed, height, hash, count },
      });
      unit.afterCommit(() => services.onPublished(block));
    }
  }

  async function buildNext(unit: Unit, own: string, added: readonly AdvertRecord[]): Promise<Block> {
    const state = await unit.get(feedStates, own);
    const { epoch } = services;
    const height = state ? state.head.height + 1 : 0;
    const below = state ? { previous: state.head.hash } : {};
    const epochStart = state?.head.epoch === epoch ? state.head.epochStart : height;
    const firstSequence = state ? state.head.firstSequence + state.head.count : 0;
    const place = { author: self, feed: own, epoch, epochStart, height, ...below, firstSequence };
    return buildBlock(
      { ...place, records: added, time: unit.now, random },
      keyring.identity,
      services.trust().federationId,
    );
  }

  async function take(bytes: Uint8Array): Promise<{ outcome: BlockOutcome; block: Block }> {
    const block = openBlock(bytes, services.trust());
    // Whoever shows us what is not for us shall not make us keep it.
    if (!isReader(services.trust(), block.author, block.audience, self)) throw notForYou();
    const outcome = await services.commit.run((unit) => store(unit, block));
    return { outcome, block };
  }

  async function store(unit: Unit, block: Block): Promise<BlockOutcome> {
    const state = await unit.get(feedStates, block.feed);
    if (state?.frozen !== undefined) return "frozen";
    const rival = state && (await rivalOf(unit, state.head, block));
    if (state && rival) {
      const parts = [rival, block.bytes] as const;
      await keepEvidence(unit, { code: "advert/fork", member: block.author, parts });
      putState(unit, block.feed, { ...state, frozen: unit.now });
      unit.announce({ topic: "federation", id: block.author });
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
    await append(unit, block);
    if (block.author !== self)
      for (const handler of handlers) await handler(unit, block.author, block.records);
    return "stored";
  }

  /** The block of ours that contradicts this one, if any. */
  async function rivalOf(unit: Unit, head: BlockHead, block: Block): Promise<Uint8Array | undefined> {
    const heights = new Set([
      Math.min(block.height, head.height),
      head.height,
      block.height - 1,
      block.height + 1,
    ]);
    for (const height of heights) {
      if (height < 0 || height > head.height) continue;
      const held = await unit.get(blocks, block.feed, height);
      if (held && contradiction(openBlock(held, services.trust()), block)) return held;
    }
    return undefined;
  }

  async function append(unit: Unit, block: Block): Promise<void> {
    const { feed, author, hash, epoch, epochStart, height, previous, firstSequence, count } = block;
    const state = await unit.get(feedStates, feed);
    unit.put(blocks, [feed, height], block.bytes);
    let live = state?.live ?? 0;
    for (const record of block.records) live += await applyRecord(unit, block, record);
    const head = { feed, hash, epoch, epochStart, height, previous, firstSequence, count };
    putState(unit, feed, { author, head, live });
    unit.announce({ topic: "adverts", id: author });
  }

  return {
    publish,
    take,
    onRecords: (handler) => void handlers.push(handler),
    async states() {
      await (reading ??= readStates());
      return states;
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
        if (found) return found;
      }
      return undefined;
    },
    async *liveRecords(reader) {
      for await (const { value } of reader.list(records)) yield value;
    },
    async countBy(reader, author) {
      const states = audienceNames.map((audience) => reader.get(feedStates, feedId(author, audience)));
      return (await Promise.all(states)).reduce((sum, state) => sum + (state?.live ?? 0), 0);
    },
  };
}

/** Whether a member may hold a feed: one of its audience, and its author. */
export function isReader(trust: Trust, author: MemberId, audience: Audience, reader: MemberId): boolean {
  const kind = member(trust, reader)?.kind;
  return reader === author || (kind !== undefined && mayRead(audience, kind));
}

export const notForYou = () =>
  new WardlineError("feed/not-for-you", "The feed is for another audience, or unknown.");

/** Returns by how much the number of records in force changes. */
async function applyRecord(unit: Unit, block: Block, record: AdvertRecord): Promise<number> {
  const { author, audience, feed, height, time } = block;
  const key = [feed, record.id] as const;
  const held = await unit.get(records, ...key);
  if (record.action === "assert") {
    unit.put(records, key, { author, audience, record });
    unit.delete(withdrawnRecords, key);
    return held ? 0 : 1;
  }
  if (!held) return 0;
  unit.delete(records, key);
  unit.put(withdrawnRecords, key, { ...held, withdrawn: { at: time, feed, height } });
  return -1;
}
