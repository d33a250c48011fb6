/** Two members and two bare peers in four processes, and what work costs each pair. */
import type { questions as memberQuestions } from "./bulk-member.ts";
import { startChild, type Child } from "./children.ts";
import { foundHotlines, inTemporaryFolder } from "./members.ts";
import type { questions as peerQuestions } from "./stream-peer.ts";

type Pair<Q extends typeof memberQuestions | typeof peerQuestions> = readonly [Child<Q>, Child<Q>];

export interface Pairs {
  readonly members: Pair<typeof memberQuestions>;
  /** Of the members. */
  readonly ids: readonly [string, string];
  readonly peers: Pair<typeof peerQuestions>;
  /** Where the first peer is reached. */
  readonly address: string;
}

/** Milliseconds, and milliseconds of CPU of both processes together and each, for one piece of the work. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly shares: readonly [number, number];
}

/** Starts both pairs, connected, and ends them afterwards. */
export async function withPairs(use: (pairs: Pairs) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const member = () => startChild<typeof memberQuestions>("bulk-member.ts");
    const peer = () => startChild<typeof peerQuestions>("stream-peer.ts");
    const members = [member(), member()] as const;
    const peers = [peer(), peer()] as const;
    try {
      const [a, b] = await foundHotlines(folder);
      const ids = [await members[0].ask("start", a), await members[1].ask("start", b)] as const;
      await Promise.all(members.map((one) => one.ask("connect", undefined as never)));
      const address = await peers[0].ask("listen", undefined as never);
      await use({ members, ids, peers, address });
      await Promise.all(members.map((one) => one.ask("stop", undefined as never)));
    } finally {
      await Promise.all([...members, ...peers].map((one) => one.end()));
    }
  });
}

/** What `work` costs, which gives the milliseconds that it took; for one of its `pieces`. */
export async function costOf(
  pair: readonly [Pick<Pairs["peers"][0], "ask">, Pick<Pairs["peers"][0], "ask">] | Pairs["members"],
  pieces: number,
  work: () => Promise<number>,
): Promise<Cost> {
  const cpu = () => Promise.all([cpuOf(pair[0]), cpuOf(pair[1])]);
  const before = await cpu();
  const wall = await work();
  const after = await cpu();
  const spent = (at: 0 | 1) => (after[at] - before[at]) / 1000 / pieces;
  return { wall: wall / pieces, cpu: spent(0) + spent(1), shares: [spent(0), spent(1)] };
}

const cpuOf = (one: { ask(question: "cpu", told: never): Promise<number> }) =>
  one.ask("cpu", undefined as never);
