/** What a page shows and what it links to. Linear in the size of the page, whatever is written in it. */
import { Parser } from "htmlparser2";

export interface References {
  /** Absolute http(s) URLs and data: URLs of pictures, in the order of the page, each once. */
  media: string[];
  /** Absolute http(s) URLs of other pages, without fragments, each once. */
  links: string[];
}

/** More than any gallery shows: a page of nothing but links must not cost more than a page. */
const mostReferences = 10_000;

/** Attributes that name pictures when scripts are not run: lazy galleries keep the address in one of these. */
const pictureAttributes = ["src", "data-src", "data-original", "data-lazy-src"];
const setAttributes = ["srcset", "data-srcset"];
const pictureName = /\.(?:jpe?g|png|gif|webp|svg|avif|bmp|tiff?|heic)$/i;

export function referencesIn(html: string, pageUrl: string): References {
  const media = new Set<string>();
  const links = new Set<string>();
  let base = pageUrl;
  let inStyle = false;
  let left = mostReferences;

  const add = (set: Set<string>, reference: string | undefined) => {
    const text = reference?.trim() ?? "";
    if (text === "" || left-- <= 0 || !URL.canParse(text, base)) return;
    const url = new URL(text, base);
    url.hash = "";
    const wanted = set === media ? ["http:", "https:", "data:"] : ["http:", "https:"];
    if (wanted.includes(url.protocol)) set.add(url.href);
  };
  const addPictures = (attributes: Record<string, string>) => {
    for (const name of pictureAttributes) add(media, attributes[name]);
    addSets(attributes);
  };
  const addSets = (attributes: Record<string, string>) => {
    for (const name of setAttributes) for (const url of candidates(attributes[name] ?? "")) add(media, url);
  };
  const byTag: Record<string, (attributes: Record<string, string>) => void> = {
    base: ({ href }) => {
      if (base === pageUrl && href !== undefined && URL.canParse(href, pageUrl))
        base = new URL(href, pageUrl).href;
    },
    img: addPictures,
    source: addSets, // its src is a video or a sound
    picture: addPictures,
    image: ({ href, "xlink:href": old }) => add(media, href ?? old),
    input: ({ type, src }) => type === "image" && add(media, src),
    video: ({ poster }) => add(media, poster),
    a: ({ href = "" }) => add(pictureName.test(href.split(/[?#]/)[0]?.trim() ?? "") ? media : links, href),
    area: ({ href }) => add(links, href),
    iframe: ({ src }) => add(links, src),
    frame: ({ src }) => add(links, src),
    meta: ({ "http-equiv": kind, content = "" }) => {
      if (kind?.toLowerCase() === "refresh") add(links, content.split(/url\s*=/i)[1]?.replace(/["']/g, ""));
    },
  };

  parseFlat(html, {
    open(name, attributes) {
      inStyle = name === "style";
      byTag[name]?.(attributes);
      for (const url of cssUrls(attributes["style"] ?? "")) add(media, url);
      add(media, attributes["background"]);
    },
    text(text) {
      if (inStyle) for (const url of cssUrls(text)) add(media, url);
    },
    close() {
      inStyle = false;
    },
  });
  return { media: [...media], links: [...links] };
}

/** Browsers nest no deeper than 512 either; the parser's cost grows with the square of the depth. */
const deepest = 500;

interface Handlers {
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  close(): void;
}

/** Tags and text in order. A page that nests without end goes on with a fresh parser, as if all tags had been closed. */
function parseFlat(html: string, { open, text, close }: Handlers): void {
  for (let rest = html; rest !== "";) {
    let depth = 0;
    const parser = new Parser({
      onopentag(name, attributes) {
        open(name, attributes);
        if (++depth >= deepest) parser.pause();
      },
      ontext: text,
      onclosetag() {
        depth--;
        close();
      },
    });
    parser.end(rest);
    rest = depth >= deepest ? rest.slice(parser.endIndex + 1) : "";
  }
}

/** The URLs of a `srcset` (HTML standard, "parse a srcset attribute"; descriptors are skipped). */
function candidates(srcset: string): string[] {
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

/** What stands in `url(...)`, without quotes. Found by walking, since a pattern could be made to run for ever. */
function cssUrls(css: string): string[] {
  const urls: string[] = [];
  for (let at = css.indexOf("url("); at >= 0;) {
    const end = css.indexOf(")", at);
    if (end < 0) break;
    urls.push(
      css
        .slice(at + 4, end)
        .trim()
        .replace(/^["']/, "")
        .replace(/["']$/, ""),
    );
    at = css.indexOf("url(", end);
  }
  return urls;
}
