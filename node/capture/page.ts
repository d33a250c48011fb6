/** Telling pages from pictures, and reading a page's text in the encoding it was written in. */
import type { Fetched } from "./fetch.ts";

const starts = [
  [0xff, 0xd8, 0xff], // JPEG
  [0x89, 0x50, 0x4e, 0x47], // PNG
  [0x47, 0x49, 0x46, 0x38], // GIF
  [0x52, 0x49, 0x46, 0x46], // RIFF, as WebP
];

/** By its first bytes where these are a picture's, else by what the server says; without either, by looking like HTML. */
export function isPage({ headers, body }: Pick<Fetched, "headers" | "body">): boolean {
  if (starts.some((start) => start.every((byte, at) => body[at] === byte))) return false;
  const type = headers["content-type"] ?? "";
  if (/html|xhtml/i.test(type)) return true;
  return type === "" && /^\s*</.test(new TextDecoder("latin1").decode(body.subarray(0, 200)));
}

/** The text of a page: encoding by byte order mark, header, or declaration in the first kilobyte; else UTF-8. */
export function textOf({ headers, body }: Pick<Fetched, "headers" | "body">): string {
  const inHeader = /charset\s*=\s*"?([\w-]+)/i.exec(headers["content-type"] ?? "")?.[1];
  const start = new TextDecoder("latin1").decode(body.subarray(0, 1024));
  const declared = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)/i.exec(start)?.[1];
  for (const label of [inHeader, declared, "utf-8"]) {
    if (label === undefined) continue;
    try {
      return new TextDecoder(label).decode(body);
    } catch {
      // no such encoding: the next guess
    }
  }
  return "";
}
