import { expect, test } from "vitest";
import { kernelModule, type KernelName } from "@wardline/hashing/kernels";

test("every kernel is there, compiled once, on a processor with SIMD", () => {
  for (const name of ["pdq", "hamming"] as const) {
    expect(kernelModule(name)).toBeDefined();
    expect(kernelModule(name)).toBe(kernelModule(name));
  }
});

test("a kernel that was never built is named, with what to do", () => {
  expect(() => kernelModule("nothing" as KernelName)).toThrow(
    expect.objectContaining({
      code: "hashing/kernel-missing",
      advice: expect.stringContaining("build-kernels"),
    }),
  );
});
