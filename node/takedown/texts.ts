/**
 * What notices say, in several languages: data in `config/notices/`, one file per language. An organisation corrects a text
 * in a folder of its own, without a rebuild. A file that does not fit stops the start: half a notice is worse than none.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";

/** A text in which these words in braces are filled in; `required` ones must stand in it. */
function template(known: readonly string[], required: readonly string[] = known) {
  return z
    .string()
    .min(1)
    .superRefine((text, problem) => {
      const used = [...text.matchAll(/\{(\w*)\}/gu)].map(([, name = ""]) => name);
      for (const name of used.filter((one) => !known.includes(one)))
        problem.addIssue({ code: "custom", message: `{${name}} is not known here` });
      for (const name of required.filter((one) => !used.includes(one)))
        problem.addIssue({ code: "custom", message: `{${name}} is missing` });
    });
}

const opening = template(["organisation"]);
const textSchema = z.strictObject({
  language: z.string().regex(/^[a-z]{2}$/),
  name: z.string().min(1),
  /** Hosting countries that are written to in this language. */
  countries: z.array(z.string().regex(/^[A-Z]{2}$/)),
  /** Whether a named organisation has checked the text; it is shown to whoever approves a notice. */
  verified: z.boolean(),
  verifiedBy: z.string().min(1).optional(),
  note: z.string(),
  subject: template(["references"]),
  reminder: template(["number", "subject"]),
  openings: z.strictObject({ provider: opening, "site-owner": opening, registrar: opening }),
  again: template(["number"]),
  laws: z.strictObject({ baseline: z.string().min(1), national: z.string().min(1) }),
  grounds: z.strictObject({ seen: z.string().min(1), recognised: z.string().min(1) }),
  body: template(["opening", "items", "again", "references", "contact", "organisation"]),
});
export type NoticeText = z.infer<typeof textSchema>;

export interface NoticeTexts {
  /** In the wished language, else that of the country, else English. A wish for a language without a text is none. */
  choose(wish: { language?: string | undefined; country?: string | undefined }): NoticeText;
}

const shippedTexts = fileURLToPath(new URL("../../config/notices/", import.meta.url));

/** @throws `takedown/invalid-text`; `takedown/two-languages` when two files claim one country */
export function readTexts(ownFolder?: string): NoticeTexts {
  const texts = new Map([...readFolder(shippedTexts), ...(ownFolder ? readFolder(ownFolder) : [])]);
  const english = texts.get("en");
  if (!english) throw invalid(shippedTexts, "en.yaml is missing");
  const ofCountry = byCountry([...texts.values()]);
  return {
    choose: ({ language = "", country = "" }) => texts.get(language) ?? ofCountry.get(country) ?? english,
  };
}

function byCountry(texts: readonly NoticeText[]): Map<string, NoticeText> {
  const found = new Map<string, NoticeText>();
  for (const text of texts)
    for (const country of text.countries) {
      const other = found.get(country);
      if (other)
        throw new WardlineError(
          "takedown/two-languages",
          `The notice texts ${other.language} and ${text.language} both name ${country}.`,
          { advice: "Take the country out of one of them." },
        );
      found.set(country, text);
    }
  return found;
}

function readFolder(folder: string): [string, NoticeText][] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return names.sort().map((name) => {
    const text = readOne(join(folder, name));
    return [text.language, text];
  });
}

function readOne(path: string): NoticeText {
  try {
    return textSchema.parse(parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw invalid(path, cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause), cause);
  }
}

const invalid = (path: string, what: string, cause?: unknown) =>
  new WardlineError("takedown/invalid-text", `${path} cannot be used: ${what}`, {
    advice: "Correct the file, or take the shipped text of that language again.",
    cause,
  });

/** Fills in words in braces, in one pass: what is filled in is never read as a template. */
export const fill = (text: string, words: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{(\w+)\}/gu, (whole, name: string) => String(words[name] ?? whole));
