/**
 * `/wardline/feed/1`: new blocks are pushed to connected members by their author; whoever finds in a hello that it is
 * behind pulls the range, from the author or from any other member. All blocks are signed, so it matters not from whom.
 */
import { z } from "zod";
import {
  SIGNED_HEADER_BYTES,
  audienceNames,
  audienceOf,
  blockHashOf,
  feedId,
  type Block,
} from "@wardline/protocol/adverts";
import { encodeCbor, hex, isWardlineError, unhex } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import { members, rosterVersion, type Trust } from "@wardline/protocol/roster";
import type { Commit } from "../../commit/index.ts";
import type { Clock, Log } from "../../telemetry/index.ts";
import type { Link, Links } from "../hello/links.ts";
import type { Hello } from "../hello/wire.ts";
import { bytesSchema, readMessage } from "../transport/messages.ts";
import type { Asker, Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import { createAdoption } from "./adoption.ts";
import { blocks, type FeedState } from "./collections.ts";
import { agreesWith, decidedFeeds } from "./ends.ts";
import type { BlockOutcome, Feeds } from "./feeds.ts";
import type { Holders } from "./holders.ts";
import { patienceWith } from "./patience.ts";
import { isReader, notForYou } from "./readers.ts";
import { answerSnapshot, snapshotRequests } from "./serve.ts";

const requestSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pull"), feed: bytesSchema(32), from: z.int().nonnegative() }),
  z.object({ kind: z.literal("push"), block: bytesSchema() }),
  z.object({
    kind: z.literal("proof"),
    parts: z.tuple([bytesSchema(SIGNED_HEADER_BYTES), bytesSchema(SIGNED_HEADER_BYTES)]),
  }),
  ...snapshotRequests,
]);
const pulledSchema = z.object({ blocks: z.array(bytesSchema()).max(64) });

type Request = z.infer<typeof requestSchema>;

/** Bytes of blocks in one answer, beyond the first block. */
const ANSWER_BYTES = 512 * 1024;

/** A member that a feed is pulled from, and when it last answered. */
interface Turn {
  readonly link: Link;
  heard: number;
}

