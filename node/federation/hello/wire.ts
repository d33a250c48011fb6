/** The messages of `/wardline/hello/1`. */
import { z } from "zod";
import { bytesSchema } from "../transport/messages.ts";

const count = z.int().nonnegative();

/** In one hello. */
export const MOST_HEADS = 1024;

const headSchema = z.object({ feed: bytesSchema(32), epoch: count, height: count, head: bytesSchema(32) });
/** How far the sender's copy of a feed is. */
export type Head = z.infer<typeof headSchema>;

/** What a member says of itself when it meets another, and again every half minute. */
export const helloSchema = z.object({
  /** Protocol ids it serves. */
  protocols: z.array(z.string().max(64)).max(32),
  /** Its clock, milliseconds. */
  now: count,
  roster: count,
  freshness: count,
  card: count,
  epoch: count,
  /** Highest sequence it has assigned to a statement for the reader. */
  sent: count,
  /** What it has of the reader's statements: of which epoch, all up to `contiguous`, and these beyond it. */
  received: z.object({ epoch: count, contiguous: count, beyond: z.array(count).max(256) }),
  /** Feeds it holds and how far; in a repeated hello those whose head is new, see naming.ts. */
  feeds: z.array(headSchema).max(MOST_HEADS),
  /** Its latest signed checkpoint. */
  checkpoint: z.string().max(4096).optional(),
});
export type Hello = z.infer<typeof helloSchema>;

/** An encapsulation, and the sealing key it is made for. */
const capsuleSchema = z.object({ key: bytesSchema(32), capsule: bytesSchema(1120) });

export const helloRequestSchema = z.discriminatedUnion("step", [
  capsuleSchema.extend({ step: z.literal("open"), federation: bytesSchema(32) }),
  z.object({ step: z.literal("finish"), hello: bytesSchema() }),
  z.object({ step: z.literal("repeat"), hello: bytesSchema(), all: z.boolean().optional() }),
]);
export type HelloRequest = z.infer<typeof helloRequestSchema>;

export const helloOpenedSchema = capsuleSchema.extend({ hello: bytesSchema() });
export const helloRepeatedSchema = z.object({ hello: bytesSchema() });
