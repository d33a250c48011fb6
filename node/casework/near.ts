/** Pictures that look like known ones (PDQ). A near match never decides anything by itself. */
import { HashingError, createMatchIndex, type Entry, type MatchIndex } from "@wardline/hashing/index";
import type { AdvertRecord } from "@wardline/protocol/adverts";
import type { Verdict } from "@wardline/protocol/vocabulary";

export interface Near {
  member: string;
  verdict: Verdict;
  distance: number;
}

/** A record whose picture looks like the one asked for. */
export interface NearRecord {
  member: string;
  record: string;
  distance: number;
}

export interface NearMatches {
  /** Learns what the feeds hold; call once, before anything is asked. */
  start(): Promise<void>;
  /** The nearest known picture within the settings' distance and quality, when there is one. */
  nearest(pdq: string | undefined, quality: number | undefined): Promise<Near | undefined>;
  /** The records whose pictures are within the settings' distance of this PDQ hash, the nearest first. */
  around(pdq: string, limit: number): Promise<NearRecord[]>;
  /** In force for every `nearest` that follows. A flat picture's hash, which would match every other, is left out. */
  learn(author: string, record: AdvertRecord): void;
  forget(author: string, record: string): void;
  stop(): Promise<void>;
}

/** Every live record with its author. */
type Feeds = () => AsyncIterable<{ author: string; record: AdvertRecord }>;

/** All that members said they saw, in one list. */
const SEEN = "seen";
/** Some ten thousand pictures of one organisation and its peers take one thread less than a millisecond. */
const THREADS = 1;
/** Entries that the thread is given at once: what feeds bring by the thousand costs a message for each otherwise. */
const TOGETHER = 1024;
/** Of a hash that a person asks for, of whose picture nothing is known. */
const BEST_QUALITY = 100;

/**
 * Made from the feeds at start, kept current by `learn`, and made again from them should its thread die. It is in memory
 * alone, so it cannot be wrong on disk. The thread starts with the first picture.
 */
export function createNearMatches(
  settings: { nearDistance: number; nearQuality: number },
  feeds: Feeds,
): NearMatches {
  const lists = [
    { id: SEEN, name: "What members saw", distance: settings.nearDistance, quality: settings.nearQuality },
  ];
  let keys = createKeys();
  let index: Promise<MatchIndex> | undefined;
  let changes: Promise<unknown> = Promise.resolve();
  /** Learned, and not given to the thread yet; everything that is asked or removed comes after them. */
  let waiting: Entry[] = [];
  let broken = false;

  const opened = () => (index ??= createMatchIndex({ lists, threads: THREADS }));
  const change = (work: (index: MatchIndex) => Promise<void>) => {
    changes = changes.then(async () => {
      try {
        await work(await opened());
      } catch {
        broken = true;
      }
    });
  };
  /** A flat picture's hash among them, which is refused, does not keep out the others. */
  const addAll = async (known: MatchIndex, entries: readonly Entry[]) => {
    try {
      await known.add(entries);
    } catch (error) {
      if (!isFlat(error)) throw error;
      for (const entry of entries)
        await known.add([entry]).catch((one: unknown) => {
          if (!isFlat(one)) throw one;
        });
    }
  };
  const giveWaiting = () => {
    const entries = waiting;
    waiting = [];
    if (entries.length > 0) change((known) => addAll(known, entries));
  };
  const close = async () => (await index?.catch(() => undefined))?.close();
  const learn: NearMatches["learn"] = (author, { id, digests, verdict, basis }) => {
    const { pdq, quality } = digests;
    if (basis !== "seen" || verdict === "not-illegal" || pdq === undefined || quality === undefined) return;
    waiting.push({ list: SEEN, key: keys.of(author, id), source: author, verdict, pdq, quality });
    if (waiting.length >= TOGETHER) giveWaiting();
  };
  const start = async () => {
    for await (const { author, record } of feeds()) {
      learn(author, record);
      // No more than a batch is on its way.
      await changes;
    }
    giveWaiting();
    await changes;
  };
  const startAgain = async () => {
    await close();
    [index, keys, broken, waiting] = [undefined, createKeys(), false, []];
    await start();
  };
  const matchesOf = async (pdq: string, quality: number, limit: number) =>
    index ? (await (await index).match({ pdq, quality }, { limit })).matches : [];
  const look: typeof matchesOf = async (...asked) => {
    giveWaiting();
    await changes;
    if (broken) await startAgain();
    try {
      return await matchesOf(...asked);
    } catch (error) {
      if (!(error instanceof HashingError && error.code === "hashing/index-crashed")) throw error;
      await startAgain();
      return matchesOf(...asked);
    }
  };

  return {
    start,
    learn,
    forget(author, record) {
      const key = keys.forget(author, record);
      if (key === undefined) return;
      giveWaiting();
      change((known) => known.remove([{ list: SEEN, key }]));
    },
    async nearest(pdq, quality) {
      if (pdq === undefined || quality === undefined) return undefined;
      const [match] = await look(pdq, quality, 1);
      return match && { member: match.source, verdict: match.verdict as Verdict, distance: match.distance };
    },
    async around(pdq, limit) {
      const matches = await look(pdq, BEST_QUALITY, limit);
      return matches.flatMap(({ key, source: member, distance }) => {
        const record = keys.recordOf(key);
        return record === undefined ? [] : [{ member, record, distance }];
      });
    },
    stop: async () => void (await close()),
  };
}

const isFlat = (error: unknown) => error instanceof HashingError && error.code === "hashing/pdq-constant";

/** Numbers for records, as the index knows its entries. */
function createKeys() {
  const keys = new Map<string, number>();
  const ids = new Map<number, string>();
  let next = 0;
  const nameOf = (author: string, record: string) => `${author}/${record}`;
  return {
    of(author: string, record: string): number {
      const key = keys.get(nameOf(author, record)) ?? next++;
      keys.set(nameOf(author, record), key);
      ids.set(key, record);
      return key;
    },
    recordOf: (key: number) => ids.get(key),
    forget(author: string, record: string): number | undefined {
      const key = keys.get(nameOf(author, record));
      keys.delete(nameOf(author, record));
      if (key !== undefined) ids.delete(key);
      return key;
    },
  };
}
