import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { digestsOf, digestsOfStream } from "@wardline/hashing/digests";
import { createDigestThread } from "../../../hashing/digests/thread.ts";

const MIB = 1024 * 1024;

async function* from(pieces: Iterable<Uint8Array>) {
  for (const piece of pieces) {
    await sleep(0);
    yield piece;
  }
}

test("streams digested side by side get the digests of their own bytes, however they are cut", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 5 }), async (streams) => {
      const found = await Promise.all(streams.map((stream) => digestsOfStream(from(stream))));
      expect(found).toEqual(streams.map((stream) => digestsOf(Buffer.concat(stream))));
    }),
    { numRuns: 40 },
  );
});

test("the caller's bytes are copied: large buffers, views and pooled ones stay as they are", async () => {
  const large = Buffer.alloc(3 * MIB + 17, "pattern");
  const view = large.subarray(5, 2 * MIB);
  const pooled = Buffer.from("abc");
  expect(await digestsOfStream([view, pooled])).toEqual(digestsOf(Buffer.concat([view, pooled])));
  expect([large.length, view.length, pooled.toString()]).toEqual([3 * MIB + 17, 2 * MIB - 5, "abc"]);
});

test("no more than the window is on its way, however many streams push", async () => {
  const window = 2 * MIB;
  const thread = createDigestThread({ window });
  let most = 0;
  function* pushing() {
    for (let piece = 0; piece < 40; piece++) {
      most = Math.max(most, thread.held);
      yield new Uint8Array(MIB).fill(piece);
    }
  }
  const runs = await Promise.all([1, 2, 3].map(() => digestsOfStream(pushing(), { thread })));
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(window);
  expect(thread.held).toBe(0);
  expect(new Set(runs.map(({ sha256 }) => sha256)).size).toBe(1);
});

test("an aborted stream ends at once, also while it waits, and is closed", async () => {
  const controller = new AbortController();
  let closed = false;
  async function* hanging() {
    try {
      yield new Uint8Array(10);
      controller.abort(new Error("changed my mind"));
      await sleep(0);
      yield new Uint8Array(10);
    } finally {
      closed = true;
    }
  }
  await expect(digestsOfStream(hanging(), { signal: controller.signal })).rejects.toThrow("changed my mind");
  await expect.poll(() => closed).toBe(true);

  const never: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  };
  await expect(digestsOfStream(never, { signal: AbortSignal.timeout(20) })).rejects.toThrow("timeout");
  await expect(digestsOfStream([], { signal: controller.signal })).rejects.toThrow("changed my mind");
});

test("a stream's own error comes through, and the thread goes on", async () => {
  function* failing() {
    yield new Uint8Array(10);
    throw new Error("cut off");
  }
  await expect(digestsOfStream(failing())).rejects.toThrow("cut off");
  expect(await digestsOfStream([])).toEqual(digestsOf(new Uint8Array()));
});

test("a process ends when its digests are done", async () => {
  const door = fileURLToPath(new URL("../../../hashing/digests/index.ts", import.meta.url));
  const program = `
    import { digestsOfStream } from ${JSON.stringify(door)};
    console.log((await digestsOfStream([Buffer.from("abc")])).md5);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  expect(stdout.trim()).toBe("900150983cd24fb0d6963f7d28e17f72");
});
