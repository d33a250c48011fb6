/** Pictures written into a page (RFC 2397). */

import { createHash } from "node:crypto";

/** The name of an embedded picture: its kind and the digest of its URL, which itself may be megabytes long. Cannot be fetched. */
function embeddedName(url: string): string {
  const [kind] = url.slice(0, 100).split(/[;,]/);
  return `${kind},sha256-${createHash("sha256").update(url).digest("hex")}`;
}

/** What a file is called in the record. */
export const nameOf = (url: string): string => (url.startsWith("data:") ? embeddedName(url) : url);

/** The bytes of a data: URL, or `undefined` when it is none or holds more than `most` bytes. */
export function bytesOfDataUrl(url: string, most: number): Uint8Array | undefined {
  const comma = url.indexOf(",");
  if (!url.startsWith("data:") || comma < 0) return undefined;
  const content = url.slice(comma + 1);
  if (content.length > most * 4) return undefined;
  try {
    const bytes = /;\s*base64\s*$/i.test(url.slice(0, comma))
      ? Buffer.from(decodeURIComponent(content), "base64")
      : Buffer.from(
          content.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
          "latin1",
        );
    return bytes.length > most ? undefined : bytes;
  } catch {
    return undefined;
  }
}
