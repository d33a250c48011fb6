/** Who a server proved to be: protocol, cipher and the chain of certificates that it sent. */
import { X509Certificate } from "node:crypto";
import { TLSSocket, type DetailedPeerCertificate } from "node:tls";
import type { Socket } from "node:net";

export interface TlsFacts {
  /** As OpenSSL names it: `TLSv1.3`. */
  protocol: string;
  /** IANA's name. */
  cipher: string;
  /** Whether the chain ends at an authority that this machine trusts, for the name that was asked for. Left out: a browser judged it. */
  trusted?: boolean;
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
    chain: [...certificates(socket.getPeerCertificate(true))].map(certificateOf),
  };
}

/** A certificate that signed itself names itself as its issuer; a server may also send a circle. */
function* certificates(first: DetailedPeerCertificate): Generator<Uint8Array> {
  const seen = new Set<string>();
  let at: DetailedPeerCertificate | undefined = first;
  while (at?.raw !== undefined && !seen.has(at.fingerprint256)) {
    seen.add(at.fingerprint256);
    yield at.raw;
    at = at.issuerCertificate;
  }
}

/** What a certificate in DER form says. */
export function certificateOf(der: Uint8Array): Certificate {
  const certificate = new X509Certificate(der);
  return {
    sha256: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    validFrom: certificate.validFromDate.getTime(),
    validTo: certificate.validToDate.getTime(),
    pem: certificate.toString(),
  };
}

/** A certificate may have no name of its own, only alternative ones. */
const oneLine = (name: string | undefined): string => (name ?? "").replaceAll("\n", ", ");
