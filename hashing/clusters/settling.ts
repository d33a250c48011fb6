/**
 * Keeps the groups true to the rule while nodes come, go and change rank.
 *
 * A node is settled by looking at the representatives near it: when a stronger one is among them it belongs to the nearest,
 * else it leads. One that begins to lead, or ceases to, makes others wait to be settled again; weaker ones always, so that
 * going from the strongest down settles each once.
 */
import { createNeighbours, type Neighbour } from "./neighbours.ts";
import { isStronger, type Node } from "./node.ts";
import type { Key } from "./types.ts";
import { createWaiting } from "./waiting.ts";

export interface Settling<K extends Key> {
  /** The representatives by the numbers of their groups. */
  readonly leaders: ReadonlyMap<number, Node<K>>;
  /** Takes a node in. */
  enter(node: Node<K>): void;
  /** Lets a node go. */
  leave(node: Node<K>): void;
  /** Gives a node another quality. */
  rank(node: Node<K>, quality: number): void;
  /** Says that the node has so many pictures more, or fewer. */
  count(node: Node<K>, more: number): void;
  /** Settles one node of those that wait; false when none does. */
  step(): boolean;
  /** Housekeeping of some milliseconds. */
  tidy(): void;
}

export interface SettlingOptions {
  readonly distance: number;
  readonly quality: number;
  readonly capacity: number;
}

export function createSettling<K extends Key>(options: SettlingOptions): Settling<K> {
  const leading = createNeighbours<K>(options.capacity, options.distance);
  const joined = createNeighbours<K>(options.capacity, options.distance);
  const leaders = new Map<number, Node<K>>();
  const waiting = createWaiting<K>();
  let groups = 0;

  /** The nearest; of equally near ones the strongest. */
  const nearest = (found: readonly Neighbour<K>[]) =>
    found.reduce<Neighbour<K> | undefined>(
      (best, next) => (best === undefined || isNearer(next, best) ? next : best),
      undefined,
    );

  const put = (node: Node<K>, place: Node<K>["place"]) => {
    if (node.place === place) return;
    if (node.place === "leaders") leading.remove(node);
    if (node.place === "members") joined.remove(node);
    node.place = "nowhere";
    if (place === "leaders") leading.add(node);
    if (place === "members") joined.add(node);
    node.place = place;
  };
  const part = (node: Node<K>) => {
    if (node.leader === undefined) return;
    node.leader.members?.delete(node);
    node.leader.size -= node.pictures;
    node.leader = undefined;
  };
  const join = (node: Node<K>, { node: leader, distance }: Neighbour<K>) => {
    part(node);
    put(node, "members");
    node.leader = leader;
    node.distance = distance;
    node.group = undefined;
    leader.members ??= new Set();
    leader.members.add(node);
    leader.size += node.pictures;
  };

  /** The number that its lost representative had, when it is free still; else a new one. */
  const nameFor = ({ group }: Node<K>) => (group === undefined || leaders.has(group) ? ++groups : group);

  const lead = (node: Node<K>, place: "leaders" | "alone") => {
    part(node);
    put(node, place);
    node.size = node.pictures;
    node.group = nameFor(node);
    leaders.set(node.group, node);
  };
  /** Ceases to lead. Its members have to look for others; `heirs` are told the number that is free now. */
  const resign = (node: Node<K>, heirs: boolean) => {
    const { group, members } = node;
    if (group !== undefined) leaders.delete(group);
    node.members = undefined;
    node.group = undefined;
    for (const member of members ?? []) {
      member.leader = undefined;
      if (heirs) member.group = group;
      waiting.push(member);
    }
    return group;
  };
  /** The group of one that joins another's goes on in that one, under the older number. */
  const bequeath = (group: number | undefined, heir: Node<K>) => {
    if (group === undefined || heir.group === undefined || heir.group < group) return;
    leaders.delete(heir.group);
    heir.group = group;
    leaders.set(group, heir);
  };
  /** Weaker members near a representative that are nearer to it than to their own come over. */
  const claim = (node: Node<K>) => {
    for (const { node: member, distance } of joined.near(node)) {
      if (!isStronger(node, member)) continue;
      const { leader, distance: before } = member;
      const own = leader && { node: leader, distance: before };
      if (own === undefined || isNearer({ node, distance }, own)) join(member, { node, distance });
    }
  };

  const settle = (node: Node<K>) => {
    if (node.quality < options.quality) {
      if (!isLeader(node)) lead(node, "alone");
      return;
    }
    const near = leading.near(node);
    const best = nearest(near.filter((leader) => isStronger(leader.node, node)));
    if (best !== undefined) {
      if (isLeader(node)) bequeath(resign(node, false), best.node);
      join(node, best);
    } else if (!isLeader(node)) {
      lead(node, "leaders");
      for (const weaker of near) waiting.push(weaker.node);
      claim(node);
    }
  };

  const leave = (node: Node<K>) => {
    part(node);
    if (isLeader(node)) resign(node, true);
    put(node, "nowhere");
  };
  return {
    leaders,
    enter: (node) => waiting.push(node),
    leave,
    rank(node, quality) {
      const before = node.quality;
      node.quality = quality;
      const crosses = before < options.quality !== quality < options.quality;
      if (crosses) {
        // As if it came anew; it takes its group along.
        const group = isLeader(node) ? resign(node, true) : undefined;
        part(node);
        put(node, "nowhere");
        node.group = group;
        waiting.push(node);
      } else if (node.place === "members") waiting.push(node);
      else if (node.place === "leaders" && quality > before) claim(node);
      // Some of its members are stronger now, others as near to a stronger representative.
      else for (const member of node.members ?? []) waiting.push(member);
    },
    count(node, more) {
      const leader = node.leader ?? node;
      leader.size += more;
    },
    step() {
      const node = waiting.pop();
      if (node !== undefined) settle(node);
      return node !== undefined;
    },
    tidy() {
      leading.tidy();
      joined.tidy();
    },
  };
}

const isLeader = <K extends Key>({ place }: Node<K>): boolean => place === "leaders" || place === "alone";

function isNearer<K extends Key>(a: Neighbour<K>, b: Neighbour<K>): boolean {
  return a.distance === b.distance ? isStronger(a.node, b.node) : a.distance < b.distance;
}
