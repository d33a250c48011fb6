/** The compiled kernel of one shard (hashing/kernels/assembly/hamming.ts): its functions, its memory, and how that grows. */
import { availableMemory } from "node:process";
import { HashingError } from "../errors.ts";

interface Functions {
  readonly memory: WebAssembly.Memory;
  readonly HEADER: { readonly value: number };
  readonly INPUT: { readonly value: number };
  readonly OUTPUT: { readonly value: number };
  readonly sections: { readonly value: number };
  layOut(capacity: number): number;
  sectionStart(section: number): number;
  sectionLength(section: number): number;
  whole(): number;
  hasRoom(): number;
  add(): number;
  remove(slot: number): void;
  find(): number;
  holds(slot: number): number;
  read(slot: number): void;
  prepare(number: number, limit: number): void;
  query(distance: number): number;
  scan(queries: number, distance: number): void;
  finish(number: number): number;
  build(count: number): void;
  compact(budget: number): number;
}

const PAGE = 65_536;
/** One less than WebAssembly allows, so that the end of memory is still a 32-bit number. */
const MOST_PAGES = 65_535;
/** Memory that stays free for the rest of the machine whenever a shard takes more. */
const RESERVE = 64 * 1024 * 1024;

export interface Kernel extends Functions {
  /** Views of its memory, which hold until it grows. */
  bytes(from: number, length: number): Uint8Array<ArrayBuffer>;
  words(from: number, length: number): Uint32Array<ArrayBuffer>;
}

/** A kernel with memory of its own. */
export function startKernel(module: WebAssembly.Module): Kernel {
  const functions = new WebAssembly.Instance(module).exports as unknown as Functions;
  const { memory } = functions;
  return {
    ...functions,
    bytes: (from, length) => new Uint8Array(memory.buffer, from >>> 0, length),
    words: (from, length) => new Uint32Array(memory.buffer, from >>> 0, length),
  };
}

/** Makes memory reach up to `end`. Error: `hashing/out-of-memory`, with nothing changed. */
export function reach({ memory }: Kernel, end: number): void {
  const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
  if (missing <= 0) return;
  if (end > MOST_PAGES * PAGE) throw outOfMemory("One shard can address no more than 4 GiB.");
  try {
    memory.grow(missing);
  } catch {
    throw outOfMemory("The system gave no more memory.");
  }
}

/** Before `bytes` are written to for the first time. Error: `hashing/out-of-memory` when the machine has not got them. */
export function checkAvailable(bytes: number): void {
  const available = availableMemory();
  if (available < bytes + RESERVE)
    throw outOfMemory(`${bytes} bytes are needed and ${available} are left on this machine.`);
}

const outOfMemory = (why: string) =>
  new HashingError(
    "hashing/out-of-memory",
    `There is no memory for more hashes. ${why}`,
    "Compact the shard, put further hashes into another one, or give the machine more memory.",
  );
