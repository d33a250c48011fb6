import { describe, expect, test } from "vitest";
import {
  competentFor,
  createJurisdictions,
  routingSentences,
  type Jurisdiction,
  type RoutedHosting,
  type RoutingMember,
  type Subject,
} from "../../../node/jurisdiction/index.ts";

const member = (
  id: string,
  country: string,
  kind: RoutingMember["kind"],
  more: Partial<RoutingMember> = {},
): RoutingMember => ({
  id,
  name: `Name of ${id}`,
  country,
  kind,
  capabilities: [],
  status: "active",
  ...more,
});

const a = member("a", "XA", "hotline");
const b = member("b", "XB", "hotline");
const b2 = member("b2", "XB", "hotline");
const orphans = member("o", "XO", "hotline", { capabilities: ["send", "orphan"] });
const orphansOfC = member("oc", "XO", "hotline", { capabilities: ["orphan:XC"] });
const policeC = member("pc", "XC", "lea");
const interpol = member("i", "international", "interpol");
const secretariat = member("s", "international", "secretariat");

const { of } = createJurisdictions();
/** The law of countries that have no file, with these fields for one. */
const lawOf =
  (country: string, more: Partial<Jurisdiction>) =>
  (asked: string): Jurisdiction =>
    asked === country ? { ...of("ZZ"), ...more } : of("ZZ");
const route = (
  hosting: Partial<RoutedHosting>,
  members: RoutingMember[],
  law = of,
  subject?: Subject,
  self = "a",
) => competentFor({ host: "pictures.example", ...hosting }, members, self, law, subject);

describe("the competent member", () => {
  const rows: [string, string | undefined, RoutingMember[], string | undefined, string][] = [
    ["the hosting country's hotline", "XB", [a, b, interpol], "b", "hosting-country"],
    ["ourselves, when hosted here", "XA", [a, b], "a", "hosting-country"],
    ["the lowest id of two hotlines", "XB", [b2, a, b], "b", "hosting-country"],
    ["not a suspended hotline", "XB", [a, { ...b, status: "suspended" }, b2], "b2", "hosting-country"],
    ["a hotline with the mandate for any country", "XC", [a, orphans, policeC], "o", "orphan-mandate"],
    ["a hotline with the mandate for that country", "XC", [a, orphansOfC], "oc", "orphan-mandate"],
    ["not a mandate for another country", "XD", [a, orphansOfC, interpol], "i", "interpol"],
    ["police where there is no hotline", "XC", [a, policeC, interpol], "pc", "police"],
    ["INTERPOL where there is neither", "XC", [a, interpol, secretariat], "i", "interpol"],
    ["nobody", "XC", [a, secretariat], undefined, "nobody"],
    ["nobody while the country is unknown", undefined, [a, b, interpol], undefined, "unknown-country"],
  ];
  test.each(rows)("is %s", (_, country, members, expected, by) => {
    const competence = route({ country }, members);
    expect(competence).toMatchObject({ by, ...(expected ? { member: expected } : {}) });
    expect(competence.member).toBe(expected);
  });

  test("two hotlines of our own country: we keep what is ours", () => {
    expect(route({ country: "XB" }, [b, b2], of, undefined, "b2").member).toBe("b2");
  });
});

describe("what a country's file says", () => {
  const bySubject = lawOf("XB", {
    competent: [
      { member: "b2", verdicts: ["national"] },
      { member: "Name of b3", flags: ["virtual"] },
      { member: "b" },
    ],
  });
  const b3 = member("b3", "XB", "hotline");
  const all = [a, b, b2, b3];
  test.each<[string, Subject | undefined, RoutingMember[], string]>([
    ["a verdict", { verdicts: ["baseline", "national"], flags: [] }, all, "b2"],
    ["a flag, the member named as on the roster", { verdicts: ["baseline"], flags: ["virtual"] }, all, "b3"],
    ["everything else", { verdicts: ["baseline"], flags: [] }, all, "b"],
    ["a report of which nothing is known yet", undefined, all, "b"],
    [
      "a subject whose member is suspended",
      { verdicts: ["national"], flags: [] },
      [a, b, { ...b2, status: "suspended" }],
      "b",
    ],
    ["a subject whose member has left", { verdicts: ["national"], flags: [] }, [a, b3], "b3"],
  ])("divides the work: %s", (_, subject, members, expected) => {
    expect(route({ country: "XB" }, members, bySubject, subject).member).toBe(expected);
  });

  test("names who has the mandate while the country has no hotline, before the roster's own", () => {
    const law = lawOf("XC", { orphan: ["gone", "b", "oc"] });
    expect(route({ country: "XC" }, [a, b, orphansOfC], law)).toMatchObject({
      member: "b",
      by: "orphan-mandate",
    });
    expect(route({ country: "XC" }, [a, { ...b, status: "revoked" }, orphansOfC], law).member).toBe("oc");
    const c = member("c", "XC", "hotline");
    expect(route({ country: "XC" }, [a, b, c], law)).toMatchObject({ member: "c", by: "hosting-country" });
  });

  test("may tell its police through INTERPOL only", () => {
    const law = lawOf("XC", { police: "through-interpol" });
    expect(route({ country: "XC" }, [a, policeC, interpol], law)).toMatchObject({
      member: "i",
      by: "interpol",
    });
    expect(route({ country: "XC" }, [a, policeC], law)).toMatchObject({ by: "nobody" });
  });
});

