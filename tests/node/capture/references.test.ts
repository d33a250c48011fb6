import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOfDataUrl } from "../../../node/capture/dataurl.ts";
import { isPage, textOf } from "../../../node/capture/page.ts";
import { referencesIn, referencesInStyle } from "../../../node/capture/references.ts";
import { sameSite } from "../../../node/capture/site.ts";

const page = "https://site.example/gallery/index.html";
const media = (html: string) => referencesIn(html, page).media;
const links = (html: string) => referencesIn(html, page).links;
const at = (...paths: string[]) => paths.map((path) => new URL(path, page).href);

describe("the pictures of a page", () => {
  test.each([
    ["img", `<img src="a.jpg">`, at("a.jpg")],
    ["capitals and no quotes", `<IMG SRC=/a.jpg>`, at("/a.jpg")],
    ["entities", `<img src="a.jpg?x=1&amp;y=2">`, at("a.jpg?x=1&y=2")],
    [
      "lazy images",
      `<img src="p.gif" data-src="a.jpg" data-original="b.jpg" data-lazy-src="c.jpg">`,
      at("p.gif", "a.jpg", "b.jpg", "c.jpg"),
    ],
    [
      "srcset",
      `<img src="a.jpg" srcset="b.jpg 1x, c.jpg 2x,d.jpg 300w">`,
      at("a.jpg", "b.jpg", "c.jpg", "d.jpg"),
    ],
    [
      "srcset with commas in URLs",
      `<img srcset="data:image/gif;base64,R0lG 1x, a,b.jpg 2x, c.jpg, d.jpg">`,
      ["data:image/gif;base64,R0lG", ...at("a,b.jpg", "c.jpg", "d.jpg")],
    ],
    [
      "srcset that is empty or broken",
      `<img srcset=""><img srcset=" , ,, "><img srcset="a.jpg 1x,,,">`,
      at("a.jpg"),
    ],
    [
      "picture",
      `<picture><source srcset="a.webp" data-srcset="b.webp"><img src="c.jpg"></picture>`,
      at("a.webp", "b.webp", "c.jpg"),
    ],
    [
      "a video's poster and sources, and sounds",
      `<video poster="a.jpg" src="v.mp4" data-src="u.webm"><source src="w"></video><audio src="s.ogg">`,
      at("a.jpg", "v.mp4", "u.webm", "w", "s.ogg"),
    ],
    [
      "links to videos and archives",
      `<a href="v.webm"><a href="set.zip?x"><a href="/get" download>`,
      at("v.webm", "set.zip?x", "/get"),
    ],
    [
      "lazy attributes of any tag that look like an address",
      `<div data-bg="a.jpg" data-lazy-anything="/b" data-background-image="url('c.jpg')" data-url="no address" data-src='{"x":1}'>`,
      at("a.jpg", "/b", "c.jpg"),
    ],
    ["lazy sets", `<img data-srcset="a.jpg 1x" data-lazy-srcset="b.jpg 2x">`, at("a.jpg", "b.jpg")],
    ["what is there for visitors without scripts", `<noscript><img src="a.jpg"></noscript>`, at("a.jpg")],
    [
      "pictures that stand for the page elsewhere",
      `<meta property="og:image" content="a.jpg"><meta name="twitter:image" content="b.jpg"><meta property="og:video" content="c.mp4"><link rel="image_src" href="d.jpg"><meta property="og:title" content="e.jpg">`,
      at("a.jpg", "b.jpg", "c.mp4", "d.jpg"),
    ],
    [
      "pictures loaded ahead, not fonts",
      `<link rel="preload" as="image" href="a.jpg" imagesrcset="b.jpg 2x"><link rel="preload" as="font" href="f.woff2">`,
      at("a.jpg", "b.jpg"),
    ],
    [
      "frames that show a picture or a video",
      `<embed src="a.png"><object data="b" type="image/png"></object><iframe src="c.mp4"></iframe>`,
      at("a.png", "b", "c.mp4"),
    ],
    [
      "a page written into a frame",
      `<iframe srcdoc="<img src='a.jpg'><p style='background:url(b.jpg)'>"></iframe>`,
      at("a.jpg", "b.jpg"),
    ],
    ["an input of type image", `<input type="image" src="a.png"><input src="b.png">`, at("a.png")],
    ["SVG's images", `<svg><image href="a.png"/><image xlink:href="b.png"/></svg>`, at("a.png", "b.png")],
    [
      "links to pictures",
      `<a href="a.JPG?size=1">x</a><a href="/b.png#c">y</a>`,
      at("a.JPG?size=1", "/b.png"),
    ],
    [
      "backgrounds",
      `<div style="color: red; background: url('a.jpg'), url( b.jpg )"><table background="c.gif">`,
      at("a.jpg", "b.jpg", "c.gif"),
    ],
    [
      "style sheets in the page",
      `<style>a { background: url("a.png") } /* url(b.png) */</style><style>i{background:URL( c.png )`,
      at("a.png", "c.png"),
    ],
    ["data: URLs", `<img src="data:image/png;base64,AAAA">`, ["data:image/png;base64,AAAA"]],
    ["a base", `<base href="/other/"><base href="/ignored/"><img src="a.jpg">`, at("/other/a.jpg")],
    ["each once", `<img src="a.jpg"><img src="a.jpg#x"><a href="a.jpg">`, at("a.jpg")],
    [
      "nothing of other schemes, nothing broken",
      `<img src="javascript:1"><img src="file:///a.jpg"><img src="http://["><img src=""><img src><img>`,
      [],
    ],
    ["nothing in comments or scripts", `<!-- <img src="a.jpg"> --><script>"<img src='b.jpg'>"</script>`, []],
  ])("%s", (_, html, expected) => expect(media(html)).toEqual(expected));
});

