/** What is kept of how material came to be here: the files of web archives, and one acquisition record for each item. */
import type { Acquisition, Segment } from "../../capture/evidence/index.ts";
import type { Unit } from "../../commit/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";

export interface Archive extends Segment {
  report: string;
}

export interface ItemAcquisition extends Acquisition {
  report: string;
  item: string;
}

const archives = defineCollection<Archive>("casework.archives", {});
const acquisitions = defineCollection<ItemAcquisition>("casework.acquisitions", {});

/** Keeps a file of a report's archive, and says in the ledger what it is, so that no other can take its place. */
export function putArchive(unit: Unit, report: string, segment: Segment): void {
  unit.put(archives, [report, segment.name], { ...segment, report });
  const { name, bytes, sha256, records } = segment;
  const detail = { archive: name, bytes, sha256, records };
  unit.record({ kind: "capture.archived", subject: [report], actor: "node", detail });
}

/** The newest capture of an item counts: it is the one whose original is kept. */
export function putAcquisition(unit: Unit, report: string, item: string, acquisition: Acquisition): void {
  unit.put(acquisitions, [item], { ...acquisition, report, item });
}

/** Oldest first: names begin with the time. */
export async function archivesOf(reader: Reader, report: string): Promise<Archive[]> {
  const found: Archive[] = [];
  for await (const { value } of reader.list(archives, { prefix: [report] })) found.push(value);
  return found;
}

export const acquisitionOf = (reader: Reader, item: string): Promise<ItemAcquisition | undefined> =>
  reader.get(acquisitions, item);

/** Names in the vault. */
export async function* archiveNames(reader: Reader): AsyncIterable<string> {
  for await (const { value } of reader.list(archives, {})) yield value.id;
}
