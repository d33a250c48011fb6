/** The messages of `/wardline/holders/1`. */
import { z } from "zod";
import { bytesSchema } from "../transport/messages.ts";

const blinding = z.object({ roster: z.int().positive(), secret: bytesSchema(32) });

export const holdersRequestSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("secret"), known: blinding.optional() }),
  z.object({ kind: z.literal("holds"), sha256: bytesSchema(32) }),
]);
export type HoldersRequest = z.infer<typeof holdersRequestSchema>;

export const secretAnswerSchema = z.object({ known: blinding.optional() });
export const holdsAnswerSchema = z.object({ holds: z.boolean() });
