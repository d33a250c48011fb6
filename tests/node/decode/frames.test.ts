import fc from "fast-check";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFrameReader, frame, readFrame, type Frame } from "../../../node/decode/frames.ts";

const limits = { header: 1000, body: 1000 };

test("frames arrive whole, in order, however the bytes are cut", () => {
  const one = fc.tuple(fc.record({ text: fc.string({ maxLength: 50 }) }), fc.uint8Array({ maxLength: 300 }));
  fc.assert(
    fc.property(fc.array(one), fc.integer({ min: 1, max: 97 }), (sent, cut) => {
      const received: Frame[] = [];
      const read = createFrameReader(limits, (next) => received.push(next));
      const bytes = Buffer.concat(sent.flatMap(([header, body]) => frame(header, body)));
      for (let at = 0; at < bytes.length; at += cut) read(bytes.subarray(at, at + cut));
      expect(received.map(({ header, body }) => [header, [...body]])).toEqual(
        sent.map(([header, body]) => [header, [...body]]),
      );
    }),
  );
});

test("a frame over the limits, or one whose header is no JSON, is refused", () => {
  const read = () => createFrameReader(limits, () => undefined);
  expect(() => read()(Buffer.concat(frame({ text: "x".repeat(1000) })))).toThrow();
  expect(() => read()(Buffer.concat(frame({}, new Uint8Array(1001))))).toThrow();
  expect(() => read()(Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 0, 0x7b]))).toThrow();
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "frames-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Everything that a file of these bytes holds. */
function readAll(bytes: Uint8Array): Frame[] {
  const path = join(folder, "frames");
  writeFileSync(path, bytes);
  const file = openSync(path, "r");
  const found: Frame[] = [];
  try {
    for (let next = readFrame(file, limits); next; next = readFrame(file, limits)) found.push(next);
  } finally {
    closeSync(file);
  }
  return found;
}

test("a side that waits for its input finds the same frames, and the end", () => {
  const sent = [frame({ a: 1 }), frame({ b: 2 }, new Uint8Array(700).fill(9)), frame({}, new Uint8Array(1))];
  const bytes = Buffer.concat(sent.flat());
  expect(readAll(bytes).map(({ header, body }) => [header, body.length])).toEqual([
    [{ a: 1 }, 0],
    [{ b: 2 }, 700],
    [{}, 1],
  ]);
  expect(() => readAll(bytes.subarray(0, -1))).toThrow("cut off");
  expect(() => readAll(bytes.subarray(0, 5))).toThrow("cut off");
  expect(() => readAll(Buffer.concat(frame({}, new Uint8Array(1001))))).toThrow("over the limit");
});
