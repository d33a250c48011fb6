/** The messages of `/wardline/mailbox/1`. */
import { z } from "zod";
import { ACKNOWLEDGEMENT_BYTES } from "@wardline/protocol/mailbox";
import { bytesSchema } from "../transport/messages.ts";

const count = z.int().nonnegative();

export const mailboxRequestSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("deposit"), container: bytesSchema() }),
  z.object({ kind: z.literal("collect"), after: count }),
  z.object({
    kind: z.literal("acknowledge"),
    acknowledgements: z.array(bytesSchema(ACKNOWLEDGEMENT_BYTES)).min(1).max(256),
  }),
]);
export type MailboxRequest = z.infer<typeof mailboxRequestSchema>;

/** Containers on one page: as many as one acknowledgement answers. */
export const MOST_ON_PAGE = 256;

export const collectedSchema = z.object({
  kept: z.array(z.object({ number: count.min(1), container: bytesSchema() })).max(MOST_ON_PAGE),
  more: z.boolean(),
});
