/** Near matches: what is learned, what is left out, and that a thread that dies costs nothing but time. */
import type { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import type { AdvertRecord } from "@wardline/protocol/adverts";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import { createNearMatches } from "../../../node/casework/near.ts";
import { hashOf } from "../../hashing/index/model.ts";

const settings = { nearDistance: 31, nearQuality: 50 };
type Said = { author: string; record: AdvertRecord };

const record = (id: string, pdq: string, more: Partial<AdvertRecord> = {}): AdvertRecord => ({
  id,
  action: "assert",
  digests: { sha256: "0".repeat(64), pdq, quality: 90 },
  facts: { age: "not-categorised", gender: "not-determined", flags: [] },
  verdict: "baseline",
  vocabulary: builtInVocabulary,
  basis: "seen",
  held: false,
  at: 1,
  ...more,
});

async function nearOver(said: readonly Said[]) {
  const near = createNearMatches(settings, async function* () {
    yield* said;
  });
  onTestFinished(() => near.stop());
  await near.start();
  return near;
}

test("the nearest of what members saw, as the feeds said it and as it is learned and forgotten", async () => {
  const near = await nearOver([{ author: "a", record: record("1", hashOf(1, [1, 2, 3])) }]);
  const nearest = () => near.nearest(hashOf(1), 90);
  expect(await nearest()).toEqual({ member: "a", verdict: "baseline", distance: 3 });
  near.learn("b", record("1", hashOf(1, [1]), { verdict: "national" }));
  expect(await nearest()).toEqual({ member: "b", verdict: "national", distance: 1 });
  near.forget("b", "1");
  near.forget("b", "unknown");
  expect(await nearest()).toMatchObject({ member: "a" });
  near.forget("a", "1");
  expect(await nearest()).toBeUndefined();
});

test("nothing of poor pictures, of verdicts that were taken over, of legal ones, and of flat ones", async () => {
  const poor = { sha256: "0".repeat(64), pdq: hashOf(1), quality: 49 };
  const near = await nearOver([
    { author: "a", record: record("1", hashOf(1), { digests: poor }) },
    { author: "a", record: record("2", hashOf(1), { basis: "derived" }) },
    { author: "a", record: record("3", hashOf(1), { verdict: "not-illegal" }) },
    { author: "a", record: record("4", "0".repeat(64)) },
  ]);
  expect(await near.nearest(hashOf(1), 90)).toBeUndefined();
  expect(await near.nearest("0".repeat(64), 90)).toBeUndefined();
  near.learn("a", record("5", hashOf(2)));
  expect(await near.nearest(hashOf(2), 90)).toMatchObject({ distance: 0 });
  expect(await near.nearest(hashOf(2), 49)).toBeUndefined();
  expect(await near.nearest(undefined, undefined)).toBeUndefined();
});

test("what comes by the thousand is learned together, and a flat one among it keeps out none", async () => {
  const many = Array.from({ length: 2500 }, (_, at) =>
    record(`${at}`, at % 1000 === 7 ? "f".repeat(64) : hashOf(at + 10)),
  );
  const near = await nearOver(many.slice(0, 1300).map((one) => ({ author: "a", record: one })));
  for (const one of many.slice(1300)) near.learn("b", one);
  for (const at of [0, 8, 1023, 1024, 1299])
    expect(await near.around(hashOf(at + 10), 5)).toEqual([{ member: "a", record: `${at}`, distance: 0 }]);
  for (const at of [1300, 2008, 2499])
    expect(await near.around(hashOf(at + 10), 5)).toEqual([{ member: "b", record: `${at}`, distance: 0 }]);
  expect(await near.around("f".repeat(64), 5)).toEqual([]);
  near.learn("b", record("last", hashOf(9000)));
  near.forget("b", "last");
  expect(await near.around(hashOf(9000), 5)).toEqual([]);
});

test("a thread that died is started again with what the feeds hold", async () => {
  const threads: Worker[] = [];
  const listen = (worker: Worker) => void threads.push(worker);
  process.on("worker", listen);
  onTestFinished(() => void process.off("worker", listen));
  const said: Said[] = [{ author: "a", record: record("1", hashOf(1)) }];
  const near = await nearOver(said);
  await threads[0]?.terminate();
  expect(await near.nearest(hashOf(1), 90)).toMatchObject({ member: "a" });

  await threads[1]?.terminate();
  said.push({ author: "b", record: record("2", hashOf(2)) });
  near.learn("b", record("2", hashOf(2)));
  expect(await near.nearest(hashOf(2), 90)).toMatchObject({ member: "b" });
  expect(threads).toHaveLength(3);
});
