/** Looking up through all layers: the tables in memory and the runs on disk, the newest word on each row counts. */
import type { Run } from "./reading.ts";
import { KEY, ROW } from "./rows.ts";
import type { Table } from "./table.ts";

/** Newest first, both; all tables are newer than all runs. */
export interface Layers {
  readonly tables: readonly Table[];
  readonly runs: readonly Run[];
}

/** What one layer says of a record. */
interface Said {
  readonly record: Buffer;
  readonly removed: number;
}

/** The records of one digest, ordered by their bytes. All reads are under way when this returns. */
export async function lookUp({ tables, runs }: Layers, digest: Uint32Array, at: number): Promise<Buffer[]> {
  const said: Said[] = [];
  for (const table of tables) table.find(digest, at, hearing(said));
  const reads = runs.map(async (run) => {
    const here: Said[] = [];
    await run.find(digest, at, hearing(here));
    return here;
  });
  for (const here of await Promise.all(reads)) said.push(...here);
  return said.length === 0 ? [] : standing(said);
}

const hearing = (said: Said[]) => (words: Uint32Array, at: number, removed: number) => {
  const record = Buffer.from(words.slice(at + KEY, at + ROW).buffer);
  said.push({ record, removed });
};

/** Of what was said, newest first, the records that stand. */
function standing(said: readonly Said[]): Buffer[] {
  const newest = new Map<string, Said>();
  for (const word of said) {
    const name = word.record.toString("latin1");
    if (!newest.has(name)) newest.set(name, word);
  }
  const left = [...newest.values()].filter(({ removed }) => !removed);
  return left.map(({ record }) => record).sort((a, b) => Buffer.compare(a, b));
}
