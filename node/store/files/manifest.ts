/** LevelDB's manifest: the log of which table files and which logs make up the database. */
import { PackedReader } from "./varints.ts";

export interface LiveFiles {
  /** Table files by number, with their sizes in bytes; added last comes last. */
  readonly tables: ReadonlyMap<number, number>;
  /** Logs with this number or a later one hold changes that are in no table yet. */
  readonly firstLog: number;
}

/** Fields of an edit, as db/version_edit.cc numbers them. */
const FIELD = {
  comparator: 1,
  logNumber: 2,
  nextFile: 3,
  lastSequence: 4,
  compactPointer: 5,
  deletedFile: 6,
  newFile: 7,
  previousLog: 9,
} as const;

/** Applies the edits one after another. Throws `RangeError` for one that cannot be read. */
export function liveFiles(edits: readonly Uint8Array[]): LiveFiles {
  const tables = new Map<number, number>();
  let firstLog = 0;
  for (const edit of edits) {
    const reader = new PackedReader(edit);
    while (reader.remaining > 0) {
      const field = reader.number();
      if (field === FIELD.logNumber) firstLog = reader.number();
      else if (field === FIELD.deletedFile) tables.delete(skipLevel(reader).number());
      else if (field === FIELD.newFile) addTable(skipLevel(reader), tables);
      else skip(reader, field);
    }
  }
  return { tables, firstLog };
}

function skipLevel(reader: PackedReader): PackedReader {
  reader.number();
  return reader;
}

function addTable(reader: PackedReader, tables: Map<number, number>): void {
  tables.set(reader.number(), reader.number());
  reader.bytes(); // smallest key
  reader.bytes(); // largest key
}

function skip(reader: PackedReader, field: number): void {
  if (field === FIELD.comparator) reader.bytes();
  else if (field === FIELD.compactPointer) skipLevel(reader).bytes();
  else if (field === FIELD.nextFile || field === FIELD.lastSequence || field === FIELD.previousLog)
    reader.number();
  else throw new RangeError(`unknown field ${field} in a manifest`);
}
