/** Records that were opened or written lately, still unsealed: opening one again would cost more than everything else about it. */

export interface RecordCache {
  /** Changes with every `write`; a reader that waited for the disk compares it before it sets. */
  readonly version: number;
  get(id: string): Uint8Array | undefined;
  /** What a reader found. */
  set(id: string, record: Uint8Array): void;
  /** What a writer wrote; absent: deleted. */
  write(id: string, record: Uint8Array | undefined): void;
}

/** A larger record is not kept when it is written: most are statements, which nobody reads soon. */
const LARGE = 16 * 1024;

/** About what a map entry costs beside its bytes. */
const OVERHEAD = 200;

/** Keeps the records used last, up to `limit` bytes. */
export function createRecordCache(limit: number): RecordCache {
  const records = new Map<string, Uint8Array>();
  let size = 0;
  let version = 0;
  const remove = (id: string) => {
    const record = records.get(id);
    if (record && records.delete(id)) size -= record.length + OVERHEAD;
  };
  const set = (id: string, record: Uint8Array) => {
    remove(id);
    records.set(id, record);
    size += record.length + OVERHEAD;
    for (const oldest of records.keys()) {
      if (size <= limit) return;
      remove(oldest);
    }
  };
  return {
    get version() {
      return version;
    },
    get(id) {
      const record = records.get(id);
      if (!record) return undefined;
      records.delete(id);
      records.set(id, record);
      return record;
    },
    set,
    write(id, record) {
      version++;
      if (record && record.length < LARGE) set(id, record);
      else remove(id);
    },
  };
}
