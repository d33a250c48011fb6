import fc from "fast-check";
import { expect, test } from "vitest";
import { createFrameReader, frame, type Frame } from "../../../node/decode/frames.ts";

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
