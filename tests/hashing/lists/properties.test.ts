/** Whatever bytes come in whatever pieces: no crash but the named errors, no hang, the same result; and lists come back as written. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HashingError } from "@wardline/hashing/pdq";
import { listFormats, writeList, type ListEntry } from "@wardline/hashing/lists";
import { read } from "./support.ts";

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
  .map((one) =>
    one
      .normalize()
      .replace(/[\p{Cc}\ufffe\uffff]/gu, "")
      .trim(),
  )
  .filter((one) => one !== "" && one.isWellFormed());
/** Half of the bits set, as in real hashes. */
const pdq = hex(32).map(
  (half) => half + [...half].map((digit) => (15 - parseInt(digit, 16)).toString(16)).join(""),
);

const entry: fc.Arbitrary<ListEntry> = fc
  .record(
    {
      pdq,
      sha256: hex(64),
      sha1: hex(40),
      md5: hex(32),
      quality: fc.nat(100),
      id: text,
      source: text,
      sourceId: text,
      verdict: text,
      media: fc.constantFrom("image" as const, "video" as const),
      updated: fc.nat(4_000_000_000),
      disputed: fc.constant(true as const),
      deleted: fc.constant(true as const),
      other: fc.dictionary(fc.constantFrom("pdna", "tmk-pdqf", "netclean"), text, { minKeys: 1 }),
    },
    { requiredKeys: ["pdq", "media"] },
  )
  .chain((full) => fc.constantFrom("pdq", "md5", "all").map((part) => only(full, part)));

function only(full: ListEntry, part: string): ListEntry {
  if (part !== "md5" || full.md5 === undefined) return full;
  const rest = { ...full };
  delete rest.pdq;
  delete rest.quality;
  return rest;
}

async function written(entries: ListEntry[], format: (typeof listFormats)[number]): Promise<string> {
  let out = "";
  const open = async function* () {
    for (let at = 0; at < entries.length; at += 3) yield entries.slice(at, at + 3);
  };
  for await (const piece of writeList(open, format)) out += piece;
  return out;
}

/** What a format can say of an entry, in its order. */
function kept(entries: ListEntry[], format: (typeof listFormats)[number]): unknown {
  if (format === "plain")
    return entries
      .filter(({ deleted }) => !deleted)
      .flatMap(({ pdq, sha256, sha1, md5 }) => [{ pdq }, { sha256 }, { sha1 }, { md5 }])
      .filter((one) => Object.values(one)[0] !== undefined);
  if (format === "csv") return entries.map((one) => ({ ...one, other: undefined }));
  if (format === "json") return entries;
  return [
    ...entries.filter(({ media }) => media !== "video"),
    ...entries.filter(({ media }) => media === "video"),
  ];
}

describe("export and import", () => {
  test.each(listFormats)("%s comes back as it was written", async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 12 }), async (entries) => {
        const all = await read(await written(entries, format), { format });
        expect([all.problems, all.error]).toEqual([[], undefined]);
        expect(all.entries).toEqual(kept(entries, format));
      }),
      { numRuns: 150 },
    );
  });
});

describe("hostile lists", () => {
  /** Lists with parts cut out, doubled and changed: near enough to the formats to reach every corner of their decoders. */
  const damaged = fc.record({
    entries: fc.array(entry, { minLength: 1, maxLength: 6 }),
    format: fc.constantFrom(...listFormats),
    cuts: fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat(40),
        fc.constantFrom("", '"', "<", "]", "\\", "\n", "&", "{", ",", "\u0000", "<!"),
      ),
      { maxLength: 8 },
    ),
  });

  const named = ({ error }: { error: unknown }) => {
    if (error !== undefined) expect(error).toBeInstanceOf(HashingError);
  };

  test("that were damaged end in named errors, the same in any pieces", async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.integer({ min: 1, max: 50 }), async ({ entries, format, cuts }, piece) => {
        let list = await written(entries, format);
        for (const [at, length, instead] of cuts) {
          const from = at % (list.length + 1);
          list = list.slice(0, from) + instead + list.slice(from + length);
        }
        const whole = await read(list, { format });
        named(whole);
        expect(await read(list, { format }, piece)).toEqual(whole);
      }),
      { numRuns: 400 },
    );
  });

  test.each(listFormats)("of any bytes, as %s", async (format) => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: "binary", maxLength: 200 }).map((one) => new TextEncoder().encode(one)),
      fc
        .array(
          fc.constantFrom(
            "{",
            "}",
            "[",
            "]",
            '"',
            ",",
            ":",
            "\\",
            "\n",
            "\r",
            "<",
            ">",
            "/",
            "a",
            "&",
            "md5",
            "results",
          ),
          {
            maxLength: 60,
          },
        )
        .map((parts) => new TextEncoder().encode(parts.join(""))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (list) => {
        named(await read(list, { format }));
        named(await read(list));
      }),
      { numRuns: 400 },
    );
  });
});
