/** The hostile web: what a capture may cost, and which addresses it may reach. */
import { z } from "zod";
import { duration, size } from "./units.ts";

const count = (standard: number) => z.int().min(1).default(standard);
const hostAndPort = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5}$/;

const limits = z.strictObject({
  depth: z
    .int()
    .min(0)
    .max(5)
    .default(1)
    .describe(
      "Links followed from the reported page, within its site: galleries link to their pictures' pages.",
    ),
  pages: count(50).describe("Pages of one capture."),
  items: count(500).describe("Pictures of one capture; the capture says when there were more."),
  pageSize: size("8MiB").describe("Largest page, after decompression: 204 KB of gzip became 210 MB."),
  itemSize: size("64MiB").describe("Largest picture, as large as the sandbox takes."),
  totalSize: size("1GiB").describe(
    "All of one capture together: bounds what one reported address can fill the disk with.",
  ),
  redirects: z
    .int()
    .min(0)
    .max(10)
    .default(5)
    .describe("Redirects of one fetch, each of them checked like the first address."),
  together: z
    .int()
    .min(1)
    .max(8)
    .default(2)
    .describe(
      "Pictures in hand at a time: as many as there are sandboxed children, since decoding is slower.",
    ),
  delay: duration("100ms").describe(
    "Pause between the starts of two fetches of one capture: polite to a site that also serves others, and not seen as an attack.",
  ),
  connectTimeout: duration("10s").describe("For a server to accept a connection."),
  timeout: duration("60s").describe("For one fetch as a whole: a server may send slowly for ever."),
  totalTime: duration("15m").describe("For one capture as a whole."),
});

export const captureSettings = z.strictObject({
  limits: limits.prefault({}),
  allow: z
    .array(z.string().toLowerCase().regex(hostAndPort, "expected an exact host:port, such as 127.0.0.1:8080"))
    .default([])
    .describe(
      "Internal addresses that may be fetched all the same, each an exact host and port. For tests and demonstrations only.",
    ),
  userAgent: z
    .string()
    .max(200)
    .default("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    .describe(
      "What sites are told about the browser: that of an ordinary visitor, since sites show investigators other pages.",
    ),
});
export type CaptureSettings = z.output<typeof captureSettings>;
