/** Fields of the membership files: how bytes, ids and times are written in JSON, and how a file is read and written. */
import { z } from "zod";
import { base64, parseStrictJson, unbase64, utf8, WardlineError } from "../encoding/index.ts";
import type { IdentityPublicKey, PairSignature } from "../identity/index.ts";
import { mostBytes } from "./limits.ts";

/** Which of the membership files; part of what their signatures are made over. */
export type FileType = keyof typeof mostBytes;

export const hexField = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
export const memberIdField = hexField(16);
export const hashField = hexField(32);
/** Milliseconds since 1970. */
export const timeField = z.int().nonnegative();
export const versionField = z.int().positive();
/** Two letters as in ISO 3166-1 (user-assigned ones included), or `international`. */
export const jurisdictionField = z.string().regex(/^([A-Z]{2}|international)$/);

/** Bytes as base64, of exactly one length or of at most one. */
export const bytesField = (length: { exactly: number } | { most: number }) =>
  z.string().transform((value, context) => {
    const bytes = readBase64(value);
    if (bytes && ("exactly" in length ? bytes.length === length.exactly : bytes.length <= length.most))
      return bytes;
    context.addIssue({ code: "custom", message: "not base64 of the right length" });
    return z.NEVER;
  });

export const pairKeyField: z.ZodType<IdentityPublicKey> = z.object({
  ed25519: bytesField({ exactly: 32 }),
  mldsa65: bytesField({ exactly: 1952 }),
});
export const pairSignatureField: z.ZodType<PairSignature> = z.object({
  ed25519: bytesField({ exactly: 64 }),
  mldsa65: bytesField({ exactly: 3309 }),
});

/**
 * The bytes of a file, exactly as they will be signed. Whole values only: what a reader would refuse is not written
 * (`roster/invalid` or `card/invalid`).
 */
export function writeFile<T>(type: FileType, schema: z.ZodType<T>, value: T): Uint8Array {
  const asBase64 = (_key: string, field: unknown): unknown =>
    field instanceof Uint8Array ? base64(field) : field;
  const bytes = utf8(JSON.stringify({ type: typeName(type), ...value }, asBase64));
  readFile(type, schema, bytes);
  return bytes;
}

/** The value of a file. Unknown fields stay in the value, as they stay in the bytes. Throws `…/too-large` or `…/invalid`. */
export function readFile<T>(type: FileType, schema: z.ZodType<T>, bytes: Uint8Array): T {
  if (bytes.length > mostBytes[type]) {
    throw refusal(
      type,
      "too-large",
      `The file has ${bytes.length} bytes; at most ${mostBytes[type]} are read.`,
    );
  }
  const { type: name, ...fields } = readObject(type, bytes);
  if (name !== typeName(type)) throw refusal(type, "invalid", `The file is no ${type}.`);
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw refusal(type, "invalid", `The ${type} has a wrong field: ${issue?.message}.`, { path: issue?.path });
}

/** `wardline/roster/1`: the name inside a file, and the purpose inside its signatures. */
export function typeName(type: FileType): string {
  return `wardline/${type}/1`;
}

/** Where the errors of a file belong: cards and notes of successors have rooms of their own, everything else is `roster/…`. */
const roomOf = (type: FileType) => (type === "card" || type === "successor" ? type : "roster");

/** An error of the room that a file belongs to. */
export function refusal(
  type: FileType,
  code: string,
  message: string,
  details?: Record<string, unknown>,
  advice?: string,
): WardlineError {
  return new WardlineError(`${roomOf(type)}/${code}`, message, {
    ...(details && { details }),
    ...(advice && { advice }),
  });
}

function readObject(type: FileType, bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseStrictJson(bytes);
  } catch (cause) {
    throw new WardlineError(`${roomOf(type)}/invalid`, `The ${type} is not JSON.`, {
      cause,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw refusal(type, "invalid", `The ${type} is not an object.`);
}

function readBase64(value: string): Uint8Array | undefined {
  try {
    return unbase64(value);
  } catch {
    return undefined;
  }
}
