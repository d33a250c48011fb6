/** Who deals with a URL: the hotline of the country that hosts it, and what happens where there is none. */
import type { Facts, Verdict } from "@wardline/protocol/vocabulary";
import type { CompetentRow, Jurisdiction } from "./data.ts";
import { sentenceFor, type Said } from "./sentences.ts";

/** The part of a roster entry that routing reads. */
export interface RoutingMember {
  id: string;
  name: string;
  country: string;
  kind: "hotline" | "lea" | "interpol" | "secretariat";
  capabilities: readonly string[];
  status: "active" | "suspended" | "revoked";
}

/** The part of a hosting trace that routing reads. */
export interface RoutedHosting {
  host: string;
  country?: string | undefined;
  /** A content-delivery network that hides where it is hosted, and the country of its seat. */
  cdn?: { name: string; country?: string | undefined } | undefined;
  /** How the look-up went, where that is known. */
  lookup?: "found" | "none" | "failed" | undefined;
  /** All countries, when traces disagree; the first is `country`. */
  countries?: readonly string[] | undefined;
}

/** What a report is about, as far as members divide the work by it. */
export interface Subject {
  verdicts: readonly Verdict[];
  flags: Readonly<Facts["flags"]>;
}

export interface Competence {
  /** The member that should act; absent when nobody can be named. */
  member?: string;
  /** By which step it was found. */
  by:
    | "hosting-country"
    | "orphan-mandate"
    | "police"
    | "interpol"
    | "cdn"
    | "unknown-country"
    | "lookup-failed"
    | "nobody";
  said: Said;
  /** The decision in a sentence or two, for people. */
  sentence: string;
}

interface Question {
  hosting: RoutedHosting;
  /** Active ones, `self` first, then by id: all nodes that have the same files and roster agree. */
  members: readonly RoutingMember[];
  self: string;
  /** The file of a country. */
  law: (country: string) => Jurisdiction;
  subject: Subject;
}

const nothingKnown: Subject = { verdicts: [], flags: [] };

/**
 * The competent member for what is hosted there, in this order: whom the country's file names for the subject, a hotline
 * of the country, a hotline with the mandate for countries without one (by the file, then by the roster's capability
 * `orphan` or `orphan:CC`), the country's police, INTERPOL. Of a site that a content-delivery network hides, the hotline of
 * the network's seat, else this organisation: somebody has to tell the network. Only active members count.
 */
export function competentFor(
  hosting: RoutedHosting,
  members: readonly RoutingMember[],
  self: string,
  law: Question["law"],
  subject: Subject = nothingKnown,
): Competence {
  const active = members.filter((member) => member.status === "active").sort(byId(self));
  const question = { hosting, members: active, self, law, subject };
  if (hosting.country !== undefined) return inCountry(question, hosting.country);
  if (hosting.cdn) return behind(question, hosting.cdn);
  return hosting.lookup === "failed"
    ? decided(question, "lookup-failed", "lookup-failed")
    : decided(question, "unknown-country", "unknown-country");
}

function inCountry(question: Question, country: string): Competence {
  const { members, self, law } = question;
  const { orphan, police: way } = law(country);
  const here = hotlineOf(question, country);
  if (here) {
    const place = here.member.id === self ? "here" : "abroad";
    return decided(question, "hosting-country", here.bySubject ? `${place}-subject` : place, here.member);
  }
  const hotlines = members.filter((member) => member.kind === "hotline");
  const mandated =
    firstNamed(orphan, hotlines) ??
    hotlines.find(({ capabilities }) => capabilities.some((one) => isOrphanMandate(one, country)));
  if (mandated) return decided(question, "orphan-mandate", "orphan-mandate", mandated);
  const police = members.find((member) => member.kind === "lea" && member.country === country);
  if (police && way === "direct") return decided(question, "police", "police", police);
  const interpol = members.find((member) => member.kind === "interpol");
  if (interpol) return decided(question, "interpol", "police-through-interpol", interpol);
  return decided(question, "nobody", "nobody");
}

function behind(question: Question, { country }: NonNullable<RoutedHosting["cdn"]>): Competence {
  const { members, self } = question;
  const atSeat = country === undefined ? undefined : hotlineOf(question, country)?.member;
  if (atSeat && atSeat.id !== self) return decided(question, "cdn", "cdn", atSeat);
  const ourselves = members.find((member) => member.id === self && member.kind === "hotline");
  return ourselves ? decided(question, "cdn", "cdn-here", ourselves) : decided(question, "cdn", "cdn-nobody");
}

/** Whom the country's file names first for such a subject, else a hotline of that country. */
function hotlineOf({ members, law, subject }: Question, country: string) {
  const { competent } = law(country);
  const row = competent.find((one) => fits(one, subject) && firstNamed([one.member], members) !== undefined);
  const named = row && firstNamed([row.member], members);
  if (named) return { member: named, bySubject: row.verdicts !== undefined || row.flags !== undefined };
  const local = members.find((member) => member.kind === "hotline" && member.country === country);
  return local && { member: local, bySubject: false };
}

/** A row fits when the report has something of each list that the row names. */
const fits = ({ verdicts, flags }: CompetentRow, subject: Subject) =>
  (!verdicts || verdicts.some((one) => subject.verdicts.includes(one))) &&
  (!flags || flags.some((one) => subject.flags.includes(one)));

/** Files name members by id, or as the roster names them. */
export const isNamed = (name: string, { id, name: called }: Pick<RoutingMember, "id" | "name">) =>
  name === id || name === called;

const firstNamed = (names: readonly string[], members: readonly RoutingMember[]) =>
  names.map((name) => members.find((one) => isNamed(name, one))).find((one) => one !== undefined);

function decided(
  { hosting }: Question,
  by: Competence["by"],
  key: Said["key"],
  member?: RoutingMember,
): Competence {
  const { host, countries, cdn, country = cdn?.country } = hosting;
  const disagree = countries !== undefined && countries.length > 1 && hosting.country !== undefined;
  const said: Said = {
    key,
    ...(disagree && { note: "disagreement" }),
    values: {
      host,
      ...(country !== undefined && { country }),
      ...(cdn && { cdn: cdn.name }),
      ...(member && { member: member.name }),
      ...(disagree && { countries: countries.join(", ") }),
    },
  };
  return { ...(member && { member: member.id }), by, said, sentence: sentenceFor(said) };
}

const isOrphanMandate = (capability: string, country: string) =>
  capability === "orphan" || capability === `orphan:${country}`;

const byId = (self: string) => (left: RoutingMember, right: RoutingMember) => {
  if (left.id === self || right.id === self) return left.id === self ? -1 : 1;
  return left.id < right.id ? -1 : 1;
};
