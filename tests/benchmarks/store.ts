/** The sealed store against LevelDB alone with the same synced batches: what sealing, naming and indexes cost. */
import { join } from "node:path";
import { systemRandom } from "@wardline/protocol/encoding";
import {
  createStore,
  defineCollection,
  masterKeyOf,
  openStore,
  putting,
  type Store,
} from "../../node/store/index.ts";
import { openLevelStore } from "../../node/store/level.ts";
import { costOf, cpuOfProcess, rest } from "./cpu.ts";
import { finding, median, type Report } from "./line.ts";
import { inTemporaryFolder } from "./members.ts";

/** So many in a round that the database sorts some of them away within it, as it must sooner or later. */
const sizes = [
  { name: "1 KB", bytes: 1000, records: 10_000 },
  { name: "64 KB", bytes: 64_000, records: 400 },
];
const BATCH = 50;
const ROUNDS = 5;
const MB = 1024 * 1024;
/** No records kept in memory: reading means opening. */
const limits = { cache: 8 * MB, writeBuffer: 8 * MB, records: 0 };

const records = defineCollection<{ readonly at: number; readonly body: Uint8Array }>("bench.records", {
  indexes: { at: ({ at }) => [[at]] },
});

export async function benchStore(report: Report): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const options = { folder: join(folder, "sealed"), master: masterKeyOf(systemRandom(32)), limits };
    await createStore({ ...options, random: systemRandom });
    const sealed = await openStore({ ...options, random: systemRandom });
    const plain = await openLevelStore(join(folder, "plain"), { ...limits, create: true });
    for (const size of sizes) await measure(sealed, plain, size, report);
    await sealed.close();
    await plain.close();
  });
}

type Plain = Awaited<ReturnType<typeof openLevelStore>>;

async function measure(
  sealed: Store,
  plain: Plain,
  { name, bytes, records: count }: (typeof sizes)[number],
  report: Report,
): Promise<void> {
  const body = systemRandom(bytes);
  const plainKey = (at: number) => Buffer.from(`${name} ${String(at).padStart(20, "0")}`);
  let nextSealed = 0;
  let nextPlain = 0;
  const writeSealed = () => {
    const first = (nextSealed += BATCH);
    const batch = range(BATCH).map((at) => putting(records, [name, first + at], { at: first + at, body }));
    return sealed.write(batch.map(sealed.change));
  };
  const writePlain = () => {
    const first = (nextPlain += BATCH);
    const batch = range(BATCH).map((at) => ({
      ...{ type: "put" as const, key: plainKey(first + at), value: body },
    }));
    return plain.batch(batch);
  };
  const readSealed = (at: number) => sealed.get(records, name, BATCH + (at % BATCH));
  const readPlain = (at: number) => plain.get(plainKey(BATCH + (at % BATCH)));

  const puts: [number, number][] = [];
  const gets: [number, number][] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    puts.push([await costWithSorting(count, writeSealed), await costWithSorting(count, writePlain)]);
    gets.push([await costOf(count, readSealed), await costOf(count, readPlain)]);
  }
  const of = (rounds: typeof puts, at: 0 | 1) => median(rounds.slice(1).map((round) => round[at]));
  const parts = { unit: "µs of CPU", against: "LevelDB alone" };
  report(
    finding(`store, putting ${name}`, [of(puts, 0), of(puts, 1)], { ...parts, note: "in batches of 50" }),
  );
  report(finding(`store, getting ${name}`, [of(gets, 0), of(gets, 1)], parts));
}

/** For each record, with what the database does about it afterwards. */
async function costWithSorting(count: number, writeBatch: () => Promise<void>): Promise<number> {
  const before = cpuOfProcess();
  for (let written = 0; written < count; written += BATCH) await writeBatch();
  await rest();
  return (cpuOfProcess() - before) / count;
}

const range = (length: number) => Array.from({ length }, (_, at) => at);
