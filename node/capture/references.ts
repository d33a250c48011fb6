/** What a page shows and what it links to. Linear in the size of the page, whatever is written in it. */
import { styleReferences } from "./css.ts";
import { parseFlat } from "./markup.ts";
import { srcsetUrls } from "./srcset.ts";

export interface References {
  /** Absolute http(s) URLs and data: URLs of pictures, videos and archives, in the order of the page, each once. */
  media: string[];
  /** Absolute http(s) URLs of other pages, without fragments, each once. */
  links: string[];
  /** Absolute http(s) URLs of pages shown within this one, wherever they are hosted. */
  frames: string[];
  /** Absolute http(s) URLs of style sheets, which name pictures in turn. */
  styles: string[];
  /** It runs scripts, so a browser may see more. */
  scripted?: boolean;
}

/** Attributes in which galleries keep the address of a picture that a script would load later. */
const lazyName =
  /^data-(?:src|lazy[\w-]*|original(?:-src)?|url|full(?:-src)?|large|image|hires|poster|bg|background(?:-image)?)$/;
/** What looks like an address, since such attributes hold other things, too. */
const address = /^\s*(?:https?:|\.{0,2}\/|data:image\/|[^\s{[]+\.[a-z0-9]{2,4}(?:\?|\s*$))/i;
const setAttributes = ["srcset", "data-srcset", "data-lazy-srcset", "imagesrcset"];
const fileName =
  /\.(?:jpe?g|png|gif|webp|svg|avif|bmp|tiff?|heic|mp4|m4v|webm|mov|mkv|avi|mpe?g|wmv|flv|3gp|ogv|zip|rar|7z|tar|tgz|gz|bz2|xz|zst)$/i;
/** Names under which pages tell others which pictures and videos stand for them. */
const shared = /^(?:og|twitter):(?:image|video)(?::(?:url|secure_url|src|stream))?$|^thumbnail(?:url)?$/i;
const shownLinks = /(?:^|\s)(?:image_src|preload|prefetch)(?:\s|$)/i;

/** Frames that are written into an attribute may hold such frames in turn. */
const deepestSource = 3;

type Attributes = Record<string, string>;

/** What a page shows and leads to; at most so many references of all kinds, the first ones. */
export function referencesIn(html: string, pageUrl: string, most = 20_000): References {
  const reader = readerAt(pageUrl, most);
  read(html, reader, 0);
  const { media, links, frames, styles } = reader.sets;
  const found = { media: [...media], links: [...links], frames: [...frames], styles: [...styles] };
  return { ...found, ...(reader.scripted && { scripted: true }) };
}

/** What a style sheet at this URL shows, and the style sheets that it imports. */
export function referencesInStyle(
  css: string,
  url: string,
  most = 20_000,
): Pick<References, "media" | "styles"> {
  const reader = readerAt(url, most);
  addStyle(reader, css);
  return { media: [...reader.sets.media], styles: [...reader.sets.styles] };
}

type Found = Exclude<keyof References, "scripted">;

interface Reader {
  sets: Record<Found, Set<string>>;
  scripted: boolean;
  base: string;
  hasBase: boolean;
  /** How many more are taken: a page of nothing but links must not cost more than a page. */
  left: number;
}

function readerAt(base: string, left: number): Reader {
  const set = () => new Set<string>();
  return {
    sets: { media: set(), links: set(), frames: set(), styles: set() },
    base,
    hasBase: false,
    scripted: false,
    left,
  };
}

function add(reader: Reader, what: Found, reference: string | undefined): void {
  const text = reference?.trim() ?? "";
  if (text === "" || reader.left <= 0 || !URL.canParse(text, reader.base)) return;
  reader.left -= 1;
  const url = new URL(text, reader.base);
  url.hash = "";
  if (/^https?:$/.test(url.protocol) || (what === "media" && url.protocol === "data:"))
    reader.sets[what].add(url.href);
}

function addStyle(reader: Reader, css: string): void {
  const { images, imports } = styleReferences(css);
  for (const url of images) add(reader, "media", url);
  for (const url of imports) add(reader, "styles", url);
}

function read(html: string, reader: Reader, nesting: number): void {
  let style: string | undefined;
  parseFlat(html, {
    open(name, attributes) {
      style = name === "style" ? "" : undefined;
      byTag[name]?.(reader, attributes);
      if (!isFrame.has(name)) addLazy(reader, attributes);
      const { style: inline, background, srcdoc } = attributes;
      if (inline !== undefined) addStyle(reader, inline);
      add(reader, "media", background);
      if (srcdoc !== undefined && nesting < deepestSource) read(srcdoc, reader, nesting + 1);
    },
    text(text) {
      if (style !== undefined) style += text;
    },
    close() {
      if (style !== undefined) addStyle(reader, style);
      style = undefined;
    },
  });
  if (style !== undefined) addStyle(reader, style);
}

/** Their lazy address is that of a page. */
const isFrame = new Set(["iframe", "frame", "embed", "object"]);

const byTag: Record<string, (reader: Reader, attributes: Attributes) => void> = {
  base: (reader, { href }) => {
    if (reader.hasBase || href === undefined || !URL.canParse(href, reader.base)) return;
    reader.base = new URL(href, reader.base).href;
    reader.hasBase = true;
  },
  script: (reader) => void (reader.scripted = true),
  img: addShown,
  source: addShown,
  picture: addShown,
  audio: addShown,
  video: (reader, attributes) => {
    add(reader, "media", attributes["poster"]);
    addShown(reader, attributes);
  },
  image: (reader, { href, "xlink:href": old }) => add(reader, "media", href ?? old),
  input: (reader, { type, src }) => {
    if (type?.toLowerCase() === "image") add(reader, "media", src);
  },
  a: addLink,
  area: addLink,
  iframe: addFrame,
  frame: addFrame,
  embed: addFrame,
  object: (reader, { data, type }) => addFrame(reader, { ...(data && { src: data }), ...(type && { type }) }),
  link: (reader, { rel = "", href, as, imagesrcset }) => {
    if (/(?:^|\s)stylesheet(?:\s|$)/i.test(rel)) add(reader, "styles", href);
    else if (
      shownLinks.test(rel) &&
      (as === undefined ? /image_src/i.test(rel) : /^(?:image|video)$/i.test(as))
    )
      add(reader, "media", href);
    for (const url of srcsetUrls(imagesrcset ?? "")) add(reader, "media", url);
  },
  meta: (reader, { "http-equiv": kind, property, name, itemprop, content = "" }) => {
    if (kind?.toLowerCase() === "refresh") add(reader, "links", refreshTarget(content));
    const says = property ?? name ?? itemprop ?? "";
    if (!shared.test(says)) return;
    // A video is often given as the page of a player.
    add(reader, /video/i.test(says) && !isFile(content) ? "frames" : "media", content);
  },
};

function addShown(reader: Reader, attributes: Attributes): void {
  add(reader, "media", attributes["src"]);
  for (const name of setAttributes)
    for (const url of srcsetUrls(attributes[name] ?? "")) add(reader, "media", url);
}

/** What a script would put in place of a placeholder, as a picture or as the background of any tag. */
function addLazy(reader: Reader, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!lazyName.test(name)) continue;
    if (/url\(/i.test(value)) addStyle(reader, value);
    else if (address.test(value)) add(reader, "media", value);
  }
}

function addLink(reader: Reader, { href, download }: Attributes): void {
  add(reader, download !== undefined || isFile(href) ? "media" : "links", href);
}

/** A frame shows a page, or a picture or video by itself. */
function addFrame(reader: Reader, attributes: Attributes): void {
  const { src, type = "" } = attributes;
  for (const one of [src, attributes["data-src"]])
    add(reader, isFile(one) || /^(?:image|video|audio)\//i.test(type) ? "media" : "frames", one);
}

const isFile = (reference = "") => fileName.test(reference.split(/[?#]/)[0]?.trim() ?? "");

/** `5; url='next.html'` (HTML standard, "shared declarative refresh steps"). */
function refreshTarget(content: string): string | undefined {
  const after = /^[\s\d.]{0,40}[;,\s]\s{0,20}([^]*)$/.exec(content)?.[1];
  return after?.replace(/^url\s{0,20}=\s{0,20}/i, "").replace(/["']/g, "");
}
