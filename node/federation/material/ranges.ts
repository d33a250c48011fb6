/**
 * `/wardline/material/1` on the wire. What it carries is encrypted for one grant, whose key travels in a sealed statement
 * alone; this protocol never sees a key.
 */
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import { HEADER_BYTES, SEALED_CHUNK_BYTES } from "@wardline/protocol/material";
import { bytesSchema } from "../transport/messages.ts";

/** Most bytes of one answer: enough to keep a line busy, little enough to hold a few in memory. */
export const RANGE_BYTES = 1024 * 1024;

export const rangeSchema = z.object({
  grant: bytesSchema(16),
  offset: z.int().nonnegative(),
  length: z.int().positive().max(RANGE_BYTES),
});

/** Where the range from `offset` on ends: as far as an answer reaches, at the end of a chunk, so that none is made twice. */
export function rangeEnd(offset: number, sealedBytes: number): number {
  const chunks = Math.floor((offset + RANGE_BYTES - HEADER_BYTES) / SEALED_CHUNK_BYTES);
  return Math.min(sealedBytes, HEADER_BYTES + chunks * SEALED_CHUNK_BYTES);
}

export function refused(name: string, message: string): WardlineError {
  return new WardlineError(`material/${name}`, message);
}
