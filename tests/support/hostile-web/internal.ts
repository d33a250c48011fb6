/** Every way to write the address of something internal, and every place of a page where one can stand. */

/** Spellings of loopback and of what else must never be asked; `port` is where the canary listens. */
export function internalUrls(port: number): string[] {
  const hosts = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "0.0.0.0",
    "0",
    "１２７.０.０.１", // full-width digits
    "127。0。0。1", // ideographic full stops
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "canary.localhost",
    "internal.example", // the resolver says loopback
    "mapped.example", // the resolver says ::ffff:127.0.0.1
    "mixed.example", // the resolver says a public address, and loopback
    "rebind.example", // allowed at another port, where it leads to the site itself
  ];
  return hosts.map((host) => `http://${host}:${port}/secret`);
}

/** A page whose every reference is internal, and that shows one picture besides. */
export function internalPage(urls: readonly string[], good: string): string {
  const places: ((url: string) => string)[] = [
    (url) => `<img src="${url}">`,
    (url) => `<img srcset="${url} 1x, ${url}?2 2x">`,
    (url) => `<picture><source srcset="${url}?p"></picture>`,
    (url) => `<img data-src="${url}?lazy">`,
    (url) => `<iframe src="${url}?frame"></iframe>`,
    (url) => `<object data="${url}?object"></object><embed src="${url}?embed">`,
    (url) => `<a href="${url}?link.jpg">a</a><a href="${url}/x.jpg">b</a>`,
    (url) => `<link rel="stylesheet" href="${url}?style">`,
    (url) => `<style>@import "${url}?import"; a { background: url(${url}?css) }</style>`,
    (url) => `<p style="background: url('${url}?inline')">`,
    (url) => `<video src="${url}?video" poster="${url}?poster"></video>`,
    (url) =>
      `<meta http-equiv="refresh" content="0; url=${url}?refresh"><meta property="og:image" content="${url}?og">`,
    (url) => `<iframe srcdoc="<img src='${url}?srcdoc'>"></iframe>`,
    (url) => `<noscript><img src="${url}?noscript"></noscript><svg><image href="${url}?svg"/></svg>`,
  ];
  const written = urls.map((url, at) => (places[at % places.length] ?? String)(url));
  const all = places.map((place) => place(urls[0] ?? ""));
  return [...written, ...all, `<img src="${good}">`].join("\n");
}
