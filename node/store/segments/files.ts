/** Segment files: values one after another, nothing else. Appended to, read at places, removed; never changed. */
import { closeSync, mkdirSync, openSync, readSync, statSync, unlinkSync } from "node:fs";
import { open, readdir, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { failed } from "../failure.ts";
import { damagedFile } from "../files/damage.ts";
import type { Place } from "./places.ts";

export interface SegmentFiles {
  /** Numbers of the files that are there. */
  list(): Promise<number[]>;
  /** @throws `store/damaged` when the file is missing or ends before `end` */
  check(segment: number, end: number): void;
  /** In this thread, as LevelDB is read, and at once. @throws `store/damaged`, `store/read-failed` */
  read(place: Place): Uint8Array;
  /** Writes values from `offset` on, and waits until they are on disk. @throws `store/write-failed` */
  append(segment: number, offset: number, values: readonly Uint8Array[]): Promise<void>;
  /** What cannot be removed now is left over, and goes after the next start. */
  remove(segment: number): void;
  close(): Promise<void>;
}

const OWNER_ONLY = { file: 0o600, folder: 0o700 };
/** Files kept open for reading. */
const MOST_OPEN = 64;

const nameOf = (segment: number) => `${String(segment).padStart(8, "0")}.segment`;

export function segmentFiles(folder: string): SegmentFiles {
  const reading = openFiles((segment) => openSync(join(folder, nameOf(segment)), "r"));
  let writing: { readonly segment: number; readonly file: FileHandle } | undefined;

  async function fileFor(segment: number): Promise<FileHandle> {
    if (writing?.segment === segment) return writing.file;
    await stopWriting();
    const file = await openForWriting(folder, segment);
    writing = { segment, file };
    return file;
  }

  async function stopWriting(): Promise<void> {
    const last = writing;
    writing = undefined;
    await last?.file.close();
  }

  return {
    list: () => segmentsIn(folder),
    check(segment, end) {
      const size = damageOf(segment, () => statSync(join(folder, nameOf(segment))).size);
      if (size < end) throw damagedFile(nameOf(segment));
    },
    read(place) {
      const bytes = new Uint8Array(Buffer.allocUnsafeSlow(place.length).buffer);
      const length = damageOf(place.segment, () =>
        readSync(reading.get(place.segment), bytes, 0, place.length, place.offset),
      );
      if (length !== place.length) throw damagedFile(nameOf(place.segment));
      return bytes;
    },
    async append(segment, offset, values) {
      try {
        const file = await fileFor(segment);
        await writeWhole(file, offset, values);
        await file.datasync();
      } catch (error) {
        await stopWriting().catch(() => undefined);
        failed("write")(error);
      }
    },
    remove(segment) {
      reading.close(segment);
      try {
        unlinkSync(join(folder, nameOf(segment)));
      } catch {
        // It takes space, and does no harm.
      }
    },
    async close() {
      reading.closeAll();
      await stopWriting();
    },
  };
}

/** A file that is to be appended to; a new one is in its folder for good before anything points to it. */
async function openForWriting(folder: string, segment: number): Promise<FileHandle> {
  const path = join(folder, nameOf(segment));
  const there = await open(path, "r+").catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (there) return there;
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY.folder });
  const made = await open(path, "wx", OWNER_ONLY.file);
  await syncFolder(folder);
  await syncFolder(dirname(folder));
  return made;
}

async function writeWhole(file: FileHandle, offset: number, values: readonly Uint8Array[]): Promise<void> {
  const length = values.reduce((sum, value) => sum + value.length, 0);
  const { bytesWritten } = await file.writev(values, offset);
  if (bytesWritten !== length) throw new RangeError(`${bytesWritten} of ${length} bytes were written`);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}

async function segmentsIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    return failed("read")(error);
  });
  return names.filter((name) => /^\d{8,10}\.segment$/.test(name)).map((name) => Number.parseInt(name));
}

/** A file that is missing is damage; everything else is the disk. */
function damageOf<T>(segment: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isMissing(error)) throw damagedFile(nameOf(segment), error);
    return failed("read")(error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** File descriptors, those used last. */
function openFiles(openFile: (segment: number) => number) {
  const files = new Map<number, number>();
  const close = (segment: number) => {
    const file = files.get(segment);
    if (file !== undefined && files.delete(segment)) closeSync(file);
  };
  return {
    close,
    get(segment: number): number {
      const file = files.get(segment) ?? openFile(segment);
      files.delete(segment);
      files.set(segment, file);
      const [oldest] = files.keys();
      if (files.size > MOST_OPEN && oldest !== undefined) close(oldest);
      return file;
    },
    closeAll: () => [...files.keys()].forEach(close),
  };
}
