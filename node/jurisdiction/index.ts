/**
 * Who is competent for a country, what its law calls illegal, and how labels are said in other vocabularies.
 * All of it is data under `config/`; examples are marked unverified until a named organisation has checked them.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Facts } from "@wardline/protocol/vocabulary";
import { readData, type Jurisdiction, type Mapping } from "./data.ts";
import { nationalVerdict, type NationalFinding } from "./national.ts";

export {
  competentFor,
  isNamed,
  type Competence,
  type RoutedHosting,
  type RoutingMember,
  type Subject,
} from "./competent.ts";
export type { Jurisdiction } from "./data.ts";
export { mapLabel, type MappedLabel } from "./mapping.ts";
export { isIllegalIn } from "./national.ts";
export { routingKeys, routingNoteKeys, routingSentences, type Said } from "./sentences.ts";

export interface JurisdictionService {
  /** All files, the default (ZZ) among them. */
  all(): readonly Jurisdiction[];
  /** This country's file, or the default that derives nothing. */
  of(country: string): Jurisdiction;
  /** What this country's law says of recorded facts; undefined: a person must decide. */
  national(country: string, facts: Facts): NationalFinding | undefined;
  /** A mapping by id; `jurisdiction/unknown-mapping` when no file holds it. */
  mapping(id: string): Mapping;
}

/** Loads the data once; see `readData` for what is refused. */
export function createJurisdictions(folder?: string): JurisdictionService {
  const data = readData(folder);
  const fallback = data.jurisdictions.get("ZZ");
  if (!fallback)
    throw new WardlineError(
      "jurisdiction/no-default",
      "config/jurisdictions/default.yaml (country ZZ) is missing.",
      {
        advice: "Put the shipped file back.",
      },
    );
  const of = (country: string) => data.jurisdictions.get(country) ?? fallback;
  return {
    all: () => [...data.jurisdictions.values()],
    of,
    national: (country, facts) => nationalVerdict(of(country), facts),
    mapping: (id) => {
      const mapping = data.mappings.find((one) => one.id === id);
      if (mapping) return mapping;
      throw new WardlineError("jurisdiction/unknown-mapping", `There is no mapping "${id}".`, {
        advice: "Put its file into config/mappings.",
      });
    },
  };
}
