/** From a host's name to its addresses and to the names that it is an alias of. */
import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import type { Resolve } from "../resolve.ts";
import { failed, found, none, type Part } from "./outcome.ts";

/** The name that a name is an alias of. Rejects with a `code` as node:dns does: ENOTFOUND or ENODATA when there is none. */
export type ResolveAlias = (name: string) => Promise<string | undefined>;

/** By the machine's own resolver. Short: a trace can do without. */
export const systemAlias: ResolveAlias = async (name) => {
  const [alias] = await new Resolver({ timeout: 1500, tries: 2 }).resolveCname(name);
  return alias;
};

/** More are never needed, and a hostile server may name thousands. */
const mostAddresses = 16;
const mostAliases = 8;

/** Names that no resolver may be asked for: of this machine (RFC 6761), and of Tor (RFC 7686). */
export const isSpecial = (name: string): boolean => /(?:^|\.)(?:localhost|onion)\.?$/.test(name);

export async function addressesOf(name: string, resolve: Resolve): Promise<Part<string[]>> {
  if (isIP(name)) return found([name]);
  if (isSpecial(name)) return none;
  try {
    const addresses = [...new Set(await resolve(name))].slice(0, mostAddresses);
    return addresses.length > 0 ? found(addresses) : none;
  } catch (error) {
    return isAbsence(error) ? none : failed(codeOf(error));
  }
}

/** The chain of aliases, in order; one that leads back to itself ends. */
export async function aliasesOf(name: string, resolve: ResolveAlias): Promise<Part<string[]>> {
  if (isIP(name) || isSpecial(name)) return none;
  const chain: string[] = [];
  try {
    for (let at = name; chain.length < mostAliases;) {
      const next = (await resolve(at))?.toLowerCase().replace(/\.$/, "");
      if (next === undefined || next === name || chain.includes(next)) break;
      chain.push(next);
      at = next;
    }
  } catch (error) {
    if (!isAbsence(error) && chain.length === 0) return failed(codeOf(error));
  }
  return chain.length > 0 ? found(chain) : none;
}

const isAbsence = (error: unknown) => ["ENOTFOUND", "ENODATA"].includes(codeOf(error));
const codeOf = (error: unknown) => (error as { code?: string }).code ?? "no-answer";
