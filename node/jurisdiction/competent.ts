/** Who deals with a URL: the hotline of the country that hosts it, and what happens where there is none. */

/** The part of a roster entry that routing reads. */
export interface RoutingMember {
  id: string;
  name: string;
  country: string;
  kind: "hotline" | "lea" | "interpol" | "secretariat";
  capabilities: readonly string[];
  status: "active" | "suspended" | "revoked";
}

export interface Competence {
  /** The member that should act; absent when nobody can be named. */
  member?: string;
  /** By which step it was found. */
  by: "hosting-country" | "orphan-mandate" | "police" | "interpol" | "unknown-country" | "nobody";
  /** The decision in one sentence, for people. */
  sentence: string;
}

/**
 * The competent member for a hosting country, in this order: a hotline there (`self` first), a hotline with the
 * mandate for countries without one (capability `orphan` or `orphan:CC`), the country's police, INTERPOL.
 * Only active members count. Of several equals the one with the lowest id is taken, so that all nodes agree.
 */
export function competentFor(
  hosting: { country?: string | undefined; host: string },
  members: readonly RoutingMember[],
  self: string,
): Competence {
  const { country } = hosting;
  if (!country)
    return {
      by: "unknown-country",
      sentence: `The country that hosts ${hosting.host} is not known: a person decides.`,
    };
  const active = members.filter((member) => member.status === "active").sort(byId(self));
  const hotlines = active.filter((member) => member.kind === "hotline");
  const local = hotlines.find((member) => member.country === country);
  if (local) return found(local, "hosting-country", `Hosted in ${country}: ${local.name} is competent.`);
  const orphan = hotlines.find(({ capabilities }) =>
    capabilities.some((one) => isOrphanMandate(one, country)),
  );
  if (orphan)
    return found(
      orphan,
      "orphan-mandate",
      `Hosted in ${country}, which has no hotline: ${orphan.name} has the mandate for such countries.`,
    );
  const police = active.find((member) => member.kind === "lea" && member.country === country);
  if (police)
    return found(police, "police", `Hosted in ${country}, which has no hotline: it goes to ${police.name}.`);
  const interpol = active.find((member) => member.kind === "interpol");
  if (interpol)
    return found(
      interpol,
      "interpol",
      `Hosted in ${country}, which has neither hotline nor police here: it goes through ${interpol.name}.`,
    );
  return { by: "nobody", sentence: `Hosted in ${country}, and no member can act there: a person decides.` };
}

const found = (member: RoutingMember, by: Competence["by"], sentence: string): Competence => ({
  member: member.id,
  by,
  sentence,
});

const isOrphanMandate = (capability: string, country: string) =>
  capability === "orphan" || capability === `orphan:${country}`;

const byId = (self: string) => (left: RoutingMember, right: RoutingMember) => {
  if (left.id === self || right.id === self) return left.id === self ? -1 : 1;
  return left.id < right.id ? -1 : 1;
};
