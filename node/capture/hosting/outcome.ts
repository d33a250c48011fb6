/** How one part of a trace went. "There is none" is an answer; a look-up that failed says nothing, and is made again later. */
import { z } from "zod";

export type Part<T> =
  | { result: "found"; value: T }
  | { result: "none" }
  /** `why` is a code: `timeout`, `rate-limited`, `status-503`. `retryAfter`: not before then, milliseconds since 1970. */
  | { result: "failed"; why: string; retryAfter?: number | undefined };

export const found = <T>(value: T): Part<T> => ({ result: "found", value });
export const none: Part<never> = { result: "none" };
export const failed = (why: string, retryAfter?: number): Part<never> => ({
  result: "failed",
  why,
  ...(retryAfter !== undefined && { retryAfter }),
});

/** The value, where there is one. */
export const valueOf = <T>(part: Part<T>): T | undefined =>
  part.result === "found" ? part.value : undefined;

/** The same as a schema, for the API. */
export const partOf = <S extends z.ZodType>(value: S) =>
  z.discriminatedUnion("result", [
    z.object({ result: z.literal("found"), value }),
    z.object({ result: z.literal("none") }),
    z.object({ result: z.literal("failed"), why: z.string(), retryAfter: z.number().optional() }),
  ]);
