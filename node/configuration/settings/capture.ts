/** The hostile web: what a capture may cost, and which addresses it may reach. */
import { z } from "zod";
import { renderingSettings } from "./rendering.ts";
import { siteRule } from "./sites.ts";
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
  frames: z
    .int()
    .min(0)
    .max(10)
    .default(3)
    .describe("Frames within frames that are read, on other sites, too: a page shows what its frames show."),
  styleImports: z
    .int()
    .min(0)
    .max(10)
    .default(3)
    .describe("Style sheets that style sheets import, one after the other: backgrounds are pictures, too."),
  styles: count(200).describe("Style sheets of one capture."),
  pages: count(200).describe("Pages and frames of one capture."),
  items: count(20_000).describe(
    "Pictures, videos and archives of one capture: above the largest galleries of one page. The capture says when there were more.",
  ),
  references: count(20_000).describe("Addresses taken from one page or style sheet, the first ones."),
  pageSize: size("8MiB").describe("Largest page, after decompression: 204 KB of gzip became 210 MB."),
  itemSize: size("64MiB").describe("Largest picture, as large as the sandbox takes. Held in memory."),
  videoSize: size("2GiB").describe(
    "Largest video. It goes to the disk as it arrives, so this bounds time and disk, not memory.",
  ),
  videoTime: duration("2m").describe(
    "For opening one video, of which frames are shown: an hour of high definition is opened in less, by its keyframes.",
  ),
  archiveSize: size("1GiB").describe("Largest archive. It is kept sealed and never opened."),
  totalSize: size("8GiB").describe(
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
    .describe("Files in hand at a time: as many as there are sandboxed children, since decoding is slower."),
  delay: duration("100ms").describe(
    "Pause between the starts of two fetches from one host, by all captures: polite to a site that also serves others, and not seen as an attack.",
  ),
  connections: z
    .int()
    .min(1)
    .max(8)
    .default(2)
    .describe("Connections to one host at a time, by all captures: fewer than a browser opens."),
  connectTimeout: duration("10s").describe("For a server to accept a connection."),
  timeout: duration("60s").describe(
    "For one fetch, and anew for each MiB that arrives: a video takes long, and a server may send slowly for ever.",
  ),
  totalTime: duration("4h").describe(
    "Work on one capture as a whole, without the time that it is paused: 20,000 pictures at ten a second take more than half an hour.",
  ),
});

export const captureSettings = z.strictObject({
  limits: limits.prefault({}),
  rendering: renderingSettings.prefault({}),
  allow: z
    .array(z.string().toLowerCase().regex(hostAndPort, "expected an exact host:port, such as 127.0.0.1:8080"))
    .default([])
    .describe(
      "Internal addresses that may be fetched all the same, each an exact host and port. For tests and demonstrations only.",
    ),
  sites: z
    .array(siteRule)
    .default([])
    .describe(
      "Rules for single sites; the first that fits an address counts. Without a host and domain it fits all.",
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
