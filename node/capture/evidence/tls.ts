/** Who a server proved to be: protocol, cipher and the chain of certificates that it sent. */
import { TLSSocket, type DetailedPeerCertificate } from "node:tls";
import type { Socket } from "node:net";

export interface TlsFacts {
  /** As OpenSSL names it: `TLSv1.3`. */
  protocol: string;
  /** IANA's name. */
  cipher: string;
  /** Whether the chain ends at an authority that this machine trusts, for the name that was asked for. */
  trusted: boolean;
  /** The server's own certificate first. */
  chain: Certificate[];
}

export interface Certificate {
  /** SHA-256 of the DER form, lower-case hexadecimal. */
  sha256: string;
  /** Distinguished names as `CN=…, O=…`. */
  subject: string;
  issuer: string;
  /** Milliseconds. */
  validFrom: number;
  validTo: number;
  pem: string;
}

/** The facts of a connection; undefined when it is not encrypted. Call it while the connection is open. */
export function tlsFacts(socket: Socket | TLSSocket): TlsFacts | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  return {
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    trusted: socket.authorized,
    chain: [...certificates(socket.getPeerCertificate(true))],
  };
}

/** A certificate that signed itself names itself as its issuer; a server may also send a circle. */
function* certificates(first: DetailedPeerCertificate): Generator<Certificate> {
  const seen = new Set<string>();
  let at: DetailedPeerCertificate | undefined = first;
  while (at?.raw !== undefined && !seen.has(at.fingerprint256)) {
    seen.add(at.fingerprint256);
    yield {
      sha256: at.fingerprint256.replaceAll(":", "").toLowerCase(),
      subject: named(at.subject),
      issuer: named(at.issuer),
      validFrom: Date.parse(at.valid_from),
      validTo: Date.parse(at.valid_to),
      pem: pemOf(at.raw),
    };
    at = at.issuerCertificate;
  }
}

const named = (name: object): string =>
  Object.entries(name)
    .flatMap(([key, value]) => [value as string | string[]].flat().map((one) => `${key}=${one}`))
    .join(", ");

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}(?=.)/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
