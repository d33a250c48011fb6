/** From a host name to addresses, by the machine's own resolver. Passed in, so that a test can answer otherwise. */
import { lookup } from "node:dns/promises";

/** All addresses of a host name. Rejects with a `code` as node:dns does: ENOTFOUND when there is none. */
export type Resolve = (host: string) => Promise<string[]>;

export const systemResolve: Resolve = async (host) => {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
};
