/**
 * Envelopes end to end: said in units, sealed, sent over TCP between two processes with data folders of their own,
 * verified, opened, durable on both sides, receipted. Against the bare cryptography (bare.ts), measured in the same two
 * processes at the same time, so that both meet the same machine.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { finding, median, rounded, type Report } from "./line.ts";
import { foundHotlines, inTemporaryFolder } from "./members.ts";
import type { Answer, Question } from "./messages.ts";

interface Size {
  readonly name: string;
  /** Of the statement; with what stands around it, the size class of the envelope is full. */
  readonly bytes: number;
  /** Until the runtime has compiled what it will compile: a node runs for weeks. */
  readonly warmUp: number;
  /** Characters of each address in it; 0: as usual, so that a large statement has many items to read. */
  readonly address: number;
  /** In each round. */
  readonly envelopes: number;
}

const AROUND = 200;
const sizes: readonly Size[] = [
  { name: "envelope of 1 KB", bytes: 1024 - AROUND, address: 0, warmUp: 5000, envelopes: 1000 },
  { name: "envelope of 64 KB, 80 items", bytes: 65_536 - AROUND, address: 0, warmUp: 2500, envelopes: 500 },
  {
    name: "envelope of 64 KB, long addresses",
    bytes: 65_536 - AROUND,
    address: 8000,
    warmUp: 2500,
    envelopes: 500,
  },
];
const ROUNDS = 3;
const BARE = 400;
const LIMIT = 2;

export async function benchEnvelopes(report: Report): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const [a, b] = await foundHotlines(folder);
    const members = [spawnMember(), spawnMember()] as const;
    try {
      await startAll(members, [a, b]);
      for (const size of sizes) await measure(members, size, report);
      await all(members, { do: "stop" });
      await Promise.all(members.map(({ ended }) => ended));
    } finally {
      for (const { process } of members) process.kill();
    }
  });
}

type Members = readonly [Asked, Asked];

async function startAll(members: Members, files: readonly [string, string]): Promise<void> {
  await Promise.all(
    members.map((member, at) => member.ask({ do: "start", configurationFile: files[at] ?? "" })),
  );
  await all(members, { do: "connect" });
}

async function measure(members: Members, size: Size, report: Report): Promise<void> {
  await bare(members, size);
  await deliver(members, size, size.warmUp);
  const rounds: { sender: number; recipient: number; bare: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await bare(members, size);
    const costs = await deliver(members, size, size.envelopes);
    rounds.push({ ...costs, bare: (before + (await bare(members, size))) / 2 });
  }
  const of = (pick: (round: (typeof rounds)[number]) => number) => median(rounds.map(pick)) / 1000;
  const [sender, recipient] = [of((round) => round.sender), of((round) => round.recipient)];
  const each = rounds.map((round) => rounded((round.sender + round.recipient) / round.bare)).join(", ");
  report(
    finding(size.name, [of((round) => round.sender + round.recipient), of((round) => round.bare)], {
      unit: "ms of CPU, both processes",
      against: "bare cryptography",
      limit: LIMIT,
      note: `sender ${rounded(sender)} ms, recipient ${rounded(recipient)} ms; rounds ${each}`,
    }),
  );
}

/** Microseconds of CPU for one envelope, by process. */
async function deliver(members: Members, { bytes, address }: Size, envelopes: number) {
  const before = await all(members, { do: "cpu" });
  const receipted = await members[0].ask({ do: "say", envelopes, bytes, address });
  const after = await all(members, { do: "cpu" });
  const cost = (at: 0 | 1) => (after[at] - before[at]) / receipted;
  return { sender: cost(0), recipient: cost(1) };
}

/** Microseconds of CPU for the bare cryptography: both processes at once, as the machine is when envelopes travel. */
async function bare(members: Members, { bytes }: Size): Promise<number> {
  const [one, other] = await all(members, { do: "bare", envelopes: BARE, bytes });
  return (one + other) / 2;
}

interface Asked {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  ask(question: Question): Promise<number>;
}

function spawnMember(): Asked {
  const child = fork(fileURLToPath(new URL("member.ts", import.meta.url)), { execArgv: process.execArgv });
  let waiting = Promise.withResolvers<Answer>();
  child.on("message", (answer: Answer) => waiting.resolve(answer));
  const ended = once(child, "exit").then(([code]) =>
    waiting.resolve({ error: `A member's process ended (${code}).` }),
  );
  return {
    process: child,
    ended,
    async ask(question) {
      waiting = Promise.withResolvers();
      child.send(question);
      const answer = await waiting.promise;
      if ("value" in answer) return answer.value;
      throw new Error(answer.error);
    },
  };
}

const all = async (members: Members, question: Question): Promise<[number, number]> =>
  (await Promise.all(members.map((member) => member.ask(question)))) as [number, number];
