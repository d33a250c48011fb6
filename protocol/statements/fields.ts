/** The small fields that payloads are made of, with their bounds. */
import { z } from "zod";

/** `bytes` bytes as lower-case hexadecimal. */
export const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
/** Milliseconds since 1970, UTC. */
export const milliseconds = z.int().nonnegative();
/** A random 128-bit identifier. */
export const idSchema = hexOf(16);
export const memberIdSchema = hexOf(16);
/** Kept as written: an address that a strict parser refuses can still be evidence. */
export const urlSchema = z.string().max(8192);
export const text = (most: number) => z.string().max(most);
/** ISO 3166-1 alpha-2. */
export const countrySchema = z.string().regex(/^[A-Z]{2}$/);
/** A registrable domain in its ASCII form. */
export const domainSchema = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/);
/** The two sides' names for one report: ids are shared, references are for people. */
export const reportReference = z.looseObject({ id: idSchema, reference: text(64) });
