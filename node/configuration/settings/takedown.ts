/** Notices to providers, and re-checks until a URL is gone. */
import { z } from "zod";
import { holdSettings } from "./holds.ts";
import { recheckSettings } from "./rechecks.ts";
import { duration, size } from "./units.ts";

const hostAndPort = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5}$/;

const smtpSettings = z.strictObject({
  host: z
    .string()
    .default("127.0.0.1")
    .describe("The organisation's mail server. Default: a relay on this machine."),
  port: z
    .int()
    .min(1)
    .max(65535)
    .default(25)
    .describe("25 for a relay on this machine; 465 or 587 for a server elsewhere."),
  secure: z.boolean().default(false).describe("TLS from the first byte, as on port 465."),
  requireTls: z
    .boolean()
    .default(false)
    .describe(
      "Refuse to send in clear. This or `secure` is needed for every server that is not on this machine.",
    ),
  signIn: z.string().optional().describe("Sign-in name at the mail server, if it wants one."),
  passwordFile: z.string().optional().describe("File with the password: never in the configuration itself."),
  timeout: duration("30s").describe(
    "For one step of the conversation; mail servers may think for a while before they answer.",
  ),
});

/** What a notice says who sent it: the organisation, never a person. */
const senderSettings = z.strictObject({
  contact: z
    .email()
    .default("notices@hotline.invalid")
    .describe("Sender address; the provider's answers arrive there."),
  organisation: z.string().max(200).optional().describe("Name in notices. Left out: the name on the roster."),
});

/** Who is told, in this order, as long as a URL stays online. */
export const ladderSteps = ["provider", "site-owner", "registrar"] as const;

const apiSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .describe("Where reports are posted. https, but for what stands in `apiAllow`."),
  method: z.enum(["POST", "PUT"]).default("POST").describe("HTTP method."),
  headers: z.record(z.string(), z.string()).default({}).describe("Fixed headers; no secrets."),
  secret: z
    .strictObject({
      header: z.string().default("authorization").describe("Header that carries the secret."),
      prefix: z.string().default("Bearer ").describe("What stands before it."),
      file: z.string().describe("File with the secret; read at each request, so that it can be changed."),
    })
    .optional()
    .describe("The key that the provider gave us."),
  body: z
    .union([z.literal("xarf"), z.record(z.string(), z.json())])
    .default("xarf")
    .describe(
      "`xarf`: one request per URL, the XARF report as it is. Else a JSON object for the whole notice, with {subject}, {text}, {language}, {references}, {organisation}, {contact}, {notice} in its strings, and the strings {urls} and {xarf} for the lists.",
    ),
  answerId: z
    .string()
    .regex(/^[\w-]+(?:\.[\w-]+)*$/)
    .optional()
    .describe("Where in its JSON answer the provider's own number stands, such as `report.id`."),
});
export type ProviderApi = z.output<typeof apiSettings>;

const contactSettings = z.strictObject({
  provider: z.string().min(1).describe("The provider's name as the hosting trace gives it."),
  abuse: z.email().optional().describe("Its address for notices."),
  api: apiSettings.optional().describe("Its HTTP interface for notices; counts before the address."),
  form: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Its form, which a person fills in; counts when neither an interface nor an address is given."),
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .optional()
    .describe("Language of notices to it. Left out: that of the hosting country, else English."),
});

const ladderSettings = z.strictObject({
  to: z.enum(ladderSteps).describe("Who is told."),
  notices: z.int().min(1).max(20).describe("How often, before the next one is."),
});

