/** Requests and answers in CBOR, each held to a schema before anything else looks at it. */
import { z } from "zod";
import { WardlineError, decodeCbor } from "@wardline/protocol/encoding";

/** Bytes in a message; of exactly `length` if given. */
export const bytesSchema = (length?: number) =>
  z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && (length === undefined || value.length === length),
    length === undefined ? "expected bytes" : `expected ${length} bytes`,
  );

/** Throws `peer/malformed`, naming the fields, never what they hold. */
export function readMessage<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  let value: unknown;
  try {
    value = decodeCbor(bytes);
  } catch (cause) {
    throw new WardlineError("peer/malformed", "A message is not CBOR as specified.", { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.slice(0, 10).map((issue) => issue.path.join("."));
  throw new WardlineError("peer/malformed", "A message has no known form.", { details: { fields } });
}
