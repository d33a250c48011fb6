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

const nationalRuleSchema = z.strictObject({
  id: z.string(),
  ages: z.array(z.enum(ages)).min(1).optional(),
  genders: z.array(z.enum(genders)).min(1).optional(),
  withFlags: z.array(z.enum(flags)).default([]),
  withoutFlags: z.array(z.enum(flags)).default([]),
  verdict: verdictSchema.extract(["national", "not-illegal"]),
  law: z.string(),
});
const jurisdictionSchema = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/),
  name: z.string(),
  ...provenance,
  national: z.array(nationalRuleSchema),
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
    const what = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new WardlineError("jurisdiction/invalid-file", `${path} cannot be used: ${what}`, {
      advice: "Correct the file, or take the shipped example again.",
      cause,
    });
  }
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
