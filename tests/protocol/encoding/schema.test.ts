import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readerOf } from "@wardline/protocol/encoding";
import { statementTypes, type StatementType } from "@wardline/protocol/statements";

const types = Object.keys(statementTypes) as StatementType[];

/** What stands in place of a field: other kinds, limits and beyond, and values that only look right. */
const others = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    true,
    "",
    " ",
    [],
    [undefined],
    {},
    { extra: 1 },
    0,
    -0,
    -1,
    0.5,
    NaN,
    1e300,
  ),
  fc.constantFrom("A".repeat(32), "a".repeat(32), "a".repeat(64), "a".repeat(65), "a".repeat(9000), "a\n"),
  fc.constantFrom(
    new Date(0),
    new Map(),
    JSON.parse('{"__proto__":{"held":true}}'),
    Object.create({ held: true }),
  ),
  fc.jsonValue(),
);

/** The value with what stands at one place in it, chosen by `choices`, replaced, removed or added to. */
function changed(value: unknown, choices: number[], other: unknown): unknown {
  const [choice = 0, ...rest] = choices;
  if (typeof value !== "object" || value === null || rest.length === 0) return other;
  const names = Object.keys(value);
  const name = names[choice % (names.length + 1)] ?? "addition";
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  copy[name] = changed(copy[name], rest, other);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

describe("a quick reader", () => {
  test.each(types)("gives the example of %s back as it is", (type) => {
    const { payload, example } = statementTypes[type];
    const complete = payload.parse(example);
    expect(readerOf<unknown>(payload)(complete).data).toBe(complete);
  });

  test.each(types)("reads and refuses whatever zod reads and refuses of %s", (type) => {
    const { payload, example } = statementTypes[type];
    const read = readerOf<unknown>(payload);
    const choices = fc.array(fc.nat(30), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(choices, others, (where, other) => {
        const value = changed(example, where, other);
        const [quick, slow] = [read(value), payload.safeParse(value)];
        expect(quick.success).toBe(slow.success);
        expect(quick.data).toEqual(slow.data);
      }),
      { numRuns: 60 },
    );
  });

  test("leaves to zod what is more than a check", () => {
    const schema = z.looseObject({
      trimmed: z.string().trim(),
      mail: z.email(),
      count: z.number().multipleOf(3),
      even: z.int().refine((value) => value % 2 === 0),
      kind: z.string().default("none"),
    });
    const good = { trimmed: " a ", mail: "a@b.example", count: 9, even: 2 };
    expect(readerOf(schema)(good).data).toEqual({ ...good, trimmed: "a", kind: "none" });
    for (const wrong of [{ mail: "a" }, { count: 8 }, { even: 3 }, { trimmed: 1 }]) {
      expect(readerOf(schema)({ ...good, ...wrong }).success).toBe(false);
    }
  });

  test("drops unknown fields where the schema does", () => {
    const read = readerOf(z.object({ id: z.string() }));
    const exact = { id: "a" };
    expect(read(exact).data).toBe(exact);
    expect(read({ id: "a", more: 1 }).data).toEqual(exact);
    expect(readerOf(z.strictObject({ id: z.string() }))({ id: "a", more: 1 }).success).toBe(false);
  });
});
