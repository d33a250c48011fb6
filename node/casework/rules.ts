/**
 * How verdicts are weighed. Every verdict is kept with its author; what counts is computed here, by named rules, and
 * each decision explains itself in a sentence. Nothing else in the node decides about verdicts.
 *
 * Words: an assessment is `seen` when a person of its author looked, `derived` when it was taken over from somebody.
 */
import type { Facts, Verdict } from "@wardline/protocol/vocabulary";

/** What the rules need to know of one assessment. */
export interface Weighed {
  author: string;
  verdict: Verdict;
  basis: "seen" | "derived";
  derivedFrom?: { member: string; record: string } | undefined;
  at: number;
  /** Set when its author took it back: it stays on record and counts no more. */
  withdrawn?: boolean | undefined;
}

export interface Agreed {
  verdict: Verdict;
  rule: "baseline-final" | "hosting-country-overrules" | "national-stands" | "not-illegal" | "taken-over";
  sentence: string;
}

/** Who speaks: names for the sentences, and the hotline that alone may overrule a national verdict. */
export interface Voices {
  nameOf(member: string): string;
  /** The competent hotline of the country that hosts the item. */
  hostingHotline?: string | undefined;
}

/**
 * The agreed verdict, by the first rule that applies:
 * 1. baseline-final: one seen baseline verdict is final, whatever others say, its author included.
 * 2. hosting-country-overrules: without a baseline, the hosting country's hotline has the last word.
 * 3. national-stands: a national verdict stands against others' "not illegal".
 * 4. not-illegal: all who looked say so.
 * 5. taken-over: nobody looked here; the verdict taken over from others counts until somebody does.
 * Undefined: nobody has said anything that counts.
 */
export function agreedVerdict(assessments: readonly Weighed[], voices: Voices): Agreed | undefined {
  const counting = assessments.filter((one) => !one.withdrawn);
  const seen = counting.filter((one) => one.basis === "seen");
  if (seen.length === 0) return takenOver(counting, voices);
  const baseline = seen.find((one) => one.verdict === "baseline");
  if (baseline)
    return {
      verdict: "baseline",
      rule: "baseline-final",
      sentence: `Baseline by ${voices.nameOf(baseline.author)}; a baseline verdict is final.`,
    };
  const newest = newestOfEachAuthor(seen);
  const hosting = newest.find((one) => one.author === voices.hostingHotline);
  if (hosting && newest.some((one) => one.verdict !== hosting.verdict))
    return {
      verdict: hosting.verdict,
      rule: "hosting-country-overrules",
      sentence: `${say(hosting.verdict)} by ${voices.nameOf(hosting.author)}, the hotline of the hosting country, which has the last word on national verdicts.`,
    };
  const national = newest.find((one) => one.verdict === "national");
  if (national)
    return {
      verdict: "national",
      rule: "national-stands",
      sentence: `Nationally illegal by ${voices.nameOf(national.author)}; only the hosting country's hotline may overrule it.`,
    };
  return {
    verdict: "not-illegal",
    rule: "not-illegal",
    sentence: `Not illegal by everybody who looked (${names(newest, voices)}).`,
  };
}

/** Echoes: a baseline first, since it would be final had its author's look been here. */
function takenOver(derived: readonly Weighed[], voices: Voices): Agreed | undefined {
  const first =
    derived.find((one) => one.verdict === "baseline") ??
    derived.find((one) => one.verdict === "national") ??
    derived[0];
  if (!first) return undefined;
  const from = voices.nameOf(first.derivedFrom?.member ?? first.author);
  return {
    verdict: first.verdict,
    rule: "taken-over",
    sentence: `${say(first.verdict)}, taken over from ${from} by the file's SHA-256; not shown again here.`,
  };
}

/** A person may correct an earlier verdict of their organisation: the newest of each author speaks for it. */
function newestOfEachAuthor(assessments: readonly Weighed[]): Weighed[] {
  const newest = new Map<string, Weighed>();
  for (const one of [...assessments].sort((a, b) => a.at - b.at)) newest.set(one.author, one);
  return [...newest.values()];
}

/** One record about a file's SHA-256 that a member signed and that is live, or this node's own earlier verdict. */
export interface KnownRecord {
  record: string;
  member: string;
  country: string;
  verdict: Verdict;
  facts: Facts;
  basis: "seen" | "derived";
  /** A member that has a dispute open about this record. */
  disputedBy?: string | undefined;
}

export interface TakeOverPolicy {
  self: string;
  selfCountry: string;
  /** How many members must have seen a baseline item before it is hidden from view here (a setting). */
  baselineNeeds: number;
  /** What this country's law says of recorded facts; undefined: it does not decide. */
  nationalLaw(facts: Facts): { verdict: "national" | "not-illegal" } | undefined;
}

export type TakeOver =
  | { kind: "known"; verdict: Verdict; from: KnownRecord; sentence: string }
  | { kind: "hint"; verdict: Verdict; from: KnownRecord; sentence: string }
  | { kind: "none" };

/**
 * What records about exactly this file (equal SHA-256) may do here; `records` are of active members only.
 * Echoes (`derived`) never count. Our own earlier look counts whatever it said. When those who looked disagree about
 * legality, or a dispute is open about what one of them saw, that stops everything: a hint is all that is left, and a
 * person decides.
 * Another country's national verdict never becomes ours: its facts go through our law, or it is a hint.
 */
