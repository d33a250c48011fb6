/** Notices to providers, and re-checks until a URL is gone. */
import { z } from "zod";
import { holdSettings } from "./holds.ts";
import { recheckSettings } from "./rechecks.ts";
import { duration } from "./units.ts";

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

const contactSettings = z.strictObject({
  provider: z.string().min(1).describe("The provider's name as the hosting trace gives it."),
  abuse: z.email().describe("Its address for notices."),
});

export const takedownSettings = z.strictObject({
  smtp: smtpSettings.prefault({}),
  sender: senderSettings.prefault({}),
  contacts: z
    .array(contactSettings)
    .default([])
    .describe(
      "Abuse contacts by provider; those of single hosts stand in jurisdiction.hostingOverrides. A person still approves each before its first use.",
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
  rounds: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe("Notices to one contact about one URL; after that a person must find another way."),
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
