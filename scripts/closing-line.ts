/** A vitest reporter that ends every run with one plain line: `N passed, N failed, N skipped`. */
import type { Reporter, TestModule } from "vitest/node";

export function closingLine(): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]) {
      const counts = { passed: 0, failed: unhandled.length, skipped: 0 };
      for (const module of modules) {
        counts.failed += module.errors().length;
        for (const test of module.children.allTests()) {
          const state = test.result().state;
          if (state in counts) counts[state as keyof typeof counts] += 1;
        }
      }
      process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    },
  };
}
