/** What the decoder says of hostile and broken files, each with its own name; and that the next item is not affected. */
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDecoder, type Decoder } from "../../../node/decode/index.ts";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { descendantsOf } from "../../support/processes.ts";
import { flatPicture, picture } from "../../support/pictures.ts";

const settings = decodeSettings.parse({ children: 1 });
const utf8 = (text: string) => new TextEncoder().encode(text);
const code = (name: string) =>
  expect.objectContaining({ code: `decode/${name}`, advice: expect.any(String) });

let decoder: Decoder;
let good: Uint8Array;
beforeAll(async () => {
  decoder = createDecoder(settings, systemClock);
  good = await picture(1);
});
afterAll(() => decoder.close());

describe("a file that is no picture we open", () => {
  test.each([
    ["SVG", utf8('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>')],
    ["SVG with a prologue", utf8('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ["HTML", utf8("<!doctype html><img src=x>")],
    ["PDF", utf8("%PDF-1.7\n1 0 obj")],
    ["TIFF", Uint8Array.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0])],
    ["BMP", utf8("BM" + "\0".repeat(60))],
    ["PPM", utf8("P6 2 2 255 abcdefghijkl")],
    ["AVIF", utf8("\0\0\0\x1cftypavif\0\0\0\0avifmif1")],
    ["nothing at all", new Uint8Array()],
    ["noise", Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251)],
  ])("%s is refused by name", async (_, bytes) => {
    await expect(decoder.decode(bytes)).rejects.toThrow(code("unsupported-format"));
    await expect(decoder.hash(bytes)).rejects.toThrow(code("unsupported-format"));
    await expect(decoder.render(bytes, { level: "clear", side: 100 })).rejects.toThrow(
      code("unsupported-format"),
    );
  });
});

describe("a picture that is broken", () => {
  test("a JPEG cut off is refused, wherever it is cut", async () => {
    for (const share of [0.02, 0.3, 0.6, 0.95]) {
      const cut = good.subarray(0, Math.floor(good.length * share));
      await expect(decoder.decode(cut)).rejects.toThrow(code("corrupt"));
      await expect(decoder.hash(cut)).rejects.toThrow(code("corrupt"));
    }
  });

  test.each(["png", "webp", "gif"] as const)("a %s cut off is refused", async (format) => {
    const bytes = await picture(2, { format });
    await expect(decoder.decode(bytes.subarray(0, bytes.length / 2))).rejects.toThrow(code("corrupt"));
  });

  test("any flipped bytes give a picture or a named refusal, and never anything else", async () => {
    const flips = fc.array(fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) }), {
      minLength: 1,
    });
    const formats = await Promise.all(
      (["jpeg", "png", "webp", "gif"] as const).map((format) =>
        picture(3, { format, width: 60, height: 50 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...formats), flips, async (original, changes) => {
        const bytes = Uint8Array.from(original);
        for (const { at, to } of changes) bytes[at % bytes.length] = to;
        const outcome = await decoder.decode(bytes).then(
          ({ width, height }) => (width > 0 && height > 0 ? "decoded" : "nonsense"),
          (error: { code: string }) => error.code,
        );
        expect([
          "decoded",
          "decode/corrupt",
          "decode/unsupported-format",
          "decode/too-many-pixels",
        ]).toContain(outcome);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a picture that is too much", () => {
  test("of 200 megapixels is refused before it is decoded", async () => {
    const bomb = await flatPicture(20_000, 10_000);
    expect(bomb.length).toBeLessThan(4_000_000);
    await expect(decoder.hash(bomb)).rejects.toThrow(code("too-many-pixels"));
    await expect(decoder.decode(bomb)).rejects.toThrow(code("too-many-pixels"));
  });

  test("of more bytes than allowed is refused without a child", async () => {
    const small = createDecoder({ ...settings, largestFile: 1000 }, systemClock);
    await expect(small.decode(new Uint8Array(1001))).rejects.toThrow(code("too-large"));
    await small.close();
  });

  test("for the child's memory ends that child only", async () => {
    const narrow = createDecoder(
      { ...settings, memory: 720 * 2 ** 20, mostPixels: 200_000_000 },
      systemClock,
    );
    await expect(narrow.decode(await flatPicture(9_000, 9_000, "gif"))).rejects.toThrow(code("crashed"));
    await expect(narrow.decode(good)).resolves.toMatchObject({ mime: "image/jpeg" });
    await narrow.close();
  });
});

describe("a child that fails", () => {
  test("by taking too long is killed, and the next item works", async () => {
    let late: (() => void) | undefined;
    const stopped = { now: () => 0, after: (_: number, act: () => void) => ((late = act), () => undefined) };
    const slow = createDecoder(settings, stopped);
    await slow.check();
    const decoding = slow.decode(await flatPicture(6_000, 6_000, "gif"));
    const refused = expect(decoding).rejects.toThrow(code("timeout"));
    await sleep(0); // the item is on its way
    late?.();
    await refused;
    await expect(slow.decode(good)).resolves.toMatchObject({ width: 240, height: 180 });
    await slow.close();
  });

  test("by dying in the middle of an item is named, and the next item works", async () => {
    const doomed = createDecoder(settings, systemClock);
    await doomed.check();
    const decoding = doomed.decode(await flatPicture(6_000, 6_000, "gif"));
    const refused = expect(decoding).rejects.toThrow(code("crashed"));
    // All sandboxes of this process: this decoder's is at work, the other tests' is idle and comes back.
    for (const pid of descendantsOf(process.pid)) process.kill(pid, "SIGKILL");
    await refused;
    await expect(doomed.decode(good)).resolves.toMatchObject({ mime: "image/jpeg" });
    await doomed.close();
    await expect(decoder.decode(good)).resolves.toMatchObject({ mime: "image/jpeg" });
  });

  test("while it is idle is simply replaced", async () => {
    for (const pid of descendantsOf(process.pid)) process.kill(pid, "SIGKILL");
    // Until they are gone and this process has heard of it, however busy the machine is.
    while (descendantsOf(process.pid).length > 0) await sleep(5);
    await expect(decoder.decode(good)).resolves.toMatchObject({ mime: "image/jpeg" });
  });
});

test("a decoder that was closed says so, also to those in line", async () => {
  const closing = createDecoder(settings, systemClock);
  const inLine = [1, 2, 3].map(() => closing.decode(good));
  const outcomes = Promise.all(inLine.map((one) => expect(one).rejects.toThrow(code("closed"))));
  await closing.close();
  await outcomes;
  await expect(closing.decode(good)).rejects.toThrow(code("closed"));
});