export function takeOver(records: readonly KnownRecord[], policy: TakeOverPolicy, voices: Voices): TakeOver {
  const seen = records.filter((one) => one.basis === "seen");
  const own = seen.filter((one) => one.member === policy.self).at(-1);
  if (own) return known(own.verdict, own, "Looked at here before");
  const [first] = seen;
  if (!first) return { kind: "none" };
  const disputed = seen.find((one) => one.disputedBy !== undefined);
  if (disputed?.disputedBy !== undefined)
    return hint(
      disputed,
      `${voices.nameOf(disputed.disputedBy)} disputes what ${voices.nameOf(disputed.member)} saw`,
    );
  const illegal = seen.filter((one) => one.verdict !== "not-illegal");
  if (illegal.length > 0 && illegal.length < seen.length)
    return hint(illegal[0] ?? first, "Members who looked disagree about it");
  const baselines = seen.filter((one) => one.verdict === "baseline");
  const [baseline] = baselines;
  if (baseline) {
    const members = new Set(baselines.map((one) => one.member)).size;
    if (members >= policy.baselineNeeds)
      return known("baseline", baseline, `Baseline by ${voices.nameOf(baseline.member)}, who looked`);
    return hint(baseline, `Only ${members} of ${policy.baselineNeeds} members have looked`);
  }
  return national(seen, first, policy, voices);
}

function national(
  seen: readonly KnownRecord[],
  first: KnownRecord,
  policy: TakeOverPolicy,
  voices: Voices,
): TakeOver {
  const compatriot = seen.find((one) => one.country === policy.selfCountry);
  if (compatriot)
    return known(
      compatriot.verdict,
      compatriot,
      `${say(compatriot.verdict)} by ${voices.nameOf(compatriot.member)}, under the same national law`,
    );
  const abroad = seen.find((one) => one.verdict === "national");
  const ours = abroad && policy.nationalLaw(abroad.facts);
  if (abroad && ours)
    return known(
      ours.verdict,
      abroad,
      `${say(ours.verdict)} by our law on the facts that ${voices.nameOf(abroad.member)} recorded`,
    );
  return hint(abroad ?? first, "Another country's verdict is only a hint here");
}

const known = (verdict: Verdict, from: KnownRecord, why: string): TakeOver => ({
  kind: "known",
  verdict,
  from,
  sentence: `${why}: the file has the same SHA-256.`,
});
const hint = (from: KnownRecord, why: string): TakeOver => ({
  kind: "hint",
  verdict: from.verdict,
  from,
  sentence: `${why}: a person decides.`,
});

export interface AuthorityContext {
  self: string;
  /** The hotline that sent us this report, when one did. */
  toldBy?: string | undefined;
  /** How many independent members must have looked when nobody here has (a setting, two by default). */
  needs: number;
  /** Members with a live seen record about the same SHA-256 that agrees with the verdict. */
  independentlySeenBy: readonly string[];
}

/**
 * Why this organisation may act on an illegal item (notice, escalation); undefined: it may not yet.
 * - own-look: a person here has looked at this very file, now or earlier.
 * - told: the hotline that sent the report has looked. A notice still needs a person's approval here.
 * - independent-members: enough members have looked independently of each other.
 * So one member's mistake or malice, spread by hash, accuses nobody.
 */
export function mayAct(
  assessments: readonly Weighed[],
  context: AuthorityContext,
): "own-look" | "told" | "independent-members" | undefined {
  const illegal = assessments.filter((one) => !one.withdrawn && one.verdict !== "not-illegal");
  const looked = (member: string) =>
    illegal.some((one) =>
      one.basis === "seen"
        ? one.author === member
        : one.author === context.self && one.derivedFrom?.member === member,
    );
  if (looked(context.self)) return "own-look";
  if (
    context.toldBy !== undefined &&
    illegal.some((one) => one.basis === "seen" && one.author === context.toldBy)
  )
    return "told";
  const others = new Set(context.independentlySeenBy);
  for (const one of illegal) if (one.basis === "seen") others.add(one.author);
  others.delete(context.self);
  return others.size >= context.needs ? "independent-members" : undefined;
}

/** Why a new verdict on a classified item is refused; undefined: it is welcome. */
export function mayNotReassess(
  agreed: Agreed | undefined,
  context: { acted: boolean; self: string; hostingHotline?: string | undefined; ownVerdicts: boolean },
): { code: string; message: string } | undefined {
  if (context.acted)
    return {
      code: "casework/already-acted",
      message: "An action was taken on this item; it is not assessed again after that.",
    };
  if (agreed?.rule === "baseline-final")
    return {
      code: "casework/baseline-final",
      message: "A baseline verdict is final; actions may still be added.",
    };
  if (agreed && !context.ownVerdicts && context.self !== context.hostingHotline)
    return {
      code: "casework/not-competent",
      message: "Only the hosting country's hotline may overrule this verdict.",
    };
  return undefined;
}

const words: Record<Verdict, string> = {
  baseline: "Baseline",
  national: "Nationally illegal",
  "not-illegal": "Not illegal",
};
const say = (verdict: Verdict) => words[verdict];
const names = (assessments: readonly Weighed[], voices: Voices) =>
  assessments.map((one) => voices.nameOf(one.author)).join(", ");
