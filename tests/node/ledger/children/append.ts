/** Appends batches without end; says `have <size>` only once a batch is applied: what would be acknowledged. */
import { openAt } from "../open.ts";

const [storeFolder = "", checkpointFile = ""] = process.argv.slice(2);
const { ledger, write } = await openAt({ storeFolder, checkpointFile });
if (ledger.problem) throw ledger.problem;
process.stdout.write(`have ${ledger.size}\n`);
for (let batch = 0; ; batch++) {
  const entries = Array.from({ length: 1 + (batch % 4) }, (_, at) => ({
    kind: "counted",
    subject: ["all"],
    actor: "node",
    detail: { number: ledger.size + at },
  }));
  const prepared = ledger.append(entries, batch);
  await write(prepared.operations);
  await prepared.applied();
  process.stdout.write(`have ${ledger.size}\n`);
}
