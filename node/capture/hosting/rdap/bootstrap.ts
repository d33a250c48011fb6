/** Which registry's server answers for a network or a domain: IANA's bootstrap files (RFC 9224), which ship as data. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import { isWithin, networkOf, numberOf, type Network } from "../numbers.ts";

const fileSchema = z.object({
  version: z.string(),
  publication: z.string(),
  services: z.array(z.tuple([z.array(z.string()), z.array(z.string())])),
});

export interface Bootstrap {
  /** Base URL, ending in a slash, of the server that answers for an address; the longest network that holds it counts. */
  forAddress(address: string): string | undefined;
  /** The same for a domain; the longest name that it ends in counts. */
  forDomain(domain: string): string | undefined;
}

const shipped = fileURLToPath(new URL("../../../../config/hosting/rdap/", import.meta.url));

/** Reads `dns.json`, `ipv4.json` and `ipv6.json` of IANA's form. @throws `hosting/invalid-file` */
export function readBootstrap(folder: string = shipped): Bootstrap {
  const domains = new Map(readOne(join(folder, "dns.json")).map(([name, url]) => [name.toLowerCase(), url]));
  const networks = ["ipv4.json", "ipv6.json"].flatMap((file) => networksIn(join(folder, file)));
  networks.sort((left, right) => right.network.prefix - left.network.prefix);
  return {
    forAddress(address) {
      const number = numberOf(address);
      return networks.find(({ network }) => isWithin(number, network))?.url;
    },
    forDomain(domain) {
      const labels = domain.toLowerCase().split(".");
      const suffixes = labels.map((_, index) => labels.slice(index).join("."));
      return suffixes.map((suffix) => domains.get(suffix)).find((url) => url !== undefined);
    },
  };
}

function networksIn(path: string): { network: Network; url: string }[] {
  return readOne(path).map(([entry, url]) => {
    const network = networkOf(entry);
    if (!network) throw unusable(path, `"${entry}" is no network.`);
    return { network, url };
  });
}

/** Entries with the server to ask, the encrypted one where there is a choice (RFC 9224, section 3). */
function readOne(path: string): [string, string][] {
  try {
    const { services } = fileSchema.parse(JSON.parse(readFileSync(path, "utf8")));
    return services.flatMap(([entries, urls]) => {
      const url = urls.find((one) => one.startsWith("https:")) ?? urls[0];
      return url === undefined ? [] : entries.map((entry): [string, string] => [entry, withSlash(url)]);
    });
  } catch (cause) {
    throw unusable(path, cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause), cause);
  }
}

const withSlash = (url: string) => (url.endsWith("/") ? url : `${url}/`);

const unusable = (path: string, what: string, cause?: unknown) =>
  new WardlineError("hosting/invalid-file", `${path} cannot be used: ${what}`, {
    advice: "Take the file again from data.iana.org/rdap, or leave hosting.rdap.bootstrap out.",
    cause,
  });
