/** Headers as people write them down, a line for each. */
import { refuse } from "./errors.ts";

/** Of connection and content, which nobody but the fetch may say. */
const forbidden =
  /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|keep-alive|expect|proxy-.*|accept-encoding|range|if-.*)$/;

/** Lower-case names. Error: `capture/bad-headers`. */
export function headerLines(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/).filter((one) => one.trim() !== "")) {
    const [, written = "", value = ""] =
      /^([\w!#$%&'*+.^`|~-]{1,100}):[ \t]*([\x20-\x7e\t]*)$/.exec(line.trim()) ?? [];
    const name = written.toLowerCase();
    if (name === "" || forbidden.test(name)) throw refuse("bad-headers", { details: { name } });
    headers[name] = value;
  }
  return headers;
}
