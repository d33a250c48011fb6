import { describe, expect, test } from "vitest";
import { factsSchema, type Verdict } from "@wardline/protocol/vocabulary";
import {
  agreedVerdict,
  mayAct,
  mayNotReassess,
  takeOver,
  type KnownRecord,
  type TakeOverPolicy,
  type Weighed,
} from "../../../node/casework/rules.ts";

const voices = { nameOf: (id: string) => `Hotline ${id.toUpperCase()}`, hostingHotline: "b" };
const seen = (author: string, verdict: Verdict, at = 1, more: Partial<Weighed> = {}): Weighed => ({
  author,
  verdict,
  basis: "seen",
  at,
  ...more,
});
const derived = (author: string, verdict: Verdict, member: string): Weighed => ({
  author,
  verdict,
  basis: "derived",
  derivedFrom: { member, record: "r" },
  at: 1,
});

describe("the agreed verdict", () => {
  const rows: [string, Weighed[], Verdict | undefined, string | undefined][] = [
    ["nothing was said", [], undefined, undefined],
    ["one baseline", [seen("a", "baseline")], "baseline", "baseline-final"],
    [
      "baseline against the hosting country",
      [seen("a", "baseline"), seen("b", "not-illegal", 2)],
      "baseline",
      "baseline-final",
    ],
    [
      "baseline against its own author's later word",
      [seen("a", "baseline"), seen("a", "not-illegal", 2)],
      "baseline",
      "baseline-final",
    ],
    [
      "a withdrawn baseline counts no more",
      [seen("a", "baseline", 1, { withdrawn: true }), seen("c", "not-illegal", 2)],
      "not-illegal",
      "not-illegal",
    ],
    [
      "national stands against a third country",
      [seen("a", "national"), seen("c", "not-illegal", 2)],
      "national",
      "national-stands",
    ],
    [
      "national overruled by the hosting country",
      [seen("a", "national"), seen("b", "not-illegal", 2)],
      "not-illegal",
      "hosting-country-overrules",
    ],
    [
      "overruled even when the hosting country spoke first",
      [seen("b", "not-illegal"), seen("a", "national", 2)],
      "not-illegal",
      "hosting-country-overrules",
    ],
    [
      "the hosting country alone is not overruling anybody",
      [seen("b", "national")],
      "national",
      "national-stands",
    ],
    [
      "an author corrects itself",
      [seen("a", "national"), seen("a", "not-illegal", 2)],
      "not-illegal",
      "not-illegal",
    ],
    [
      "everybody says not illegal",
      [seen("a", "not-illegal"), seen("b", "not-illegal", 2)],
      "not-illegal",
      "not-illegal",
    ],
    ["an echo, while nobody looked", [derived("a", "baseline", "b")], "baseline", "taken-over"],
    [
      "a look is worth more than an echo",
      [derived("a", "baseline", "b"), seen("a", "not-illegal", 2)],
      "not-illegal",
      "not-illegal",
    ],
    [
      "of several echoes the gravest",
      [derived("a", "national", "b"), derived("a", "baseline", "c")],
      "baseline",
      "taken-over",
    ],
  ];
  test.each(rows)("%s", (_, assessments, verdict, rule) => {
    const agreed = agreedVerdict(assessments, voices);
    expect(agreed?.verdict).toBe(verdict);
    expect(agreed?.rule).toBe(rule);
    if (agreed) expect(agreed.sentence).toMatch(/^[A-Z].*\.$/);
  });

  test("the order in which verdicts arrived does not matter", () => {
    const all = [
      seen("a", "national", 1),
      seen("c", "not-illegal", 2),
      seen("b", "national", 3),
      derived("a", "baseline", "d"),
    ];
    expect(agreedVerdict(all.toReversed(), voices)).toEqual(agreedVerdict(all, voices));
  });
});

const countries: Record<string, string> = { a: "XA", a2: "XA", b: "XB", c: "XC" };
const record = (member: string, verdict: Verdict, more: Partial<KnownRecord> = {}): KnownRecord => ({
  record: `${member}-1`,
  member,
  country: countries[member] ?? "XX",
  verdict,
  facts: factsSchema.parse({}),
  basis: "seen",
  ...more,
});
const policy: TakeOverPolicy = {
  self: "a",
  selfCountry: "XA",
  baselineNeeds: 1,
  nationalLaw: () => undefined,
};

