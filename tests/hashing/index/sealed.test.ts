/** The sealed form: whatever is changed, cut, added, swapped or opened with another key is seen. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHUNK, openWhole, sealWhole } from "../../../hashing/index/sealed.ts";
import { key } from "./support.ts";

const damaged = expect.objectContaining({ code: "hashing/index-damaged" });
const refused = expect.objectContaining({
  code: expect.stringMatching(/^hashing\/index-(damaged|version)$/) as string,
});
const content = Buffer.from("what is kept");

describe("a sealed file", () => {
  test("gives back what was sealed, at every length around a chunk's", () => {
    for (const length of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]) {
      const bytes = Buffer.alloc(length, 5);
      expect(bytes.equals(openWhole(key, "a role", sealWhole(key, "a role", bytes)))).toBe(true);
    }
  });

  test("is never the same twice, and does not show its content", () => {
    const [one, other] = [sealWhole(key, "a role", content), sealWhole(key, "a role", content)];
    expect(Buffer.from(one).equals(other)).toBe(false);
    expect(Buffer.from(one).includes(content.subarray(0, 4))).toBe(false);
  });

  test("sees any byte that is not what was written", () => {
    const sealed = sealWhole(key, "a role", content);
    for (let at = 0; at < sealed.length; at++) {
      const wrong = Uint8Array.from(sealed);
      wrong[at] = (wrong[at] as number) ^ 1;
      expect(() => openWhole(key, "a role", wrong)).toThrow(refused);
    }
  });

  test("sees where it was cut and what was added, chunk ends included", () => {
    const sealed = sealWhole(key, "a role", Buffer.alloc(2 * CHUNK));
    for (const length of [0, 1, 23, 24, 39, 40, 24 + CHUNK + 16, sealed.length - 17, sealed.length - 1])
      expect(() => openWhole(key, "a role", sealed.subarray(0, length))).toThrow(damaged);
    for (const added of [1, 16, CHUNK + 16])
      expect(() => openWhole(key, "a role", Buffer.concat([sealed, Buffer.alloc(added)]))).toThrow(damaged);
  });

  test("sees chunks in another order", () => {
    const sealed = sealWhole(key, "a role", Buffer.alloc(3 * CHUNK));
    const [first, second] = [24, 24 + CHUNK + 16];
    const chunk = sealed.slice(first, second);
    sealed.copyWithin(first, second, second + CHUNK + 16);
    sealed.set(chunk, second);
    expect(() => openWhole(key, "a role", sealed)).toThrow(damaged);
  });

  test("opens for its own key and role alone", () => {
    const sealed = sealWhole(key, "shard-1-0", content);
    expect(() => openWhole(key, "shard-1-1", sealed)).toThrow(damaged);
    expect(() => openWhole(new Uint8Array(32), "shard-1-0", sealed)).toThrow(damaged);
  });

  test("of a later version says so", () => {
    const sealed = sealWhole(key, "a role", content);
    sealed[4] = 2;
    expect(() => openWhole(key, "a role", sealed)).toThrow(
      expect.objectContaining({ code: "hashing/index-version" }) as Error,
    );
  });

  test("never opens from anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => openWhole(key, "a role", bytes)).toThrow(refused);
      }),
    );
  });
});