const repliesSettings = z.strictObject({
  address: z
    .email()
    .optional()
    .describe(
      "Left out: nothing is listened for, and answers go to the sender's mailbox only. Else the address that answers and bounces come back to: each notice gets a form of its own, `notices+TOKEN@…`. Your mail server must hand these on to `port`.",
    ),
  host: z
    .string()
    .default("127.0.0.1")
    .describe("Where the node listens for them; anything but this machine needs `tls`."),
  port: z.int().min(0).max(65535).default(2525).describe("Its port; 0 takes a free one."),
  tls: z
    .strictObject({
      certificate: z.string().describe("PEM file with the certificate, and those between it and the root."),
      key: z.string().describe("PEM file with its key; only the node may read it."),
    })
    .optional()
    .describe("Certificate for STARTTLS, which is then required."),
  most: size("5MiB").describe(
    "Largest answer. Attachments are never kept, but a mail that is refused for them would lose its text as well.",
  ),
  connections: z
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe("Connections at a time: only your mail server calls."),
  timeout: duration("60s").describe("For a connection that says nothing."),
  readTime: duration("10s").describe(
    "For reading one answer, on a thread of its own; one that takes longer is kept without its text.",
  ),
  perNotice: z
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .describe("Most answers kept of one notice: mail programs can loop."),
});
export type RepliesSettings = z.output<typeof repliesSettings>;

export const takedownSettings = z.strictObject({
  smtp: smtpSettings.prefault({}),
  sender: senderSettings.prefault({}),
  contacts: z
    .array(contactSettings)
    .default([])
    .describe(
      "Abuse contacts by provider; those of single hosts stand in jurisdiction.hostingOverrides. A person still approves each before its first use.",
    ),
  apiAllow: z
    .array(z.string().toLowerCase().regex(hostAndPort, "expected an exact host:port, such as 127.0.0.1:8080"))
    .default([])
    .describe(
      "Exact host and port of provider interfaces that may be internal, or without TLS. For tests, and for a gateway of your own.",
    ),
  apiTimeout: duration("60s").describe("For one request to a provider's interface as a whole."),
  replies: repliesSettings.prefault({}),
  texts: z
    .string()
    .optional()
    .describe(
      "Folder with texts of notices of one's own, a YAML file per language; a file replaces the shipped one of its language, none of which has been verified.",
    ),
  hashes: z
    .boolean()
    .default(false)
    .describe(
      "Name the files' hashes in notices. Off: whoever reads the mail on its way could look for the files by them.",
    ),
  groupingWindow: duration("1h").describe(
    "A first notice waits this long for others to the same contact: one mail instead of twenty.",
  ),
  mostTargets: z
    .int()
    .min(1)
    .max(500)
    .default(100)
    .describe("Most URLs in one mail: providers' programs stumble over longer ones."),
  holds: holdSettings.prefault({}),
  rechecks: recheckSettings.prefault({}),
  recheckInterval: duration("24h").describe("Between looks at a URL that is online after a notice."),
  missInterval: duration("10m").describe(
    "Least time between misses that count, so that one outage is one miss.",
  ),
  missesUntilOffline: z
    .int()
    .min(2)
    .max(20)
    .default(3)
    .describe("Misses in a row, each compared by hash, before a URL counts as offline."),
  repeatAfter: duration("24h").describe("A URL still online this long after a notice is told again."),
  ladder: z
    .array(ladderSettings)
    .min(1)
    .max(3)
    .default([
      { to: "provider", notices: 3 },
      { to: "site-owner", notices: 3 },
      { to: "registrar", notices: 3 },
    ])
    .describe(
      "Who is told while a URL stays online: the next one after so many notices in vain. A person approves each new contact.",
    ),
  mostPerDay: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe(
      "Most notices to one contact in 24 hours, so that a mistake here floods nobody; further ones wait and are grouped.",
    ),
  unavailableAfter: duration("7d").describe(
    "A site without any proper answer for this long counts as unavailable, which is not a removal.",
  ),
  looksAfter: z
    .int()
    .min(0)
    .max(100)
    .default(4)
    .describe("Looks after the removal was confirmed: what comes back is found."),
  afterInterval: duration("7d").describe("Between those looks."),
});
export type TakedownSettings = z.output<typeof takedownSettings>;