describe("what a record of the same SHA-256 may do", () => {
  const rows: [string, KnownRecord[], Partial<TakeOverPolicy>, string, Verdict | undefined][] = [
    ["no record", [], {}, "none", undefined],
    ["an echo never counts", [record("b", "baseline", { basis: "derived" })], {}, "none", undefined],
    ["one seen baseline hides it", [record("b", "baseline")], {}, "known", "baseline"],
    ["a stricter setting wants two", [record("b", "baseline")], { baselineNeeds: 2 }, "hint", "baseline"],
    [
      "two records of one member are one member",
      [record("b", "baseline"), record("b", "baseline", { record: "b-2" })],
      { baselineNeeds: 2 },
      "hint",
      "baseline",
    ],
    [
      "two members meet it",
      [record("b", "baseline"), record("c", "baseline")],
      { baselineNeeds: 2 },
      "known",
      "baseline",
    ],
    ["a dispute stops it", [record("b", "baseline"), record("c", "not-illegal")], {}, "hint", "baseline"],
    ["an open dispute stops it", [record("b", "baseline", { disputedBy: "c" })], {}, "hint", "baseline"],
    [
      "also where others saw it undisputed",
      [record("b", "baseline"), record("d", "baseline", { disputedBy: "c" })],
      {},
      "hint",
      "baseline",
    ],
    [
      "nobody's dispute changes what was seen here",
      [record("a", "baseline", { disputedBy: "c" })],
      {},
      "known",
      "baseline",
    ],
    [
      "a dispute about an echo says nothing",
      [record("b", "baseline"), record("c", "baseline", { basis: "derived", disputedBy: "d" })],
      {},
      "known",
      "baseline",
    ],
    [
      "two national verdicts of other countries are still a hint",
      [record("b", "national"), record("c", "national")],
      {},
      "hint",
      "national",
    ],
    ["another country's national is a hint", [record("b", "national")], {}, "hint", "national"],
    [
      "our law on its facts decides",
      [record("b", "national")],
      { nationalLaw: () => ({ verdict: "national" }) },
      "known",
      "national",
    ],
    [
      "our law on its facts may say no",
      [record("b", "national")],
      { nationalLaw: () => ({ verdict: "not-illegal" }) },
      "known",
      "not-illegal",
    ],
    ["our own country's verdict is ours", [record("a2", "national")], {}, "known", "national"],
    ["others' not illegal is a hint", [record("b", "not-illegal")], {}, "hint", "not-illegal"],
    [
      "our own earlier look counts, whatever it was",
      [record("a", "not-illegal"), record("b", "baseline")],
      {},
      "known",
      "not-illegal",
    ],
    [
      "our newest own look counts",
      [record("a", "national"), record("a", "baseline", { record: "a-2" })],
      {},
      "known",
      "baseline",
    ],
  ];
  test.each(rows)("%s", (_, records, change, kind, verdict) => {
    const result = takeOver(records, { ...policy, ...change }, voices);
    expect(result.kind).toBe(kind);
    expect(result.kind === "none" ? undefined : result.verdict).toBe(verdict);
    if (result.kind !== "none") expect(result.sentence).toMatch(/^[A-Z].*\.$/);
  });
});

describe("the authority to act on an item", () => {
  const rows: [string, Weighed[], { toldBy?: string; by?: string[] }, string | undefined][] = [
    ["a look of our own", [seen("b", "baseline")], {}, "own-look"],
    ["an earlier look of our own", [derived("b", "baseline", "b")], {}, "own-look"],
    ["the forwarding hotline's look", [seen("a", "national")], { toldBy: "a" }, "told"],
    ["not the forwarding hotline's echo", [derived("a", "baseline", "c")], { toldBy: "a" }, undefined],
    ["not one member's record", [derived("b", "baseline", "c")], { by: ["c"] }, undefined],
    ["not one member counted twice", [seen("c", "baseline")], { by: ["c", "c"] }, undefined],
    ["two independent members", [derived("b", "baseline", "c")], { by: ["c", "d"] }, "independent-members"],
    ["ourselves among them do not count", [derived("b", "baseline", "c")], { by: ["b", "c"] }, undefined],
    ["a withdrawn look counts no more", [seen("b", "baseline", 1, { withdrawn: true })], {}, undefined],
    ["a look that said not illegal is no authority", [seen("b", "not-illegal")], {}, undefined],
  ];
  test.each(rows)("%s", (_, assessments, { toldBy, by = [] }, authority) => {
    expect(mayAct(assessments, { self: "b", toldBy, needs: 2, independentlySeenBy: by })).toBe(authority);
  });
});

describe("a new verdict on a classified item", () => {
  const agreed = (rule: "baseline-final" | "national-stands" | "taken-over") => ({
    verdict: rule === "baseline-final" ? ("baseline" as const) : ("national" as const),
    rule,
    sentence: "",
  });
  const open = { acted: false, self: "b", hostingHotline: "b", ownVerdicts: false };
  test.each([
    ["by the hosting country's hotline is welcome", agreed("national-stands"), open, undefined],
    [
      "of our own is welcome",
      agreed("national-stands"),
      { ...open, hostingHotline: "c", ownVerdicts: true },
      undefined,
    ],
    [
      "by a third hotline is not",
      agreed("national-stands"),
      { ...open, hostingHotline: "c" },
      "casework/not-competent",
    ],
    ["over a baseline is not", agreed("baseline-final"), open, "casework/baseline-final"],
    ["over an echo is, by a look", agreed("taken-over"), { ...open, ownVerdicts: true }, undefined],
    ["after an action is not", agreed("national-stands"), { ...open, acted: true }, "casework/already-acted"],
  ])("%s", (_, verdict, context, code) => {
    expect(mayNotReassess(verdict, context)?.code).toBe(code);
  });
});
