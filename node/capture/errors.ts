/** What goes wrong on the hostile web, each with its code and what a person can do. No message names a URL or a host. */
import { WardlineError } from "@wardline/protocol/encoding";

const refusals = {
  "invalid-url": [
    "This is no URL that can be fetched.",
    "Check the address; take names and passwords out of it.",
  ],
  "unsupported-scheme": [
    "Only http and https addresses are fetched.",
    "Look at the address by other means if it matters.",
  ],
  "internal-address": [
    "The address leads into an internal network, and was not fetched.",
    "If this is a test server, name its exact host and port in capture.allow.",
  ],
  "not-found": [
    "The host name does not exist.",
    "The site may be gone. Try again later, or close the report.",
  ],
  unreachable: ["The server could not be reached, or ended the connection early.", "Try again later."],
  timeout: ["The server took longer than allowed.", "Try again later, or raise capture.limits.timeout."],
  redirects: [
    "The address redirects more often than is followed.",
    "Report the address that it ends at, if a browser finds one.",
  ],
  "too-large": ["The server sent more than is accepted.", "Raise capture.limits if such sizes are expected."],
  "unsupported-encoding": [
    "The server sent the content in an encoding that was not asked for.",
    "Try again later.",
  ],
  "broken-encoding": [
    "The compressed content is broken.",
    "Try again later: the transfer may have ended early.",
  ],
  "video-time": [
    "Opening this video took longer than allowed.",
    "It stays sealed with its digests. Raise capture.limits.videoTime if the machine is slow.",
  ],
  "http-status": [
    "The server did not deliver the content.",
    "It may be gone already, or need a visit of the page first.",
  ],
  stopped: ["The capture was stopped meanwhile.", "Let it go on, or start it again."],
  "bad-headers": [
    "A line of the headers is not of the form `Name: value`, or is not for others to set.",
    "Correct the line, or leave it out.",
  ],
  "rule-headers": [
    "The headers that a rule names for this site could not be read.",
    "Check the file that capture.sites names for it.",
  ],
  "proxy-failed": [
    "The proxy that this site is reached through did not open a connection.",
    "Check that the proxy runs; see capture.sites in the configuration.",
  ],
  "digest-mismatch": [
    "The sandbox reported other digests than the file has; its findings were thrown away.",
    "The file may be built to attack decoders. Keep it listed as refused.",
  ],
} as const;
export type CaptureRefusal = keyof typeof refusals;

export function refuse(
  what: CaptureRefusal,
  options: { details?: Record<string, unknown>; cause?: unknown } = {},
): WardlineError {
  const [message, advice] = refusals[what];
  return new WardlineError(`capture/${what}`, message, { advice, ...options });
}