describe("the links of a page", () => {
  test.each([
    ["a and area", `<a href="b.html"><area href="c.html">`, at("b.html", "c.html")],
    [
      "a refresh",
      `<meta http-equiv="Refresh" content="0; URL='b.html'"><meta http-equiv="refresh" content="5">`,
      at("b.html"),
    ],
    ["without fragments, each once", `<a href="b.html#x"><a href="b.html">`, at("b.html")],
    [
      "nothing else",
      `<a href="mailto:a@site.example"><a href="javascript:1"><a name="x"><a href="data:text/html,x">`,
      [],
    ],
  ])("%s", (_, html, expected) => expect(links(html)).toEqual(expected));
});

test("the frames and style sheets of a page are told apart from its links", () => {
  const { frames, styles } = referencesIn(
    `<iframe src="d.html" data-src="lazy.html"></iframe><frame src="//other.example/e"><embed src="f"><object data="g" type="text/html"></object>
     <link rel="alternate stylesheet" href="s.css"><link rel="icon" href="i.ico"><style>@import "t.css" screen; @import url(u.css);</style>`,
    page,
  );
  expect(frames).toEqual([...at("d.html", "lazy.html"), "https://other.example/e", ...at("f", "g")]);
  expect(styles).toEqual(at("s.css", "t.css", "u.css"));
});

describe("a style sheet", () => {
  test.each([
    [
      "all forms of url",
      `a{background:url(a.png),url( "b.png" ),url('c.png')}`,
      at("a.png", "b.png", "c.png"),
    ],
    [
      "image sets",
      `a{background:image-set("a.png" 1x type("image/png"), url(b.png) 2x)}`,
      at("a.png", "b.png"),
    ],
    ["escapes", String.raw`a{background:url(a\ b.png),url("\63 .png")}`, at("a%20b.png", "c.png")],
    [
      "no fonts, no parts of the page",
      `@font-face{src:url(f.woff2?x),url(data:font/woff;base64,AA)}a{filter:url(#x)}`,
      [],
    ],
    ["no comments, no other strings", `/* url(a.png) */ a::before{content:"b.png"} /* url(c.png)`, []],
    ["what never ends", `a{background:url(a.png`, at("a.png")],
  ])("shows %s", (_, css, expected) => expect(referencesInStyle(css, page).media).toEqual(expected));

  test("imports others, by their own address", () => {
    const { styles, media } = referencesInStyle(
      `@import "a.css";@IMPORT url(b.css) print;a{b:url(c.png)}`,
      page,
    );
    expect([styles, media]).toEqual([at("a.css", "b.css"), at("c.png")]);
  });
});