describe("behind a content-delivery network", () => {
  const cdn = { name: "Example CDN", country: "XB" };
  test.each<[string, Partial<RoutedHosting>, RoutingMember[], string, string | undefined]>([
    ["the hotline of its seat", { cdn }, [a, b], "a", "b"],
    ["ourselves where it has its seat here", { cdn }, [a, b], "b", "b"],
    ["ourselves where no hotline is there", { cdn }, [a, policeC, interpol], "a", "a"],
    ["ourselves where its seat is not known", { cdn: { name: "Example CDN" } }, [a, b], "a", "a"],
    ["nobody when we are no hotline", { cdn }, [policeC, interpol], "pc", undefined],
    ["whoever hosts it, once that is known", { cdn, country: "XO" }, [a, b, orphans], "a", "o"],
  ])("%s", (_, hosting, members, self, expected) => {
    expect(route(hosting, members, of, undefined, self).member).toBe(expected);
  });
});

describe("every decision says itself in a sentence", () => {
  const cdn = { name: "Example CDN", country: "XB" };
  const subject: Subject = { verdicts: ["national"], flags: [] };
  const ofSubject = (country: string, name: string) =>
    lawOf(country, { competent: [{ member: name, verdicts: ["national"] }] });
  const cases: [string, ReturnType<typeof competentFor>, string][] = [
    ["here", route({ country: "XA" }, [a]), "Hosted in XA: Name of a, this organisation, is competent."],
    ["abroad", route({ country: "XB" }, [a, b]), "Hosted in XB: Name of b is competent."],
    [
      "here-subject",
      route({ country: "XA" }, [a], ofSubject("XA", "a"), subject),
      "Hosted in XA: Name of a, this organisation, deals with such material there.",
    ],
    [
      "abroad-subject",
      route({ country: "XB" }, [a, b], ofSubject("XB", "b"), subject),
      "Hosted in XB: Name of b deals with such material there.",
    ],
    [
      "orphan-mandate",
      route({ country: "XC" }, [a, orphans]),
      "Hosted in XC, which has no hotline: Name of o has the mandate for such countries.",
    ],
    [
      "police",
      route({ country: "XC" }, [a, policeC]),
      "Hosted in XC, which has no hotline: it goes to Name of pc.",
    ],
    [
      "police-through-interpol",
      route({ country: "XC" }, [a, interpol]),
      "Hosted in XC, which has no hotline: it goes to the police there through Name of i.",
    ],
    ["nobody", route({ country: "XC" }, [a]), "Hosted in XC, and no member can act there: a person decides."],
    [
      "unknown-country",
      route({ lookup: "none" }, [a]),
      "The country that hosts pictures.example is not known: a person decides.",
    ],
    [
      "lookup-failed",
      route({ lookup: "failed" }, [a]),
      "Where pictures.example is hosted could not be looked up: it is tried again by itself, and a person may decide before.",
    ],
    [
      "cdn",
      route({ cdn }, [a, b]),
      "pictures.example is behind Example CDN, which hides where it is hosted: Name of b is competent where Example CDN has its seat (XB).",
    ],
    [
      "cdn-here",
      route({ cdn }, [a]),
      "pictures.example is behind Example CDN, which hides where it is hosted: no other member is competent for Example CDN, so this organisation tells it.",
    ],
    [
      "cdn-nobody",
      route({ cdn }, [interpol], of, undefined, "i"),
      "pictures.example is behind Example CDN, which hides where it is hosted: a person decides.",
    ],
  ];
  test.each(cases)("%s", (key, { said, sentence }, expected) => {
    expect(sentence).toBe(expected);
    expect(said.key).toBe(key);
  });

  test("no sentence of the catalogue is never said", () => {
    expect(cases.map(([key]) => key).sort()).toEqual(Object.keys(routingSentences).sort());
  });

  test("traces that disagree are named, with what is decided all the same", () => {
    const { member: who, said, sentence } = route({ country: "XB", countries: ["XB", "XC"] }, [a, b]);
    expect(who).toBe("b");
    expect(sentence).toBe(
      "Hosted in XB: Name of b is competent. Traces disagree (XB, XC): the first counts, and a person should look.",
    );
    expect(said).toEqual({
      key: "abroad",
      note: "disagreement",
      values: { host: "pictures.example", country: "XB", member: "Name of b", countries: "XB, XC" },
    });
  });
});
