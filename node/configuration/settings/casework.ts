/** Reports, matching and looking. */
import { z } from "zod";
import { audienceNames } from "@wardline/protocol/adverts";
import { duration, size } from "./units.ts";

const conversationSettings = z.strictObject({
  messageLength: z
    .int()
    .min(1)
    .max(10_000)
    .default(4_000)
    .describe("Most characters of a message written here: about a page. The protocol carries 10,000."),
  mostReferences: z
    .int()
    .min(0)
    .max(20)
    .default(20)
    .describe(
      "Most items, reports and adverts that a message written here points at; as the protocol allows.",
    ),
  mostParties: z
    .int()
    .min(2)
    .max(100)
    .default(16)
    .describe(
      "Most members in a conversation started here, this one included: a question, not a circular letter.",
    ),
  mostMessages: z
    .int()
    .min(1)
    .max(100_000)
    .default(500)
    .describe(
      "Most messages of one member kept of one conversation: more than any honest one has. Its parties can write for ever.",
    ),
  mostConversations: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe("Most conversations that one member can open here: several a day for years."),
});

export const caseworkSettings = z.strictObject({
  retraceAfter: duration("15m").describe(
    "A report whose host could not be looked up is looked up again after this, until that works: nobody deals with it before.",
  ),
  leaseTime: duration("15m").describe(
    "How long a report stays with the person who took it without a sign of life; long enough for one page of items.",
  ),
  captureAttempts: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe(
      "Attempts to capture a URL before a person is asked. A site that is down for a moment gets over it in three.",
    ),
  progressInterval: duration("1s").describe("Screens hear of a running capture no more often than this."),
  knownNeedsMembers: z
    .int()
    .min(1)
    .max(10)
    .default(1)
    .describe(
      "How many members must have seen a baseline item before it is hidden from view here. One spares the most looks; acting on it needs more, see actingNeedsMembers.",
    ),
  actingNeedsMembers: z
    .int()
    .min(2)
    .max(10)
    .default(2)
    .describe(
      "How many independent members must have seen an item before a notice or escalation may name it without a look here. Two, so that one member's mistake or malice accuses nobody.",
    ),
  mostItems: z
    .int()
    .min(1)
    .max(50_000)
    .default(5_000)
    .describe(
      "Most items that a report of another member may come to hold: ten full statements. Its author can add to it for ever.",
    ),
  mostAnswers: z
    .int()
    .min(1)
    .max(10_000)
    .default(200)
    .describe("Most answers of one member kept of one report: more than any honest case has."),
  advertAudience: z
    .enum(audienceNames)
    .default("members")
    .describe(
      "Who is shown the hashes of what is classified here. All members, so that everybody is spared the look; a narrower audience where a law asks for it.",
    ),
  mostDisputes: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe(
      "Most disputes that one member has open here: more than any honest one. Each makes people look at a file that others have seen.",
    ),
  nearDistance: z
    .int()
    .min(0)
    .max(63)
    .default(31)
    .describe("Most of the 256 PDQ bits that may differ in a near match: the field's usual threshold."),
  nearQuality: z
    .int()
    .min(0)
    .max(100)
    .default(50)
    .describe("Least PDQ quality for a near match: poorer pictures hash to noise."),
  ticketLifetime: duration("60s").describe(
    "How long a ticket for one look is good: to load a picture, not to pass it on.",
  ),
  reasonLength: z
    .int()
    .min(1)
    .max(200)
    .default(12)
    .describe(
      "Fewest characters of the written reason for looking at a known item: a sentence, not a key press.",
    ),
  revealSide: z
    .int()
    .min(64)
    .max(4096)
    .default(1280)
    .describe("Longer side of a revealed picture, in pixels: enough to decide on a usual screen."),
  conversations: conversationSettings.prefault({}),
  largestPreview: size("2MiB").describe(
    "A stored preview is a small JPEG; anything larger is not one of ours.",
  ),
  largestOriginal: size("64MiB").describe(
    "Largest original that is read into memory to be shown; as the decoder's own limit.",
  ),
});
export type CaseworkSettings = z.output<typeof caseworkSettings>;