test("any text is read without failing, and gives only URLs that can be fetched", () => {
  const bits = fc.constantFrom(
    "<img src=",
    "<a href=",
    '"',
    "'",
    ">",
    "url(",
    ")",
    ",",
    " ",
    "srcset=",
    "<style>",
    "</style>",
    "<base href=",
    "//",
    "&amp;",
    "x",
    "\0",
    "data:,",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(bits, fc.string()), { maxLength: 60 }), (parts) => {
      const { media, links, frames, styles } = referencesIn(parts.join(""), page);
      for (const url of [...links, ...frames, ...styles]) expect(url).toMatch(/^https?:/);
      for (const url of media) expect(url).toMatch(/^(?:https?|data):/);
    }),
  );
});

test("pictures below tags that nest without end are found all the same", () => {
  const deep =
    "<div>".repeat(3000) +
    `<img src="a.jpg">` +
    "<p><b>".repeat(3000) +
    `<style>i { background: url(b.jpg) }</style>`;
  expect(media(deep)).toEqual(at("a.jpg", "b.jpg"));
});

test.each([
  "<img srcset='" + ",".repeat(2 ** 21) + "'>",
  "<p style='" + "url(".repeat(2 ** 19) + "'>",
  "<a href=x>".repeat(2 ** 18),
  "<".repeat(2 ** 21),
  "<img " + "a ".repeat(2 ** 20) + ">",
  "<div>".repeat(2 ** 18),
])("a page made to keep a parser busy is read, with a bounded result (%#)", (html) => {
  const { media, links } = referencesIn(html, page);
  expect(media.length + links.length).toBeLessThanOrEqual(10_000);
});

describe("the same site", () => {
  test.each([
    ["https://a.example.co.uk/", "http://b.example.co.uk:8080/x", true],
    ["https://example.co.uk/", "https://other.co.uk/", false],
    ["https://one.github.io/", "https://two.github.io/", false],
    ["http://93.184.216.34/", "http://93.184.216.34/x", true],
    ["http://93.184.216.34/", "http://93.184.216.34:81/", false],
    ["http://site.localhost:8080/", "http://site.localhost:8080/x", true],
    ["http://site.localhost:8080/", "http://site.localhost:8081/", false],
    ["http://site.localhost:8080/", "http://other.localhost:8080/", false],
    ["http://[::1]:80/", "http://[::1]/", true],
    ["http://intranet/", "http://intranet/x", true],
  ])("%s and %s: %s", (a, b, expected) => expect(sameSite(a, b)).toBe(expected));
});

describe("pictures in the page itself", () => {
  test.each([
    ["data:image/gif;base64,R0lG", "R0lG"],
    ["data:;base64,R0%6CG", "R0lG"],
    ["data:text/plain,%52%30lG", Buffer.from("R0lG").toString("base64")],
    ["data:,", ""],
  ])("%s", (url, expected) =>
    expect(Buffer.from(bytesOfDataUrl(url, 100) ?? "?").toString("base64")).toBe(expected),
  );
  test.each(["data:image/gif", "http://x/,", `data:;base64,${"A".repeat(200)}`, "data:;base64,%"])(
    "%s is none",
    (url) => expect(bytesOfDataUrl(url, 100)).toBeUndefined(),
  );
});

describe("what a server sent", () => {
  const sent = (type: string, body: string | Uint8Array) => ({
    headers: type === "" ? ({} as Record<string, string>) : { "content-type": type },
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  });
  test.each([
    ["text/html", "<p>", true],
    ["application/xhtml+xml", "<p>", true],
    ["", " \n<!doctype html>", true],
    ["", "plain", false],
    ["image/png", "<p>", false],
    ["text/html", Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]), false],
    ["application/pdf", "%PDF", false],
  ])("as %s is a page or is not", (type, body, expected) => expect(isPage(sent(type, body))).toBe(expected));

  test("is read in its own encoding", () => {
    const latin = Uint8Array.from([0x3c, 0x70, 0x3e, 0xe9]);
    const declared = Uint8Array.from([...new TextEncoder().encode("<meta charset=iso-8859-1>"), 0xe9]);
    expect(textOf(sent("text/html; charset=ISO-8859-1", latin))).toBe("<p>é");
    expect(textOf(sent("text/html", declared))).toMatch(/é$/);
    expect(textOf(sent("text/html; charset=no-such", "<p>é"))).toBe("<p>é");
  });
});
