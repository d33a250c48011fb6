/** Somebody else's words as plain text: nothing active, nothing invisible, nothing endless. */
import { parseFlat } from "../../capture/index.ts";

/** Most characters that are kept of an answer; quoted notices make the rest. */
const mostCharacters = 20_000;

/** Controls but tab and line feed; format characters, which hide text or turn its direction; lone surrogates. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu;

export function plainText(text: string): { text: string; cut: boolean } {
  const clean = text
    .slice(0, mostCharacters * 4)
    .replaceAll(/\r\n?|[\u2028\u2029]/gu, "\n")
    .replaceAll(invisible, (one) => (one === "\n" || one === "\t" ? one : ""))
    .replaceAll(/\n{4,}/gu, "\n\n\n")
    .trim();
  const kept = [...clean].slice(0, mostCharacters).join("");
  return { text: kept, cut: kept.length < clean.length || text.length > mostCharacters * 4 };
}

/** One line of a header. */
export const plainLine = (text: string, most = 300): string =>
  [...plainText(text.replaceAll(/\s+/gu, " ")).text].slice(0, most).join("");

const unread: readonly string[] = [
  "script",
  "style",
  "head",
  "title",
  "template",
  "noscript",
  "iframe",
  "object",
  "svg",
];
const blocks: readonly string[] = [
  "p",
  "div",
  "br",
  "tr",
  "li",
  "h1",
  "h2",
  "h3",
  "h4",
  "table",
  "blockquote",
  "pre",
];

/** The text that a page would show. Links and pictures are left out, whatever they are called. */
export function textOfHtml(html: string): string {
  const parts: string[] = [];
  /** Of each open tag, whether its text is unread. */
  const open: boolean[] = [];
  let hidden = 0;
  parseFlat(html, {
    open(name) {
      const isUnread = unread.includes(name);
      open.push(isUnread);
      if (isUnread) hidden += 1;
      else if (blocks.includes(name)) parts.push("\n");
    },
    text(text) {
      if (hidden === 0) parts.push(text);
    },
    close() {
      if (open.pop()) hidden -= 1;
    },
  });
  return parts.join("");
}
