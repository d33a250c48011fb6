/** From recorded facts to what the law of one country says: facts are stored, legal classes are derived. */
import type { Facts, Verdict } from "@wardline/protocol/vocabulary";
import type { Jurisdiction, NationalRule } from "./data.ts";

export interface NationalFinding {
  verdict: "national" | "not-illegal";
  rule: string;
  law: string;
}

/** The first rule of this country that fits the facts; undefined: the data does not decide, a person must. */
export function nationalVerdict(jurisdiction: Jurisdiction, facts: Facts): NationalFinding | undefined {
  const rule = jurisdiction.national.find((one) => fits(one, facts));
  return rule && { verdict: rule.verdict, rule: rule.id, law: rule.law };
}

/**
 * Whether this country's law lets a verdict be acted on there. A national verdict that nobody judged here counts unless the
 * law says of the recorded facts that they are not illegal.
 */
export function isIllegalIn(
  jurisdiction: Jurisdiction,
  { verdict, facts, judgedHere }: { verdict: Verdict; facts: readonly Facts[]; judgedHere: boolean },
): boolean {
  if (verdict === "not-illegal" || !jurisdiction.illegal.includes(verdict)) return false;
  if (verdict === "baseline" || judgedHere) return true;
  const findings = facts.map((one) => nationalVerdict(jurisdiction, one));
  return findings.length === 0 || findings.some((finding) => finding?.verdict !== "not-illegal");
}

function fits(rule: NationalRule, facts: Facts): boolean {
  return (
    (!rule.ages || rule.ages.includes(facts.age)) &&
    (!rule.genders || rule.genders.includes(facts.gender)) &&
    rule.withFlags.every((flag) => facts.flags.includes(flag)) &&
    !rule.withoutFlags.some((flag) => facts.flags.includes(flag))
  );
}
