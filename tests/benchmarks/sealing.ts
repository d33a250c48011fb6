/** What an envelope costs inside protocol/: statement, envelope, receipt, both ways, without store and network. */
import { systemRandom } from "@wardline/protocol/encoding";
import { openEnvelope, openReceipt, sealEnvelope, sealReceipt } from "@wardline/protocol/envelope";
import { checkStatement, signStatement } from "@wardline/protocol/statements";
import { federation } from "../protocol/support/federation.ts";
import { bareCryptography } from "./bare.ts";
import { costOfSync } from "./cpu.ts";
import { finding, median, type Report } from "./line.ts";
import { newId, reportOf } from "./statements.ts";

const sizes = [
  { name: "protocol, envelope of 1 KB", bytes: 824, times: 400 },
  { name: "protocol, envelope of 64 KB", bytes: 65_336, times: 100 },
];
const ROUNDS = 5;
/** A signed note of one log. */
const CHECKPOINT = "x".repeat(250);

export function benchSealing(report: Report): void {
  for (const { name, bytes, times } of sizes) {
    const bare = bareCryptography(bytes);
    const ours = throughProtocol(bytes);
    costOfSync(times, ours);
    costOfSync(times, bare);
    const rounds = Array.from({ length: ROUNDS }, () => [costOfSync(times, ours), costOfSync(times, bare)]);
    const of = (at: number) => median(rounds.map((round) => round[at] ?? NaN)) / 1000;
    report(finding(name, [of(0), of(1)], { unit: "ms of CPU", against: "bare cryptography" }));
  }
}

/** One statement said, sealed, opened, checked and receipted each time. */
function throughProtocol(bytes: number): () => void {
  const { trust, hotlineA: a, hotlineB: b, now } = federation("benchmark");
  const sample = reportOf(bytes, a.id);
  const surroundings = { trust, now, random: systemRandom };
  const open = (self: typeof a) => ({ trust, now, self: self.id, sealingKey: () => self.sealing.seed });
  let sequence = 0;

  return () => {
    const payload = { ...sample, report: { ...sample.report, id: newId() } };
    const draft = { type: "report.forward", id: newId(), author: a.id, to: [b.id], created: now, payload };
    const signed = signStatement(draft, a.key, trust.federationId);
    const sender = { member: a.id, key: a.key };
    const place = { recipient: b.id, epoch: 1, sequence: ++sequence };
    const envelope = sealEnvelope({ ...surroundings, ...place, signed, sender });

    const opened = openEnvelope(envelope.bytes, open(b));
    checkStatement(opened.signed.statement, trust);
    const receipt = sealReceipt({
      ...surroundings,
      sender: { member: b.id, key: b.key },
      recipient: a.id,
      receipt: {
        ...{ statement: signed.statement.id, statementHash: opened.signed.hash, epoch: 1, sequence, at: now },
        ...{ result: "accepted", number: 1, attachments: [], logIndex: 1, checkpoint: CHECKPOINT },
      },
    });
    openReceipt(receipt.bytes, open(a));
  };
}
