/** The workplace's door: where it listens, by which name, and what a client may ask of it. */
import { z } from "zod";
import { duration, size } from "./units.ts";

const loopback = new Set(["127.0.0.1", "::1", "localhost"]);
const hostName = /^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/;

const tls = z
  .strictObject({
    certificate: z.string().describe("Path of the PEM file with the certificate chain."),
    key: z.string().describe("Path of the PEM file with the private key; readable by the node alone."),
  })
  .optional()
  .describe("Needed as soon as the workplace is reached over a network, unless a proxy in front ends TLS.");

export const httpSettings = z
  .strictObject({
    host: z
      .string()
      .default("127.0.0.1")
      .describe("Address to listen on. Loopback: only this machine, and a proxy on it."),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(8100)
      .describe("Port to listen on; 0 lets the system choose one."),
    name: z
      .string()
      .toLowerCase()
      .regex(hostName, "expected a host name in small letters")
      .default("localhost")
      .describe(
        "The name people open. Requests under another name are refused (DNS rebinding). Cookies ignore ports, so nodes on one machine need names of their own, e.g. hotline-a.localhost.",
      ),
    tls,
    behindTlsProxy: z
      .boolean()
      .default(false)
      .describe(
        "One proxy in front speaks TLS, passes the Host header on unchanged and adds the client's address to X-Forwarded-For, and nothing else reaches the port: browsers see https, and sign-in limits count clients rather than the proxy.",
      ),
    bodyLimit: size("256KiB").describe(
      "Largest request body. Reports are addresses and words; files are never uploaded.",
    ),
    requestTimeout: duration("30s").describe(
      "For a client to send a whole request: a slow one must not hold a connection for ever.",
    ),
    heartbeat: duration("15s").describe(
      "Between signs of life on live events; also how soon an ended sign-in loses its stream.",
    ),
    streams: z
      .int()
      .min(1)
      .default(8)
      .describe("Live connections of one sign-in. Tabs share one; more than a few are a mistake."),
    keepAnswers: duration("48h").describe(
      "How long a repeated request with the same Idempotency-Key gets the first answer: longer than a weekend day's outage.",
    ),
    interfaceFolder: z
      .string()
      .optional()
      .describe("Folder of the built interface, where it is not beside the program."),
  })
  .refine(({ host, tls: own, behindTlsProxy }) => loopback.has(host) || own !== undefined || behindTlsProxy, {
    path: ["tls"],
    message: "is needed when `host` is not a loopback address (or set behindTlsProxy: true)",
  });
