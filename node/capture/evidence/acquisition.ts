/** How one file came to be here: the record that an item keeps. */
import type { Digests, Recorded } from "./exchange.ts";
import type { Certificate, TlsFacts } from "./tls.ts";

export interface Acquisition {
  /** What fetched it: name and version. */
  tool: string;
  /** Milliseconds: when the file itself was asked for. */
  at: number;
  /** Requests in order: redirects, then the one that was answered with the file. */
  requests: AcquiredRequest[];
  /** Of the body as it came, before any decoding. */
  received: Digests & { bytes: number };
}

export interface AcquiredRequest {
  url: string;
  at: number;
  status?: number;
  address?: string;
  /** Without the certificates themselves, which stand in the archive. */
  tls?: Omit<TlsFacts, "chain"> & { chain: Omit<Certificate, "pem">[] };
  /** The archive's file and the record of the answer in it. */
  archive?: string;
  record?: string;
}

/** Undefined when nothing was taken down. */
export function acquisitionOf(recorded: readonly Recorded[], tool: string): Acquisition | undefined {
  const last = recorded.at(-1);
  if (last === undefined) return undefined;
  return { tool, at: last.at, requests: recorded.map(requestOf), received: last.payload };
}

function requestOf({ url, at, status, address, tls, archive, records }: Recorded): AcquiredRequest {
  const chain = tls?.chain.map(({ sha256, subject, issuer, validFrom, validTo }) => ({
    ...{ sha256, subject, issuer, validFrom, validTo },
  }));
  return {
    ...{ url, at },
    ...(status !== undefined && { status }),
    ...(address !== undefined && { address }),
    ...(tls && chain && { tls: { ...tls, chain } }),
    ...(archive !== undefined && { archive }),
    ...(records.response !== undefined && { record: records.response }),
  };
}
