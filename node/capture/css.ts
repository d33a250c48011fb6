/**
 * What a style sheet shows and which others it imports (CSS Syntax Level 3, as far as that needs it). Walked once from
 * start to end: a pattern could be made to run for ever.
 */

export interface StyleReferences {
  /** As written, without quotes and escapes; not yet resolved. */
  images: string[];
  imports: string[];
}

/** Fonts are no pictures, and `url(#x)` names a part of the page itself. */
const notShown = /^(?:#|data:(?:application\/|font\/)|[^?#]*\.(?:woff2?|ttf|otf|eot)(?:[?#]|$))/i;

export function styleReferences(css: string): StyleReferences {
  const found: StyleReferences = { images: [], imports: [] };
  /** What each open parenthesis belongs to: strings in an image-set are pictures. */
  const open: ("set" | "other")[] = [];
  let importing = false;
  const add = (url: string) => {
    if (importing) found.imports.push(url);
    else if (!notShown.test(url)) found.images.push(url);
    importing = false;
  };
  for (let at = 0; at < css.length;) {
    const character = css[at];
    if (character === "/" && css[at + 1] === "*") {
      const end = css.indexOf("*/", at + 2);
      at = end < 0 ? css.length : end + 2;
    } else if (character === '"' || character === "'") {
      const { text, next } = readUntil(css, at + 1, character);
      if (importing || open.at(-1) === "set") add(text);
      at = next;
    } else if (character === "(") {
      const name = nameBefore(css, at);
      if (name === "url") {
        const { text, next } = readUrl(css, at + 1);
        add(text);
        at = next;
      } else {
        open.push(name.endsWith("image-set") ? "set" : "other");
        at += 1;
      }
    } else {
      if (character === ")") open.pop();
      if (character === "@") importing = css.slice(at + 1, at + 7).toLowerCase() === "import";
      if (character === ";" || character === "{") importing = false;
      at += 1;
    }
  }
  return found;
}

const nameBefore = (css: string, at: number) =>
  (/[\w-]{1,20}$/.exec(css.slice(Math.max(0, at - 20), at))?.[0] ?? "").toLowerCase();

/** The content of `url(`, quoted or not. */
function readUrl(css: string, start: number): { text: string; next: number } {
  let at = start;
  while (" \t\n\r\f".includes(css[at] ?? "x")) at++;
  const quote = css[at];
  if (quote === '"' || quote === "'") {
    const { text, next } = readUntil(css, at + 1, quote);
    const end = css.indexOf(")", next);
    return { text, next: end < 0 ? css.length : end + 1 };
  }
  const { text, next } = readUntil(css, at, ")");
  return { text: text.trim(), next };
}

/** Up to an end that no backslash stands before; escapes become what they stand for. */
function readUntil(css: string, start: number, end: string): { text: string; next: number } {
  let at = start;
  while (at < css.length && css[at] !== end) at += css[at] === "\\" ? 2 : 1;
  return { text: unescaped(css.slice(start, at)), next: at + 1 };
}

function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(
    /\\(?:([0-9a-f]{1,6})[ \t\n\r\f]?|\r\n|([^]))/gi,
    (_, code?: string, other?: string) => {
      if (code !== undefined) return codePoint(parseInt(code, 16));
      return other === undefined || "\n\r\f".includes(other) ? "" : other;
    },
  );
}

const codePoint = (code: number) => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd");
