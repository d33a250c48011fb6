import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** Long plays, big stores and many fault seeds: hours are allowed here, flakiness is not. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  {
    test: {
      include: ["tests/long/**/*.test.ts"],
      exclude: ["node_modules/**"],
      testTimeout: 3_600_000,
      maxWorkers: 1,
    },
  },
);
