/**
 * The compiled inner loops: WebAssembly with 128-bit SIMD, made from `assembly/*.ts` (AssemblyScript) at set-up by
 * `scripts/build-kernels.ts`. Each has a plain TypeScript twin in the room that uses it, which gives the same results,
 * judges it in tests, and serves where the processor has no SIMD.
 */
import { readFileSync } from "node:fs";
import { HashingError } from "../errors.ts";

export type KernelName = "pdq" | "hamming";

const modules = new Map<KernelName, WebAssembly.Module | undefined>();

/**
 * The compiled kernel, once a thread; `undefined` where SIMD is missing: use the plain twin.
 * Error: `hashing/kernel-missing` when it was never built.
 */
export function kernelModule(name: KernelName): WebAssembly.Module | undefined {
  if (!modules.has(name)) modules.set(name, compiled(name));
  return modules.get(name);
}

function compiled(name: KernelName): WebAssembly.Module | undefined {
  const code = read(name);
  return WebAssembly.validate(code) ? new WebAssembly.Module(code) : undefined;
}

function read(name: KernelName): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(new URL(`built/${name}.wasm`, import.meta.url)));
  } catch {
    throw new HashingError(
      "hashing/kernel-missing",
      `The kernel ${name} was not built.`,
      "Start through the npm commands, which build it, or run `node scripts/build-kernels.ts` once.",
    );
  }
}
