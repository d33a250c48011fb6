/** A synthetic hosting site on loopback: pages of generated patterns, which its provider can take down page by page. */
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, relative, sep } from "node:path";
import { drawPicture } from "./pictures.ts";

interface SiteFile {
  readonly type: string;
  readonly body: Uint8Array;
}
/** What is served, by path. */
export type SiteFiles = ReadonlyMap<string, SiteFile>;

export interface Site {
  /** What it serves as long as nothing was taken down. */
  readonly files: SiteFiles;
  readonly origin: string;
  readonly port: number;
  /** Answers 404 for these paths from now on, as a provider does that acted on a notice. */
  takeDown(paths: readonly string[]): void;
  stop(): Promise<void>;
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".htm": "text/html; charset=utf-8",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".png": "image/png",
  ".webp": "image/webp",
  ".gif": "image/gif",
  ".svg": "image/svg+xml",
};

/** The path of the report that hotline B made first: one picture, also shown on A's page. */
export const earlierPage = "/earlier/index.html";
/** The path of the report that the story follows: pictures here and on a linked page. */
export const reportedPage = "/gallery/index.html";

/** The built-in site: one picture that B knows already, six others, and three files no decoder should trust. */
export async function syntheticSite(): Promise<SiteFiles> {
  const shared = await drawPicture("spiral");
  const truncated = (await drawPicture("tiles", 640, 480, 0.3)).subarray(0, 9000);
  const files = new Map<string, SiteFile>();
  const picture = (path: string, body: Uint8Array) => files.set(path, { type: "image/jpeg", body });
  picture("/earlier/spiral.jpg", shared);
  picture("/gallery/spiral-copy.jpg", shared);
  picture("/gallery/rings.jpg", await drawPicture("rings"));
  picture("/gallery/plasma.jpg", await drawPicture("plasma"));
  picture("/gallery/more/checks.jpg", await drawPicture("checks"));
  picture("/gallery/more/hills.jpg", await drawPicture("hills", 1280, 720));
  picture("/gallery/more/stripes.jpg", await drawPicture("stripes", 800, 800));
  picture("/gallery/more/truncated.jpg", truncated);
  files.set("/gallery/drawing.svg", {
    type: "image/svg+xml",
    body: Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><circle cx="30" cy="30" r="20"/></svg>',
    ),
  });
  files.set(earlierPage, page("Patterns, earlier", ["spiral.jpg"], []));
  files.set(
    reportedPage,
    page("Patterns", ["rings.jpg", "plasma.jpg", "spiral-copy.jpg", "drawing.svg"], ["more/index.html"]),
  );
  files.set(
    "/gallery/more/index.html",
    page("More patterns", ["checks.jpg", "hills.jpg", "stripes.jpg", "truncated.jpg"], ["../index.html"]),
  );
  return files;
}

function page(title: string, images: readonly string[], links: readonly string[]): SiteFile {
  const body = [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1>`,
    ...images.map((image) => `<p><img src="${image}" alt="a generated pattern"></p>`),
    ...links.map((link) => `<p><a href="${link}">another page</a></p>`),
    "</body></html>",
  ].join("\n");
  return { type: "text/html; charset=utf-8", body: Buffer.from(body) };
}

/** A folder of the user's own pages and pictures; a folder without `index.html` gets a page that shows its pictures. */
export async function siteFromFolder(folder: string): Promise<SiteFiles> {
  const files = new Map<string, SiteFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const type = types[extname(entry.name).toLowerCase()];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, path).split(sep).join("/")}`, { type, body: await readFile(path) });
  }
  if (!files.has("/index.html")) {
    const images = [...files]
      .filter(([, file]) => file.type.startsWith("image/"))
      .map(([path]) => encodeURI(path));
    files.set("/index.html", page("Pictures", images, []));
  }
  return files;
}

/** Serves the files on 127.0.0.1; `port` 0 takes any free one. */
export async function serveSite(files: SiteFiles, port = 0): Promise<Site> {
  const gone = new Set<string>();
  const server = createServer((request, response) => {
    const path = decodeURI(new URL(request.url ?? "/", "http://site.invalid").pathname);
    const file = files.get(path.endsWith("/") ? `${path}index.html` : path);
    if (!file || gone.has(path)) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
      return;
    }
    response.writeHead(200, { "content-type": file.type, "content-length": file.body.length }).end(file.body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    files,
    origin: `http://127.0.0.1:${bound}`,
    port: bound,
    takeDown: (paths) => paths.forEach((path) => gone.add(path)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
