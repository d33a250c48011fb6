/** Writes units without end, many at a time; says a unit's number only once it resolved: what would be acknowledged. */
import { defineCollection } from "@wardline/node/store";
import { openAt } from "../open.ts";

const total = defineCollection<{ n: number }>("total");
const items = defineCollection<{ n: number }>("items", { indexes: { n: ({ n }) => [[n]] } });

const [folder = ""] = process.argv.slice(2);
const { commit, ledger } = await openAt(folder);
if (ledger.problem) throw ledger.problem;

async function writer(): Promise<never> {
  for (;;) {
    const n = await commit.run(async (unit) => {
      const next = ((await unit.get(total))?.n ?? 0) + 1;
      unit.put(total, [], { n: next });
      unit.put(items, [`item ${next}`], { n: next });
      unit.record({ kind: "counted", subject: ["all"], actor: "node", detail: { n: next } });
      return next;
    });
    process.stdout.write(`${n}\n`);
  }
}
await Promise.all(Array.from({ length: 8 }, writer));
