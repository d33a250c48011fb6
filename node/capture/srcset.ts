/** The URLs of a `srcset` (HTML standard, "parse a srcset attribute"; descriptors are skipped). */
export function srcsetUrls(srcset: string): string[] {
  const urls: string[] = [];
  for (let at = 0; at < srcset.length;) {
    while (isSpaceOrComma(srcset[at])) at++;
    const start = at;
    while (at < srcset.length && !isSpace(srcset[at])) at++;
    let end = at;
    while (end > start && srcset[end - 1] === ",") end--;
    if (end > start) urls.push(srcset.slice(start, end));
    if (end < at) continue; // the comma belonged to the URL's end: no descriptor follows
    const comma = srcset.indexOf(",", at);
    at = comma < 0 ? srcset.length : comma;
  }
  return urls;
}

const isSpace = (character: string | undefined) => character !== undefined && " \t\n\f\r".includes(character);
const isSpaceOrComma = (character: string | undefined) => character === "," || isSpace(character);
