/** Reads what is data here, not code: national rules, vocabularies and mappings, each file checked before use. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import { ages, flags, genders, verdictSchema, vocabularySchema } from "@wardline/protocol/vocabulary";

/** Whether a named organisation has checked the file. Examples stay unverified and say so wherever they are shown. */
const provenance = {
  verified: z.boolean(),
  verifiedBy: z.string().min(1).optional(),
  note: z.string(),
};

const illegalVerdict = verdictSchema.extract(["baseline", "national"]);

const hasOwnIds = (rules: readonly { id: string }[]) =>
  new Set(rules.map(({ id }) => id)).size === rules.length;

const nationalRuleSchema = z.strictObject({
  id: z.string(),
  ages: z.array(z.enum(ages)).min(1).optional(),
  genders: z.array(z.enum(genders)).min(1).optional(),
  withFlags: z.array(z.enum(flags)).default([]),
  withoutFlags: z.array(z.enum(flags)).default([]),
  verdict: verdictSchema.extract(["national", "not-illegal"]),
  law: z.string(),
});

/** Names a member by its id, or as the roster names it. */
const memberName = z.string().min(1).max(256);

/** A member that deals with what is hosted in the country, for everything or for a subject. */
const competentRowSchema = z.strictObject({
  member: memberName,
  /** Only reports with a verdict of these. */
  verdicts: z.array(illegalVerdict).min(1).optional(),
  /** Only reports with an item that has one of these flags. */
  flags: z.array(z.enum(flags)).min(1).optional(),
});
export type CompetentRow = z.infer<typeof competentRowSchema>;

const jurisdictionSchema = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, "expected a country code of two capital letters, such as SE"),
  name: z.string(),
  ...provenance,
  /** Verdicts that its law makes illegal, so that they may be acted on here. */
  illegal: z.array(illegalVerdict).default(["baseline", "national"]),
  national: z.array(nationalRuleSchema).refine(hasOwnIds, "two rules have the same id"),
  /** The first that fits and is active counts. None: any hotline of the country on the roster. */
  competent: z.array(competentRowSchema).default([]),
  /** Hotlines with the mandate for this country while it has none, the first active one. */
  orphan: z.array(memberName).default([]),
  /** Whether its police are told themselves where they are members, or always through INTERPOL. */
  police: z.enum(["direct", "through-interpol"]).default("direct"),
});
export type Jurisdiction = z.infer<typeof jurisdictionSchema>;
export type NationalRule = z.infer<typeof nationalRuleSchema>;

const vocabularyFileSchema = z.strictObject({
  ...vocabularySchema.shape,
  title: z.string(),
  ...provenance,
  labels: z.array(z.strictObject({ id: z.string(), title: z.string() })).min(1),
});
export type Vocabulary = z.infer<typeof vocabularyFileSchema>;

const mappingSchema = z.strictObject({
  id: z.string(),
  version: z.string(),
  from: vocabularySchema,
  to: vocabularySchema,
  ...provenance,
  rows: z
    .array(
      z.strictObject({
        from: z.string(),
        ages: z.array(z.enum(ages)).min(1).optional(),
        to: z.string(),
        exact: z.boolean(),
      }),
    )
    .min(1),
});
export type Mapping = z.infer<typeof mappingSchema>;

export interface JurisdictionData {
  jurisdictions: Map<string, Jurisdiction>;
  vocabularies: Vocabulary[];
  mappings: Mapping[];
}

/** The folder that ships with the source. */
export const shippedData = fileURLToPath(new URL("../../config/", import.meta.url));

/**
 * Reads `jurisdictions/`, `vocabularies/` and `mappings/` under `folder`.
 * A file that does not fit stops the start with `jurisdiction/invalid-file`: wrong law is worse than none.
 */
export function readData(folder: string = shippedData): JurisdictionData {
  const jurisdictions = readFolder(join(folder, "jurisdictions"), jurisdictionSchema);
  const vocabularies = readFolder(join(folder, "vocabularies"), vocabularyFileSchema);
  const mappings = readFolder(join(folder, "mappings"), mappingSchema);
  checkCountries(jurisdictions);
  for (const mapping of mappings) checkLabels(mapping, vocabularies);
  return { jurisdictions: new Map(jurisdictions.map((one) => [one.country, one])), vocabularies, mappings };
}

function readFolder<T>(folder: string, schema: z.ZodType<T>): T[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return names.sort().map((name) => readOne(join(folder, name), schema));
}

function readOne<T>(path: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(parse(readFileSync(path, "utf8")));
  } catch (cause) {
    const problems = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    const what = problems.replaceAll(/\s+/g, " ");
    throw new WardlineError("jurisdiction/invalid-file", `${path} cannot be used: ${what}`, {
      advice: "Correct the file, or take the shipped example again.",
      cause,
    });
  }
}

/** Which of two files for a country would count must not hang on their names. */
function checkCountries(jurisdictions: readonly Jurisdiction[]): void {
  const countries = jurisdictions.map(({ country }) => country);
  const twice = countries.find((country, index) => countries.indexOf(country) !== index);
  if (twice === undefined) return;
  throw new WardlineError("jurisdiction/two-files", `Two files in jurisdictions/ are for ${twice}.`, {
    advice: "Put their rules into one file, and remove the other.",
  });
}

/** Every label that a mapping names must exist in the vocabulary that it names. */
function checkLabels(mapping: Mapping, vocabularies: Vocabulary[]): void {
  for (const side of ["from", "to"] as const) {
    const { id, version } = mapping[side];
    const vocabulary = vocabularies.find((one) => one.id === id && one.version === version);
    const unknown = mapping.rows.find((row) => !vocabulary?.labels.some((label) => label.id === row[side]));
    if (unknown)
      throw new WardlineError(
        "jurisdiction/unknown-label",
        `Mapping ${mapping.id} names "${unknown[side]}", which vocabulary ${id} ${version} does not have.`,
        { advice: "Correct the row, or add the vocabulary's file." },
      );
  }
}
