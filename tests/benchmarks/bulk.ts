/**
 * Material in bulk: one granted item between two processes, from disk to disk, verified and encrypted anew on both sides,
 * against bare libp2p streams between two other processes that carry as many bytes in answers of the same length, with as
 * many in flight. Rounds alternate, so that both meet the same machine.
 */
import { RANGE_BYTES } from "../../node/federation/index.ts";
import { finding, median, rounded, type Report } from "./line.ts";
import { costOf, withPairs, type Cost } from "./pairs.ts";

const ROUNDS = 5;
const SIZE = 256;
/** As the setting `federation.material.ahead` has it. */
const AHEAD = 4;
/** A material request's frame: grant, offset and length in CBOR. */
const REQUEST_BYTES = 64;

export async function benchBulk(report: Report): Promise<void> {
  await withPairs(async ({ members, ids: [giver, taker], peers, address }) => {
    const grant = await members[0].ask("grant", { size: SIZE, to: taker });
    const ours = () => costOf(members, SIZE, () => members[1].ask("fetch", { from: giver, grant }));
    const load = { address, request: REQUEST_BYTES, answer: RANGE_BYTES, inFlight: AHEAD };
    const times = Math.ceil(grant.sealedBytes / RANGE_BYTES);
    const bare = () => costOf(peers, SIZE, () => peers[1].ask("run", { ...load, times }));
    await tell(report, ours, bare);
  });
}

async function tell(report: Report, ours: () => Promise<Cost>, bare: () => Promise<Cost>): Promise<void> {
  await bare();
  await ours();
  const rounds: { ours: Cost; bare: Cost }[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push({ bare: await bare(), ours: await ours() });
  const of = (pick: (round: (typeof rounds)[number]) => number) => median(rounds.map(pick));
  const wall: [number, number] = [
    of((round) => 1000 / round.ours.wall),
    of((round) => 1000 / round.bare.wall),
  ];
  const each = rounds.map((round) => rounded(round.bare.wall / round.ours.wall)).join(", ");
  const streams = { against: "bare libp2p streams" };
  report(finding("material, disk to disk", wall, { unit: "MiB/s", ...streams, note: `rounds ${each}` }));
  const cpu: [number, number] = [of((round) => round.ours.cpu), of((round) => round.bare.cpu)];
  const [giver, taker] = [of((round) => round.ours.shares[0]), of((round) => round.ours.shares[1])];
  const note = `granting side ${rounded(giver)} ms, receiving side ${rounded(taker)} ms`;
  report(finding("material, CPU", cpu, { unit: "ms a MiB, both processes", ...streams, note }));
}
