/** What is done differently with some sites. */
import { z } from "zod";
import { duration } from "./units.ts";

const hostAndPort = z
  .string()
  .toLowerCase()
  .regex(/^(?:[a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5}$/, "expected host:port, such as 127.0.0.1:9050");

export const siteRule = z
  .strictObject({
    host: z
      .string()
      .toLowerCase()
      .optional()
      .describe("This host only, by name or address; with `:port`, this port of it only."),
    domain: z
      .string()
      .toLowerCase()
      .optional()
      .describe("This domain and everything below it, such as `site.example` or `onion`."),
    path: z.string().startsWith("/").optional().describe("Only paths that begin with this."),
    never: z
      .string()
      .min(3)
      .max(500)
      .optional()
      .describe("Never fetch it, and why: people read this where a capture would have been."),
    delay: duration("0ms").optional().describe("Pause between two fetches, instead of capture.limits.delay."),
    render: z
      .boolean()
      .default(false)
      .describe(
        "Render its pages in a browser, since they need their scripts; unless capture.rendering.mode says that this is done on demand only.",
      ),
    headersFile: z
      .string()
      .optional()
      .describe(
        "File with headers that are sent along, such as a session's cookie, a `Name: value` on each line. Read anew for each fetch.",
      ),
    address: z
      .union([z.ipv4(), z.ipv6()])
      .optional()
      .describe(
        "Connect to this address instead of asking a resolver. It must be public, or be in capture.allow.",
      ),
    proxy: hostAndPort
      .optional()
      .describe("Reach it through this HTTP proxy (CONNECT), which resolves its name."),
    socks: hostAndPort
      .optional()
      .describe(
        "Reach it through this SOCKS 5 proxy, such as Tor's, which resolves its name: for `.onion`, too.",
      ),
  })
  .refine(({ address, proxy, socks }) => [address, proxy, socks].filter(Boolean).length <= 1, {
    error: "name one of address, proxy and socks",
  });
export type SiteRule = z.output<typeof siteRule>;
