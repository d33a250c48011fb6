/** Many things at once: queries while entries come and are put in order, and threads that die. */
import type { Worker } from "node:worker_threads";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Entry, MatchIndex } from "@wardline/hashing/index";
import { hashOf, digestOf } from "./model.ts";
import { created, entriesUpTo, entry, key, opened, ownFolder } from "./support.ts";

const totalOf = async (index: MatchIndex, at: number) => (await index.match({ pdq: hashOf(at) })).total;

/** The threads that are started until the test ends. */
function startedThreads(): Worker[] {
  const threads: Worker[] = [];
  const listen = (worker: Worker) => void threads.push(worker);
  process.on("worker", listen);
  onTestFinished(() => void process.off("worker", listen));
  return threads;
}

describe("queries", () => {
  test("see everything that is in, while a bulk build runs beside what was there", async () => {
    const index = await created({ threads: 2, capacity: 50_000 });
    await index.add(Array.from({ length: 10 }, (_, at) => entry(50_000 + at)));
    let known = 0;
    let built = false;
    const all = entriesUpTo(30_000).map((one) =>
      one.key % 10 === 0 ? { ...one, sha256: digestOf("sha256", one.key) } : one,
    );
    const building = index.build(all, { onProgress: (done) => (known = done) }).finally(() => (built = true));
    let asked = 0;
    while (!built) {
      const at = Math.max(0, known - 1 - (asked % 500));
      const wanted = known > 0 ? 1 : 0;
      const { total } = await index.match({ pdq: hashOf(at) });
      expect(total).toBeGreaterThanOrEqual(wanted);
      asked++;
    }
    expect(await building).toBe(30_000);
    expect(index.entries).toBe(30_010);
    const sha256 = digestOf("sha256", 29_990);
    expect((await index.match({ sha256 })).matches).toMatchObject([{ key: 29_990, decides: true }]);
  });

  test("see what was there before while an empty index is built, and all of it after", async () => {
    const index = await created({ threads: 2, capacity: 50_000 });
    let built = false;
    const building = index.build(entriesUpTo(10_000)).finally(() => (built = true));
    while (!built) expect(await totalOf(index, 1)).toBeLessThanOrEqual(1);
    await building;
    expect([index.entries, await totalOf(index, 0), await totalOf(index, 9_999)]).toEqual([10_000, 1, 1]);
  });

  test("find what was added and removed beside the build of an empty index", async () => {
    const index = await created({ threads: 2, capacity: 50_000 });
    const building = index.build(entriesUpTo(10_000));
    await index.add([entry(20_000)]);
    await building;
    await index.remove([{ list: "usual", key: 5 }]);
    expect([await totalOf(index, 20_000), await totalOf(index, 5), await totalOf(index, 9_999)]).toEqual([
      1, 0, 1,
    ]);
    expect(index.entries).toBe(10_000);
  });

  test("are complete while everything is put in order, and additions go on", async () => {
    const index = await created({ threads: 1, capacity: 100_000 });
    await index.build(entriesUpTo(30_000));
    let compact = false;
    const compacting = index.compact().then(() => (compact = true));
    for (let at = 30_000; !compact; at++) {
      await index.add([entry(at)]);
      await index.remove([{ list: "usual", key: at - 30_000 }]);
      expect([
        await totalOf(index, at),
        await totalOf(index, at - 30_000),
        await totalOf(index, 29_999),
      ]).toEqual([1, 0, 1]);
    }
    await compacting;
    expect(index.entries).toBe(30_000);
    expect(await totalOf(index, 29_998)).toBe(1);
  });

  test("made together are answered each with its own", async () => {
    const index = await created({ threads: 2 });
    await index.add(entriesUpTo(500));
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, at) => index.match({ pdq: hashOf(at) }, { limit: at % 3 })),
    );
    answers.forEach(({ total, matches }, at) => {
      expect(total).toBe(at < 500 ? 1 : 0);
      expect(matches.map((match) => match.key)).toEqual(at < 500 && at % 3 > 0 ? [at] : []);
    });
  });
});

