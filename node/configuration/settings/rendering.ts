/** Pages that need scripts: when a browser renders them, and what that may cost. */
import { z } from "zod";
import { duration, size } from "./units.ts";

const limits = z.strictObject({
  startTime: duration("30s").describe("For the browser to start: two seconds on a quiet machine."),
  time: duration("60s").describe(
    "For one page as a whole. What the page has shown by then is kept, and the capture says that it was cut.",
  ),
  quiet: duration("1s").describe(
    "Time without any request after which a page counts as complete: scripts fetch in bursts.",
  ),
  patience: duration("10s").describe(
    "Time that one request keeps a page from counting as complete: streams and long polls never end.",
  ),
  scrolls: z
    .int()
    .min(0)
    .max(200)
    .default(10)
    .describe("Screens that are scrolled down, so that pictures which load when they come into sight do."),
  memory: size("2GiB").describe(
    "All processes of the browser together. An ordinary page takes 300 MiB; a gallery of large pictures a gigabyte.",
  ),
  bytes: size("256MiB").describe(
    "What one page may send and receive over the network, and what is kept of it in memory.",
  ),
  connections: z
    .int()
    .min(1)
    .max(512)
    .default(64)
    .describe("Connections of one page at a time. A browser opens at most six to each host."),
  requests: z
    .int()
    .min(1)
    .max(100_000)
    .default(5_000)
    .describe("Requests of one page, those of frames included: a gallery with a thousand pictures passes."),
  documents: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe("Pages that scripts may lead the browser on to, one after the other."),
  popups: z
    .int()
    .min(0)
    .max(1_000)
    .default(20)
    .describe("Windows that a page opens and that are noted as links. They are closed before they load."),
  screenshotHeight: z
    .int()
    .min(100)
    .max(16_384)
    .default(10_000)
    .describe("Lines of the screenshot: a gallery of ten screens. Longer pages are cut there."),
});

export const renderingSettings = z.strictObject({
  mode: z
    .enum(["never", "on-demand", "always-for-rules"])
    .default("always-for-rules")
    .describe(
      "never: no browser is started. on-demand: when an analyst asks for it. always-for-rules: also for sites whose rule says `render: true`.",
    ),
  browser: z
    .string()
    .default("/usr/lib/chromium/chromium")
    .describe("Chromium's program, not the script that starts it: its folder is what the sandbox shows."),
  ownSandbox: z
    .boolean()
    .default(true)
    .describe(
      "Chromium's own sandbox within the one around it. Switched off only where the system allows no user namespace within another, such as some containers; the log says so.",
    ),
  limits: limits.prefault({}),
});
