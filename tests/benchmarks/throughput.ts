/**
 * Envelopes per second between two processes, each signed, sealed, verified, opened, receipted and durable on both sides,
 * against bare libp2p streams between two other processes that carry messages and answers of the same lengths, with as
 * many in flight. How much of the difference is cryptography, the benchmark `envelopes` says.
 */
import { finding, median, rounded, type Report } from "./line.ts";
import { costOf, withPairs, type Cost } from "./pairs.ts";

const ROUNDS = 5;
/** As the envelope protocol's window has it. */
const IN_FLIGHT = 32;
const AROUND = 200;
const sizes = [
  { name: "envelopes of 1 KB", bytes: 1024 - AROUND, envelopes: 1000 },
  { name: "envelopes of 64 KB", bytes: 65_536 - AROUND, envelopes: 250 },
] as const;

export async function benchThroughput(report: Report): Promise<void> {
  for (const { name, bytes, envelopes } of sizes)
    await withPairs(async ({ members, peers, address }) => {
      const ours = () =>
        costOf(members, envelopes, () => members[0].ask("say", { envelopes, bytes, address: 0 }));
      await ours();
      const lengths = await members[0].ask("lengths", undefined as never);
      const load = { address, ...lengths, inFlight: IN_FLIGHT, times: envelopes };
      const bare = () => costOf(peers, envelopes, () => peers[1].ask("run", load));
      await bare();
      const rounds: { ours: Cost; bare: Cost }[] = [];
      for (let round = 0; round < ROUNDS; round++) rounds.push({ bare: await bare(), ours: await ours() });
      tell(report, `${name} (${lengths.request} bytes, receipts ${lengths.answer})`, rounds);
    });
}

function tell(report: Report, name: string, rounds: readonly { ours: Cost; bare: Cost }[]): void {
  const of = (pick: (round: (typeof rounds)[number]) => number) => median(rounds.map(pick));
  const streams = { against: "bare libp2p streams" };
  const wall: [number, number] = [of(({ ours }) => 1000 / ours.wall), of(({ bare }) => 1000 / bare.wall)];
  const each = rounds.map(({ ours, bare }) => rounded(bare.wall / ours.wall)).join(", ");
  report(finding(name, wall, { unit: "per second", ...streams, note: `rounds ${each}` }));
  const cpu: [number, number] = [of(({ ours }) => ours.cpu), of(({ bare }) => bare.cpu)];
  const [sender, recipient] = [of(({ ours }) => ours.shares[0]), of(({ ours }) => ours.shares[1])];
  const note = `sender ${rounded(sender)} ms, recipient ${rounded(recipient)} ms`;
  report(finding(`${name}, CPU`, cpu, { unit: "ms each, both processes", ...streams, note }));
}
