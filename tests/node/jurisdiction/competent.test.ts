import { describe, expect, test } from "vitest";
import { competentFor, type RoutingMember } from "../../../node/jurisdiction/index.ts";

const member = (
  id: string,
  country: string,
  kind: RoutingMember["kind"],
  more: Partial<RoutingMember> = {},
): RoutingMember => ({ id, name: id, country, kind, capabilities: [], status: "active", ...more });

const a = member("a", "XA", "hotline");
const b = member("b", "XB", "hotline");
const b2 = member("b2", "XB", "hotline");
const orphans = member("o", "XO", "hotline", { capabilities: ["send", "orphan"] });
const orphansOfC = member("oc", "XO", "hotline", { capabilities: ["orphan:XC"] });
const policeC = member("pc", "XC", "lea");
const interpol = member("i", "international", "interpol");
const secretariat = member("s", "international", "secretariat");

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
    const competence = competentFor({ host: "pictures.example", country }, members, "a");
    expect(competence).toMatchObject({ by, ...(expected ? { member: expected } : {}) });
    expect(competence.member).toBe(expected);
    expect(competence.sentence).toMatch(/^[A-Z].*\.$/);
  });

  test("two hotlines of our own country: we keep what is ours", () => {
    expect(competentFor({ host: "h", country: "XB" }, [b, b2], "b2").member).toBe("b2");
  });
});
