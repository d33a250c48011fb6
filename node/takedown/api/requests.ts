/** What is posted to a provider's HTTP interface: one XARF report per request, or one body made from the configured fields. */
import type { ProviderApi } from "../../configuration/index.ts";
import { WardlineError } from "@wardline/protocol/encoding";
import type { Notice, WrittenNotice } from "../records.ts";
import { fill } from "../texts.ts";
import type { NoticeSender } from "../xarf.ts";

export interface PostedRequest {
  api: ProviderApi;
  /** The same for the same request, whenever it is repeated: sent as Idempotency-Key. */
  key: string;
  body: unknown;
}

export function requestsFor(
  api: ProviderApi,
  { id }: Pick<Notice, "id">,
  words: WrittenNotice,
  sender: NoticeSender,
): PostedRequest[] {
  if (api.body === "xarf") return words.reports.map((xarf) => ({ api, key: xarf.report_id, body: xarf }));
  return [{ api, key: id, body: filled(api.body, wordsFor(id, words, sender), listsOf(words)) }];
}

const wordsFor = (notice: string, words: WrittenNotice, sender: NoticeSender) => ({
  notice,
  subject: words.subject,
  text: words.text,
  language: words.language,
  references: words.references,
  organisation: sender.org,
  contact: sender.contact,
});

const listsOf = ({ reports }: WrittenNotice): Record<string, unknown> => ({
  "{urls}": reports.map(({ url }) => url),
  "{xarf}": reports,
});

type Words = ReturnType<typeof wordsFor>;

function filled(value: unknown, words: Words, lists: Record<string, unknown>): unknown {
  if (typeof value === "string") return Object.hasOwn(lists, value) ? lists[value] : fill(value, words);
  if (Array.isArray(value)) return value.map((one) => filled(one, words, lists));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, words, lists)]));
}

const known = ["notice", "subject", "text", "language", "references", "organisation", "contact"];

/** @throws `takedown/invalid-body`: a field asks for what a notice does not have; said at start */
export function checkBody({ body, url }: ProviderApi): void {
  const strings = body === "xarf" ? [] : stringsIn(body);
  for (const text of strings.filter((one) => one !== "{urls}" && one !== "{xarf}"))
    for (const [, name = ""] of text.matchAll(/\{(\w+)\}/gu))
      if (!known.includes(name))
        throw new WardlineError("takedown/invalid-body", `The fields for ${url} ask for {${name}}.`, {
          advice: `Known are ${known.map((one) => `{${one}}`).join(", ")}, and as a whole value {urls} and {xarf}.`,
        });
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
