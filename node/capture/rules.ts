/** What the organisation has set for single sites: see settings/sites.ts. The first rule that fits an address counts. */
import { readFile } from "node:fs/promises";
import { WardlineError } from "@wardline/protocol/encoding";
import type { CaptureSettings } from "../configuration/settings/capture.ts";
import type { SiteRule } from "../configuration/settings/sites.ts";
import { refuse } from "./errors.ts";
import { headerLines } from "./headers.ts";

export function ruleFor(url: URL, { sites }: Pick<CaptureSettings, "sites">): SiteRule | undefined {
  return sites.find((rule) => fits(url, rule));
}

function fits(url: URL, { host, domain, path }: SiteRule): boolean {
  const name = url.hostname.replace(/\.$/, "");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const isHost = host === undefined || [name, name.replace(/^\[|\]$/g, ""), `${name}:${port}`].includes(host);
  const isBelow = domain === undefined || name === domain || name.endsWith(`.${domain}`);
  return isHost && isBelow && (path === undefined || url.pathname.startsWith(path));
}

/** Error: `capture/never-fetched`, with the reason. */
export function checkFetched(rule: SiteRule | undefined): void {
  if (rule?.never === undefined) return;
  throw new WardlineError("capture/never-fetched", `A rule of this organisation forbids it: ${rule.never}`, {
    advice: "See capture.sites in the configuration.",
  });
}

/** Error: `capture/rule-headers`. */
export async function headersOf(rule: SiteRule | undefined): Promise<Record<string, string>> {
  if (rule?.headersFile === undefined) return {};
  try {
    return headerLines(await readFile(rule.headersFile, "utf8"));
  } catch (cause) {
    throw refuse("rule-headers", { cause });
  }
}
