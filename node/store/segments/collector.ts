/**
 * Gives back the space of values that were deleted or replaced. From time to time one segment is looked at: where less than
 * half of a full segment is still pointed to, that is appended to the current segment like anything new, and the file goes.
 * What is needed is never counted: a value is needed while the pointer under its key points to it.
 */
import type { OrderedStore, RawOperation } from "../ordered.ts";
import { damagedRecord } from "../record.ts";
import type { SegmentFiles } from "./files.ts";
import {
  decodePointer,
  decodePosition,
  isPointer,
  positionKey,
  positionsIn,
  type Position,
} from "./places.ts";
import type { Readers } from "./readers.ts";
import type { SegmentLimits, SegmentWriter } from "./writer.ts";

export interface Collector {
  /** Throws what collecting met: a store that is damaged takes nothing more. */
  check(): void;
  /** Counts batches, and looks at a segment when it is time. `inTurn` runs work between batches. */
  batchWritten(inTurn: InTurn): void;
  /** Waits for the step under way. */
  stop(): Promise<void>;
}

type InTurn = (work: () => Promise<void>) => Promise<void>;

export interface CollectorParts {
  readonly below: OrderedStore;
  readonly files: SegmentFiles;
  readonly readers: Readers;
  readonly writer: SegmentWriter;
  readonly limits: SegmentLimits;
}

/** A look costs a few microseconds for each value of a segment: little, spread over so many batches. */
const LOOK_EVERY = 256;
/** Values looked at without a pause, and bytes moved without letting a batch in between. */
const STEP = 64;
const MOVE_BYTES = 1024 * 1024;

export function createCollector({ below, files, readers, writer, limits }: CollectorParts): Collector {
  const { lookEvery = LOOK_EVERY } = limits;
  let batches = 0;
  // Anywhere, so that a node which is started often comes to all of them.
  let lastLooked = Math.floor(Math.random() * (Math.max(0, ...writer.segments.keys()) + 1));
  let looking: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  let stopped = false;

  /** In turn, the one that grows left out. */
  function nextSegment(): number | undefined {
    const all = [...writer.segments.keys()].filter((segment) => segment !== writer.current);
    const ordered = all.sort((a, b) => a - b);
    return ordered.find((segment) => segment > lastLooked) ?? ordered[0];
  }

  async function look(inTurn: InTurn): Promise<void> {
    const segment = nextSegment();
    if (segment === undefined) return;
    lastLooked = segment;
    const positions = await positionsOf(segment);
    const needed = await neededOf(positions);
    if (lengthOf(needed) >= limits.segment / 2) return;
    for (const part of partsOf(needed)) {
      if (stopped) return;
      await inTurn(() => move(part));
    }
    if (!stopped) await inTurn(() => remove(segment, positions));
  }

  async function positionsOf(segment: number): Promise<Position[]> {
    const positions: Position[] = [];
    let end = 0;
    for await (const [at, value] of below.range(positionsIn(segment))) {
      const position = decodePosition(at, value);
      if (position.offset !== end) throw damagedRecord();
      end += position.length;
      positions.push(position);
    }
    if (end !== writer.segments.get(segment)) throw damagedRecord();
    return positions;
  }

  /** Those that the pointers under their keys point to, right now. */
  async function neededOf(positions: readonly Position[]): Promise<Position[]> {
    const needed: Position[] = [];
    for (let from = 0; from < positions.length; from += STEP) {
      const step = positions.slice(from, from + STEP);
      const pointers = await below.getMany(step.map(({ key }) => key));
      needed.push(...step.filter((position, at) => pointsTo(pointers[at], position)));
      await new Promise(setImmediate);
    }
    return needed;
  }

  async function move(part: readonly Position[]): Promise<void> {
    const still = await neededOf(part);
    const puts = still.map((position): RawOperation => ({
      type: "put",
      key: position.key,
      value: files.read(position),
    }));
    await writer.write(puts);
  }

  /** Forgets the segment, and then removes its file, when nobody reads an older state. */
  async function remove(segment: number, positions: readonly Position[]): Promise<void> {
    if ((await neededOf(positions)).length > 0) return;
    await writer.forget(segment, positions.map(positionKey));
    readers.whenDone(() => files.remove(segment));
  }

  return {
    check() {
      if (failure) throw failure.error;
    },
    batchWritten(inTurn) {
      if (stopped || looking || ++batches % lookEvery !== 0) return;
      looking = look(inTurn)
        .catch((error: unknown) => void (failure = { error }))
        .finally(() => void (looking = undefined));
    },
    async stop() {
      stopped = true;
      await looking;
    },
  };
}

function pointsTo(value: Uint8Array | undefined, { segment, offset }: Position): boolean {
  if (!value || !isPointer(value)) return false;
  const place = decodePointer(value);
  return place.segment === segment && place.offset === offset;
}

function lengthOf(positions: readonly Position[]): number {
  return positions.reduce((sum, { length }) => sum + length, 0);
}

/** In parts that are written at once, each about as large as a large batch. */
function* partsOf(positions: readonly Position[]): Iterable<Position[]> {
  let part: Position[] = [];
  for (const position of positions) {
    part.push(position);
    if (lengthOf(part) < MOVE_BYTES) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
