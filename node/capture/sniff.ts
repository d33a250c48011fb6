/** What a file is by its first bytes: a server's word for it is not believed. */
import { containerOf } from "../decode/index.ts";

export interface FileKind {
  kind: "video" | "archive" | "other";
  mime: string;
}

/** First bytes that are needed to tell. */
export const headBytes = 512;

const archives: readonly { mime: string; start: readonly number[]; at?: number }[] = [
  { mime: "application/zip", start: [0x50, 0x4b, 0x03, 0x04] },
  { mime: "application/zip", start: [0x50, 0x4b, 0x05, 0x06] }, // empty
  { mime: "application/zip", start: [0x50, 0x4b, 0x07, 0x08] }, // one of several parts
  { mime: "application/vnd.rar", start: [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07] },
  { mime: "application/x-7z-compressed", start: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { mime: "application/gzip", start: [0x1f, 0x8b] },
  { mime: "application/x-bzip2", start: [0x42, 0x5a, 0x68] },
  { mime: "application/x-xz", start: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { mime: "application/zstd", start: [0x28, 0xb5, 0x2f, 0xfd] },
  { mime: "application/x-tar", start: [0x75, 0x73, 0x74, 0x61, 0x72], at: 257 },
  { mime: "application/vnd.ms-cab-compressed", start: [0x4d, 0x53, 0x43, 0x46] },
];

/** Pictures in the container of MP4: AVIF and HEIC. */
const pictureBrands = /^ftyp(?:avi[fs]|hei[cfmsx]|he[iv][cms]|mi[fa][fa1])/;

export function fileKindOf(head: Uint8Array): FileKind {
  const archive = archives.find(({ start, at = 0 }) =>
    start.every((byte, index) => head[at + index] === byte),
  );
  if (archive !== undefined) return { kind: "archive", mime: archive.mime };
  if (pictureBrands.test(String.fromCharCode(...head.subarray(4, 12)))) return { kind: "other", mime: "" };
  const container = containerOf(head);
  return container ? { kind: "video", mime: container.mime } : { kind: "other", mime: "" };
}