describe("a bulk build", () => {
  test("reads no faster than the threads take it", async () => {
    const index = await created({ threads: 1, capacity: 100_000 });
    let read = 0;
    let most = 0;
    let known = 0;
    function* source(): Generator<Entry> {
      for (; read < 40_000; read++) {
        most = Math.max(most, read - known);
        yield entry(read);
      }
    }
    await index.build(source(), { onProgress: (done) => (known = done) });
    expect(most).toBeLessThan(15_000);
  });

  test("ends when it is told to, with the reason; what is in stays", async () => {
    const index = await created({ capacity: 100_000 });
    const stop = new AbortController();
    const why = new Error("enough");
    const onProgress = () => stop.abort(why);
    await expect(index.build(entriesUpTo(50_000), { onProgress, signal: stop.signal })).rejects.toBe(why);
    expect(index.entries).toBeGreaterThan(0);
    expect(index.entries).toBeLessThan(50_000);
    expect(await totalOf(index, 0)).toBe(1);
  });

  test("whose source fails, fails with it", async () => {
    const index = await created();
    async function* source(): AsyncGenerator<Entry> {
      yield entry(1, { md5: digestOf("md5", 1) });
      throw new Error("the list was cut");
    }
    await expect(index.build(source())).rejects.toThrow("the list was cut");
    await index.add([entry(2, { md5: digestOf("md5", 2) })]);
    expect((await index.match({ md5: digestOf("md5", 2) })).total).toBe(1);
  });
});

describe("a thread that dies", () => {
  test("is a typed error for all that wait and all that follow; what was saved opens again", async () => {
    const threads = startedThreads();
    const folder = await ownFolder();
    const index = await created({ store: { folder, key } });
    await index.add(entriesUpTo(100));
    await index.save("100");
    const crashed = expect.objectContaining({ code: "hashing/index-crashed" });
    const waiting = [
      index.matchAll(Array<object>(5000).fill({ pdq: hashOf(1) })),
      index.add(entriesUpTo(1000)),
    ];
    const seen = waiting.map((one) => one.catch((error: unknown) => error));
    await threads[0]?.terminate();
    for (const one of await Promise.all(seen)) expect(one).toEqual(crashed);
    await expect(index.match({ pdq: hashOf(1) })).rejects.toEqual(crashed);
    await expect(index.add([entry(1)])).rejects.toEqual(crashed);
    await index.close();
    const again = await opened(folder);
    expect([again.mark, again.entries, await totalOf(again, 99)]).toEqual(["100", 100, 1]);
  });

  test("while it looks for digests, too", async () => {
    const threads = startedThreads();
    const index = await created();
    await index.add([entry(1, { sha256: digestOf("sha256", 1) })]);
    await threads[1]?.terminate();
    await expect(index.match({ sha256: digestOf("sha256", 1) })).rejects.toMatchObject({
      code: "hashing/index-crashed",
    });
    expect(await totalOf(index, 1)).toBe(1);
  });
});

describe("lists", () => {
  test("take their settings from the next query on", async () => {
    const index = await created({ lists: [] });
    await index.add([entry(1, { quality: 60 })]);
    const near = { pdq: hashOf(1, [1, 2, 3]) };
    const list = { id: "usual", name: "Usual" };
    const totalWith = async (settings: object) => {
      await index.setLists([{ ...list, ...settings }]);
      return (await index.match(near)).total;
    };
    expect((await index.match(near)).total).toBe(0);
    expect(await totalWith({})).toBe(1);
    expect(await totalWith({ distance: 2 })).toBe(0);
    expect(await totalWith({ distance: 3 })).toBe(1);
    expect(await totalWith({ quality: 61 })).toBe(0);
    expect(await totalWith({ audience: "XA" })).toBe(0);
    expect(await totalWith({ knownGood: true })).toBe(0);
    expect((await index.match(near)).suppressedBy).toMatchObject({ list: "usual", key: 1, distance: 3 });
  });
});
