/**
 * The frame that every statement has, whatever it says. On the wire it is UTF-8 JSON whose exact bytes are signed and kept for
 * ever; a reader preserves fields that it does not know, because it keeps the bytes, and stops only at those that `critical` names.
 */
import { z } from "zod";
import { WardlineError, parseStrictJson, readerOf, writeStrictJson } from "../encoding/index.ts";
import { hexOf, idSchema, memberIdSchema, milliseconds, text } from "./fields.ts";

/** What fits into the largest envelope (1 MiB) beside the delivery's own fields. */
export const LARGEST_STATEMENT = 1_048_576 - 176;

/** An encrypted file beside the statement; its key travels here, the bytes by the material protocol. */
const attachmentSchema = z.looseObject({
  id: idSchema,
  name: text(255),
  mime: text(64),
  bytes: z.int().nonnegative(),
  sealedBytes: z.int().positive(),
  sha256: hexOf(32),
  key: hexOf(32),
});

/** Another member's statement passed on whole, so that the reader can verify its author. Base64. */
const embeddedSchema = z.looseObject({ bytes: z.base64(), signature: z.base64(), keyId: hexOf(32) });
export type EmbeddedStatement = z.infer<typeof embeddedSchema>;

export const markings = ["red", "amber", "green"] as const;
/** To whom a recipient may pass the statement on: nobody, members of a kind that it was addressed to, any member. */
export const onwardRules = ["none", "same-kind", "members"] as const;

const statementSchema = z.looseObject({
  version: z.literal(1),
  type: z
    .string()
    .max(64)
    .regex(/^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+$/),
  id: idSchema,
  author: memberIdSchema,
  to: z.array(memberIdSchema).min(1).max(256),
  created: milliseconds,
  /** Statements that this one follows and answers. */
  after: z.array(idSchema).max(64),
  legalBasis: text(1000).optional(),
  handling: z.looseObject({ marking: z.enum(markings), onward: z.enum(onwardRules) }),
  /** What ties statements of one matter together for both sides. */
  matter: text(64).optional(),
  payload: z.record(z.string(), z.unknown()),
  attachments: z.array(attachmentSchema).max(64),
  originals: z.array(embeddedSchema).max(16).optional(),
  /** Dotted names of fields, from the top, that a reader must understand or else answer `unsupported`. */
  critical: z.array(text(128)).max(32),
});
export type Statement = z.infer<typeof statementSchema>;

/** Top-level names that this version understands. */
export const frameShape = statementSchema.shape;

/**
 * Reads a statement's bytes. Throws `statement/too-large`, `statement/malformed`, or what `parseStrictJson` throws
 * (`encoding/invalid-utf8`, `encoding/invalid-json`, `encoding/duplicate-key`, `encoding/too-deep`).
 */
export function parseStatement(bytes: Uint8Array): Statement {
  refuseTooLarge(bytes);
  return readFrame(parseStrictJson(bytes));
}

/** A statement's bytes with their reading. Throws what `parseStatement` would throw of the bytes. */
export function writeStatement(value: object): { bytes: Uint8Array; statement: Statement } {
  const bytes = writeStrictJson(value);
  refuseTooLarge(bytes);
  return { bytes, statement: readFrame(value) };
}

function refuseTooLarge(bytes: Uint8Array): void {
  if (bytes.length <= LARGEST_STATEMENT) return;
  throw new WardlineError("statement/too-large", "The statement is larger than one envelope can carry.", {
    advice: "Split long lists over several statements, or send them as an attachment.",
    details: { bytes: bytes.length, most: LARGEST_STATEMENT },
  });
}

const frameReader = readerOf(statementSchema);

function readFrame(value: unknown): Statement {
  const result = frameReader(value);
  if (!result.success) throw malformed(pathsOf(result.error));
  const { to, author } = result.data;
  if (new Set(to).size !== to.length || to.includes(author)) throw malformed(["to"]);
  return result.data;
}

/** Which fields are wrong, never what they hold. */
export function pathsOf(error: z.ZodError): string[] {
  return error.issues.slice(0, 10).map((issue) => issue.path.join("."));
}

function malformed(fields: string[]): WardlineError {
  return new WardlineError("statement/malformed", "The statement's frame is not as the specification says.", {
    advice: "The sending software needs correcting; the frame is specified in protocol/README.md.",
    details: { fields },
  });
}
