/** What a block does to the records as they stand. */
import type { AdvertRecord, Block } from "@wardline/protocol/adverts";
import type { Unit } from "../../commit/index.ts";
import { isAdvert, records, withdrawnRecords } from "./collections.ts";
import { noteChanged, type Standing } from "./snapshots.ts";

/** Applies a block's records in their order. Returns by how much the number of adverts in force changes. */
export async function applyBlock(unit: Unit, block: Block): Promise<number> {
  const { author, audience, feed, height, time } = block;
  const standing = await readStanding(unit, feed, block.records);
  const changed = new Set<number>();
  const gone: Standing[] = [];
  let live = 0;
  for (const { sequence, kept } of block.entries) {
    if (!kept) continue;
    const { record, salt } = kept;
    const key = [feed, record.id] as const;
    const before = standing.get(record.id);
    if (before) changed.add(before.sequence);
    const counted = before && !before.withdrawn && isAdvert(before.record) ? 1 : 0;
    if (record.action !== "withdraw") {
      const now = { author, audience, record, sequence, salt };
      if (before) gone.push(before);
      live += (isAdvert(record) ? 1 : 0) - counted;
      if (before?.withdrawn) unit.delete(withdrawnRecords, key);
      unit.put(records, key, now);
      standing.set(record.id, now);
    } else if (before && !before.withdrawn) {
      const now = { ...before, withdrawn: { at: time, feed, height } };
      unit.delete(records, key);
      unit.put(withdrawnRecords, key, now);
      standing.set(record.id, now);
      live -= counted;
    }
  }
  await noteChanged(unit, feed, height, { sequences: changed, gone });
  return live;
}

/** What is held under the ids of these records; read side by side, since one after another most of the time is waiting. */
async function readStanding(
  unit: Unit,
  feed: string,
  named: readonly AdvertRecord[],
): Promise<Map<string, Standing>> {
  const ids = [...new Set(named.map(({ id }) => id))];
  const found = await Promise.all(
    ids.map(
      async (id): Promise<Standing | undefined> =>
        (await unit.get(records, feed, id)) ?? (await unit.get(withdrawnRecords, feed, id)),
    ),
  );
  return new Map(found.flatMap((one) => (one ? [[one.record.id, one] as const] : [])));
}
