import { expect, test } from "vitest";
import { defineCollection, putting } from "@wardline/node/store";
import { newStore, reopen } from "../node/store/support.ts";

const things = defineCollection<number>("things");

test("a store goes on, closes and opens beyond the length of its journal", { timeout: 900_000 }, async () => {
  const { store, options } = await newStore();
  const batches = 70_000;
  for (let at = 0; at < batches; at++) await store.write([store.change(putting(things, [at % 10], at))]);
  await store.close();
  const again = await reopen(options);
  expect(await again.get(things, 9)).toBe(batches - 1);
  for (let at = 0; at < 100; at++) await again.write([again.change(putting(things, [0], at))]);
  await again.close();
  expect(await (await reopen(options)).get(things, 0)).toBe(99);
});
