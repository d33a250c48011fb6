/** Pictures by key and by hash, and their groups as the caller sees them. */
import { HashingError } from "../errors.ts";
import { pdqWords } from "../pdq/index.ts";
import { bestOf, bestQuality, createNode, entriesOf, link, unlink, type Entry, type Node } from "./node.ts";
import { createSettling } from "./settling.ts";
import { inSteps } from "./steps.ts";
import type { Clusters, ClustersOptions, Group, Key, Member, Picture } from "./types.ts";

const DISTANCE = 31;
const MOST_DISTANCE = 63;
const QUALITY = 50;
const MOST_QUALITY = 100;
const CAPACITY = 4_000_000;

/** No pictures yet. Error: `hashing/out-of-range` for a distance or capacity that cannot be. */
export function createClusters<K extends Key>(options: ClustersOptions = {}): Clusters<K> {
  const { distance = DISTANCE, quality: floor = QUALITY, capacity = CAPACITY } = options;
  checkDistance(distance);
  const settling = createSettling<K>({ distance, quality: floor, capacity });
  const nodes = new Map<string, Node<K>>();
  const entries = new Map<K, Entry<K>>();

  const add = ({ key, hash, quality }: Picture<K>) => {
    const there = entries.get(key);
    if (there?.node.hash === hash && there.quality === quality) return;
    if (there) remove(key);
    const node = nodes.get(hash);
    if (node === undefined) return addNode(key, hash, quality);
    entries.set(key, link(node, key, quality));
    settling.count(node, 1);
    if (quality > node.quality) settling.rank(node, quality);
  };
  const addNode = (key: K, hash: string, quality: number) => {
    const node = createNode<K>(hash, quality);
    nodes.set(hash, node);
    entries.set(key, link(node, key, quality));
    settling.enter(node);
  };
  const remove = (key: K) => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    const { node } = entry;
    if (node.pictures === 1) {
      settling.leave(node);
      nodes.delete(node.hash);
      return;
    }
    unlink(entry);
    settling.count(node, -1);
    const best = bestQuality(node, node.quality);
    if (best < node.quality) settling.rank(node, best);
  };

  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  return {
    get size() {
      return entries.size;
    },
    get count() {
      return settling.leaders.size;
    },
    add: (pictures, { signal, progress } = {}) =>
      inTurn(async () => {
        // The best first, so that most are settled once.
        const byQuality: Picture<K>[][] = [];
        const check = (picture: Picture<K>) => {
          checkPicture(picture);
          (byQuality[picture.quality] ??= []).push(picture);
        };
        await inSteps(pictures, { signal, work: check });
        await inSteps(bestFirst(byQuality), { signal, progress, work: add, ...settling });
      }),
    remove: (keys, { signal, progress } = {}) =>
      inTurn(() => inSteps(keys, { signal, progress, work: remove, ...settling })),
    groupOf(key) {
      const node = entries.get(key)?.node;
      return groupLedBy(node?.leader ?? node);
    },
    group: (id) => groupLedBy(settling.leaders.get(id)),
    *groups(least = 2) {
      for (const leader of settling.leaders.values()) {
        const group = leader.size >= least ? groupLedBy(leader) : undefined;
        if (group) yield group;
      }
    },
  };
}

/** Error: `hashing/pdq-format`, `hashing/out-of-range`. */
function checkPicture({ hash, quality }: Picture<Key>): void {
  pdqWords(hash);
  if (!Number.isInteger(quality) || quality < 0 || quality > MOST_QUALITY)
    throw outOfRange(`The quality is ${quality}; it can be 0 to ${MOST_QUALITY}.`);
}

function* bestFirst<P>(byQuality: readonly (readonly P[] | undefined)[]): Generator<P> {
  for (let quality = byQuality.length - 1; quality >= 0; quality--) yield* byQuality[quality] ?? [];
}

function groupLedBy<K extends Key>(leader: Node<K> | undefined): Group<K> | undefined {
  const id = leader?.group;
  if (leader === undefined || id === undefined || leader.place === "members") return undefined;
  return {
    id,
    size: leader.size,
    representative: bestOf(leader).key,
    members: () => membersOf(leader),
  };
}

function* membersOf<K extends Key>(leader: Node<K>): Generator<Member<K>> {
  const first = bestOf(leader);
  yield { key: first.key, quality: first.quality, distance: 0 };
  for (const entry of entriesOf(leader))
    if (entry !== first) yield { key: entry.key, quality: entry.quality, distance: 0 };
  for (const node of leader.members ?? [])
    for (const { key, quality } of entriesOf(node)) yield { key, quality, distance: node.distance };
}

function checkDistance(distance: number): void {
  if (!Number.isInteger(distance) || distance < 0 || distance > MOST_DISTANCE)
    throw outOfRange(`The distance is ${distance}; it can be 0 to ${MOST_DISTANCE}.`);
}

const outOfRange = (message: string) => new HashingError("hashing/out-of-range", message);
