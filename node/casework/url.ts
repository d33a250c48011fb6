/** The URL of a report: what is accepted, and the one form under which two filings of it are the same. */
import { WardlineError } from "@wardline/protocol/encoding";

/** Longest URL accepted; `report.forward` carries no longer one. */
const longestUrl = 8192;

export interface ReportUrl {
  /** As filed, without surrounding space. Evidence keeps the reporter's spelling. */
  url: string;
  /** For comparison: parsed and written again, without fragment. */
  canonical: string;
  /** Lower-case host name or address, with the port when it is not the scheme's own. */
  host: string;
}

/**
 * Checks and normalises a URL. Only http and https; names and passwords inside are refused, since they would travel on.
 * The query is kept in its order: on many sites it is the address of the picture.
 * @throws `casework/invalid-url`, `casework/unsupported-url`, `casework/url-with-credentials`
 */
export function reportUrl(input: string): ReportUrl {
  const url = input.trim();
  const parsed = url.length <= longestUrl && URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed)
    throw new WardlineError("casework/invalid-url", "This is not a URL that can be fetched.", {
      advice: "Give the whole address, beginning with http:// or https://.",
    });
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:")
    throw new WardlineError("casework/unsupported-url", `${parsed.protocol} addresses are not fetched.`, {
      advice: "Give an address that begins with http:// or https://.",
    });
  if (parsed.username || parsed.password)
    throw new WardlineError("casework/url-with-credentials", "The URL contains a user name or password.", {
      advice: "Take the part before the @ out; describe in the note how the page is reached.",
    });
  parsed.hash = "";
  return { url, canonical: parsed.href, host: parsed.host };
}
