/** What the kernels need of the WebAssembly interface: TypeScript describes it only together with the whole browser. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    readonly exports: Record<string, unknown>;
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    /** Sizes in pages of 64 KiB. */
    constructor(size: { initial: number; maximum?: number });
    /** Adds pages and returns how many there were. Throws a RangeError when memory is refused. */
    grow(pages: number): number;
  }
  /** Whether this runtime can compile the code. */
  function validate(code: Uint8Array): boolean;
}