export interface SyncServices {
  readonly protocol: Protocol;
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly feeds: Feeds;
  readonly holders: Holders;
  readonly commit: Commit;
  readonly links: Links;
  readonly registrar: () => Registrar;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Sync {
  /** Finishes a snapshot that was being applied when the node stopped. */
  start(): Promise<void>;
  /** How far the feeds held here are, for a hello to that member. */
  heads(to: MemberId): Promise<Hello["feeds"]>;
  /** Pulls what the hello of a linked member shows that we lack, and notes what it holds of ours. */
  compare(link: Link): Promise<void>;
  push(block: Block): void;
  /** Tells a member of the forks that are known here; once when it was met. */
  passOn(link: Link): Promise<void>;
  answer(request: Uint8Array, asker: Asker): Promise<Uint8Array>;
}

export function createSync(services: SyncServices): Sync {
  const { commit, feeds, protocol } = services;
  const pulling = new Map<string, Turn>();
  /** Who let a question about a feed lie, since somebody last answered all of them. */
  const silent = new Map<string, WeakSet<Link>>();
  const adoption = createAdoption(services);
  /** Member and feed whose snapshot was refused. */
  const refused = new Set<string>();
  const authorOf = createAuthorLookup(services.trust);

  async function heads(to: MemberId): Promise<Hello["feeds"]> {
    const found: Hello["feeds"] = [];
    for (const [feed, { head }] of await feeds.states()) {
      if (!readable(feed, to)) continue;
      const { epoch, height, hash } = head;
      found.push({ feed: unhex(feed, 32), epoch, height, head: unhex(hash, 32) });
    }
    return found;
  }

  async function compare(link: Link): Promise<void> {
    for (const theirs of link.theirs.feeds) {
      const feed = hex(theirs.feed);
      if (!readable(feed, services.self)) continue;
      if (authorOf(feed) === services.self) await services.holders.heard(link.member, theirs);
      const from = await missingFrom(feed, { ...theirs, hash: hex(theirs.head) });
      if (from !== undefined) await pull(link, feed, from);
    }
  }

  /** The height to pull from, or undefined when nothing of theirs is new to us. */
  async function missingFrom(
    feed: string,
    theirs: { epoch: number; height: number; hash: string },
  ): Promise<number | undefined> {
    const { height, hash: head } = theirs;
    const ours = (await feeds.states()).get(feed);
    if (!ours) return (await mayBegin(feed, theirs)) ? 0 : undefined;
    if (ours.frozen !== undefined || ours.head.hash === head) return undefined;
    if (height > ours.head.height) return (await mayGoOn(ours)) ? ours.head.height + 1 : undefined;
    const held = await commit.get(blocks, feed, height);
    // Another block at a height that we hold: fetched, because the two together are the proof.
    return held && blockHashOf(held) !== head ? height : undefined;
  }

  const mayGoOn = ({ author, head: { feed, firstSequence, count } }: FeedState) =>
    feeds.hasRoom(commit, author, feed, firstSequence + count + 1);

  /** Of a feed that forked and was decided about, only from whom holds the story that counts. */
  async function mayBegin(
    feed: string,
    theirs: { epoch: number; height: number; hash: string },
  ): Promise<boolean> {
    const decided = decidedFeeds(services.trust()).get(feed);
    return decided ? agreesWith(decided.end, theirs) : !(await feeds.proofs.isFrozen(commit, feed));
  }

  /** Pulls from that height on; a feed of which nothing is held begins with its snapshot, if there is one. */
  async function pull(link: Link, feed: string, from: number): Promise<void> {
    const held = pulling.get(feed);
    if (held && !mayTakeOver(held, link, feed)) return;
    const turn = { link, heard: services.clock.now() };
    pulling.set(feed, turn);
    try {
      const begun = from === 0 && (await beginWithSnapshot(turn, feed));
      await pullBlocks(turn, feed, begun ? await nextHeight(feed) : from);
      silent.delete(feed);
    } catch (error) {
      warn("a feed could not be pulled", error);
    } finally {
      if (pulling.get(feed) === turn) pulling.delete(feed);
    }
  }

  /** Each member that lets a question lie has one turn: two of them cannot hand a feed to each other for ever. */
  function mayTakeOver(held: Turn, link: Link, feed: string): boolean {
    const known = silent.get(feed) ?? new WeakSet();
    if (held.link === link || known.has(link)) return false;
    if (services.clock.now() - held.heard < patienceWith(pulling.size)) return false;
    silent.set(feed, known.add(held.link));
    return true;
  }

  /** One that is refused is not asked for again; the blocks say it all, too. */
  async function beginWithSnapshot(turn: Turn, feed: string): Promise<boolean> {
    const place = `${turn.link.member} ${feed}`;
    if (refused.has(place) || (await feeds.states()).has(feed)) return false;
    try {
      return await adoption.pull(feed, {
        ask: (request) => askIn(turn, request),
        blocks: (of, height) => blocksFrom(turn, of, height),
        member: turn.link.member,
      });
    } catch (error) {
      if (!isWardlineError(error, "advert/")) throw error;
      warn("a snapshot was refused", error);
      refused.add(place);
      return false;
    }
  }

  /** The next blocks travel while those before are verified and stored, many in one batch. */
  async function pullBlocks(turn: Turn, feed: string, from: number): Promise<void> {
    let got = await blocksFrom(turn, feed, from);
    for (let next = from; got.length > 0;) {
      next += got.length;
      const [following, ...outcomes] = await Promise.all([
        blocksFrom(turn, feed, next),
        ...got.map((bytes) => take(undefined, bytes, turn.link.member)),
      ]);
      got = outcomes.includes("full") ? [] : following;
    }
  }

  async function blocksFrom(turn: Turn, feed: string, from: number): Promise<Uint8Array[]> {
    const answered = await askIn(turn, { kind: "pull", feed: unhex(feed, 32), from });
    return readMessage(pulledSchema, answered).blocks;
  }

  async function take(link: Link | undefined, bytes: Uint8Array, by: MemberId): Promise<BlockOutcome> {
    const { outcome, block } = await feeds.take(bytes, by);
    if (outcome === "gap" && link) await pull(link, block.feed, await nextHeight(block.feed));
    if (outcome !== "fork") return outcome;
    // Whoever holds the same blocks finds out by this one; all others by the proof.
    push(block);
    await passOn(services.links.all());
    return outcome;
  }

  /** Tells members of forks; those that knew say so by doing nothing. */
  async function passOn(links: readonly Link[]): Promise<void> {
    for (const link of links)
      for (const parts of await feeds.proofs.about((feed) => readable(feed, link.member)))
        ask(link, { kind: "proof", parts: [...parts] }).catch((error: unknown) =>
          warn("a proof could not be passed on", error),
        );
  }

  async function nextHeight(feed: string): Promise<number> {
    const ours = (await feeds.states()).get(feed);
    return ours ? ours.head.height + 1 : 0;
  }

  function push(block: Block): void {
    for (const link of services.links.all()) {
      if (!readable(block.feed, link.member)) continue;
      ask(link, { kind: "push", block: block.bytes }).catch((error: unknown) =>
        warn("a block could not be pushed", error),
      );
    }
  }

  async function askIn(turn: Turn, request: Request): Promise<Uint8Array> {
    const answered = await ask(turn.link, request);
    turn.heard = services.clock.now();
    return answered;
  }

  const ask = (link: Link, request: Request) =>
    services.registrar().ask(link.connection, protocol, encodeCbor(request));

  async function answer(bytes: Uint8Array, asker: Asker): Promise<Uint8Array> {
    const request = readMessage(requestSchema, bytes);
    if (request.kind === "proof") {
      if (await feeds.proofs.take(request.parts)) await passOn(services.links.all());
      return new Uint8Array();
    }
    if (request.kind === "push") {
      await take(services.links.at(asker.peer), request.block, asker.member ?? "");
      return new Uint8Array();
    }
    const feed = hex(request.feed);
    if (!asker.member || !readable(feed, asker.member)) throw notForYou();
    if (request.kind === "pull") return encodeCbor({ blocks: await give(feed, request.from) });
    return encodeCbor(await answerSnapshot(commit, request));
  }

  async function give(feed: string, from: number): Promise<Uint8Array[]> {
    const given: Uint8Array[] = [];
    let bytes = 0;
    for (let height = from; given.length < 64 && bytes < ANSWER_BYTES; height++) {
      const block = await commit.get(blocks, feed, height);
      if (!block || (given.length > 0 && bytes + block.length > ANSWER_BYTES)) break;
      given.push(block);
      bytes += block.length;
    }
    return given;
  }

  function readable(feed: string, by: MemberId): boolean {
    const author = authorOf(feed);
    if (author === undefined) return false;
    const audience = audienceOf(feed, author);
    return audience !== undefined && isReader(services.trust(), author, audience, by);
  }

  function warn(message: string, error: unknown): void {
    services.log.warn({ code: isWardlineError(error) ? error.code : "internal" }, message);
  }

  return { start: adoption.resume, heads, compare, push, answer, passOn: (link) => passOn([link]) };
}

/** Feed ids are hashes: which member's one is, is computed for all members once per roster. */
function createAuthorLookup(trust: () => Trust): (feed: string) => MemberId | undefined {
  let version = -1;
  let authors = new Map<string, MemberId>();
  return (feed) => {
    const current = trust();
    if (rosterVersion(current) !== version) {
      version = rosterVersion(current);
      authors = new Map(
        members(current).flatMap(({ id }) => audienceNames.map((audience) => [feedId(id, audience), id])),
      );
    }
    return authors.get(feed);
  };
}
