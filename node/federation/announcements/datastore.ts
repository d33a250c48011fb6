/**
 * What the routing table may keep, in memory alone: no values, and of holder announcements so many from each member and none of our
 * own, which the announcer says again itself. By default none at all.
 */
import { MemoryDatastore } from "datastore-core";

/** Prefix of everything that the table would keep. */
export const DHT_KEYS = "/wardline-dht";
const PROVIDERS = `${DHT_KEYS}/provider/`;

type Key = Parameters<MemoryDatastore["put"]>[0];
type Query = Parameters<MemoryDatastore["_all"]>[0];
interface Pair {
  readonly key: Key;
  readonly value: Uint8Array;
}

export interface RoutingKeeps {
  /** Announcements kept of each member. */
  readonly perMember: number;
  /** Our own peer id. */
  readonly self: string;
}

export class RoutingDatastore extends MemoryDatastore {
  readonly #keeps: RoutingKeeps;
  /** By content, then by peer: a question looks at one content's alone. */
  readonly #announced = new Map<string, Map<string, Pair>>();
  readonly #counts = new Map<string, number>();

  constructor(keeps: RoutingKeeps) {
    super();
    this.#keeps = keeps;
  }

  override put(key: Key, value: Uint8Array): Key | Promise<Key> {
    const text = key.toString();
    if (!text.startsWith(DHT_KEYS)) return super.put(key, value);
    if (text.startsWith(PROVIDERS)) this.#announce(key, value);
    return key;
  }

  override delete(key: Key): void | Promise<void> {
    const { content, peer } = partsOf(key);
    const peers = this.#announced.get(content);
    if (!peers?.delete(peer)) return super.delete(key);
    this.#counts.set(peer, (this.#counts.get(peer) ?? 1) - 1);
    if (peers.size === 0) this.#announced.delete(content);
  }

  override *_all(query: Query): Generator<Pair> {
    if (!query.prefix?.startsWith(PROVIDERS.slice(0, -1))) return yield* super._all(query) as Generator<Pair>;
    const content = query.prefix.slice(PROVIDERS.length);
    const asked =
      content === "" ? this.#announced.values() : [this.#announced.get(content) ?? new Map<string, Pair>()];
    for (const peers of asked) yield* [...peers.values()];
  }

  #announce(key: Key, value: Uint8Array): void {
    const { content, peer } = partsOf(key);
    const peers = this.#announced.get(content) ?? new Map<string, Pair>();
    if (!peers.has(peer)) {
      const count = this.#counts.get(peer) ?? 0;
      if (peer === this.#keeps.self || count >= this.#keeps.perMember) return;
      this.#counts.set(peer, count + 1);
    }
    peers.set(peer, { key, value });
    this.#announced.set(content, peers);
  }
}

function partsOf(key: Key): { content: string; peer: string } {
  const [content = "", peer = ""] = key.toString().slice(PROVIDERS.length).split("/");
  return { content, peer };
}
