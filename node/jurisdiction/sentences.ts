/** What routing decisions say to people. The interface may say them in other words by their keys; values are names and codes. */

export const routingSentences = {
  here: "Hosted in {country}: {member}, this organisation, is competent.",
  abroad: "Hosted in {country}: {member} is competent.",
  "here-subject": "Hosted in {country}: {member}, this organisation, deals with such material there.",
  "abroad-subject": "Hosted in {country}: {member} deals with such material there.",
  "orphan-mandate": "Hosted in {country}, which has no hotline: {member} has the mandate for such countries.",
  police: "Hosted in {country}, which has no hotline: it goes to {member}.",
  "police-through-interpol":
    "Hosted in {country}, which has no hotline: it goes to the police there through {member}.",
  nobody: "Hosted in {country}, and no member can act there: a person decides.",
  "unknown-country": "The country that hosts {host} is not known: a person decides.",
  "lookup-failed":
    "Where {host} is hosted could not be looked up: it is tried again by itself, and a person may decide before.",
  cdn: "{host} is behind {cdn}, which hides where it is hosted: {member} is competent where {cdn} has its seat ({country}).",
  "cdn-here":
    "{host} is behind {cdn}, which hides where it is hosted: no other member is competent for {cdn}, so this organisation tells it.",
  "cdn-nobody": "{host} is behind {cdn}, which hides where it is hosted: a person decides.",
} as const;
export type RoutingKey = keyof typeof routingSentences;

/** Said after the decision. */
export const routingNotes = {
  disagreement: "Traces disagree ({countries}): the first counts, and a person should look.",
} as const;

/** For schemas. */
export const routingKeys = Object.keys(routingSentences) as [RoutingKey, ...RoutingKey[]];
export const routingNoteKeys = Object.keys(routingNotes) as [keyof typeof routingNotes];

export interface Said {
  /** What was decided, as a word for programs and translations. */
  key: RoutingKey;
  note?: keyof typeof routingNotes | undefined;
  /** What the sentences name: `country`, `countries`, `member`, `host`, `cdn`. */
  values: Record<string, string>;
}

export function sentenceFor({ key, note, values }: Said): string {
  const template =
    note === undefined ? routingSentences[key] : `${routingSentences[key]} ${routingNotes[note]}`;
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "unknown");
}
