/** A record: what its author says of one picture or video, or takes back. Deterministic CBOR, hashes and ids as bytes. */
import { z } from "zod";
import { WardlineError, decodeCbor, encodeCbor, hex, pae, sha256, unhex } from "../encoding/index.ts";
import { factsSchema, verdictSchema, vocabularySchema } from "../vocabulary/index.ts";

/** A record takes about 300 bytes; the rest is room for a finer vocabulary's facts. */
export const LARGEST_RECORD = 4096;
export const SALT_BYTES = 16;

const bytesOf = (length: number) =>
  z.codec(
    z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length),
    z.string().regex(new RegExp(`^[0-9a-f]{${length * 2}}$`)),
    { decode: (value) => hex(value), encode: (value) => unhex(value) },
  );

/** Nothing is filled in: a record that was read is written again byte for byte, as snapshots need it. */
const { age, gender, flags } = factsSchema.shape;
const wholeFacts = factsSchema.extend({ age: age.unwrap(), gender: gender.unwrap(), flags: flags.unwrap() });

const recordFields = z.looseObject({
  /** Names the record for ever; a withdrawal carries the id of what it withdraws. */
  id: bytesOf(16),
  /** `dispute`: a look that contradicts another member's record; nothing is taken over from that while it is in force. */
  action: z.enum(["assert", "withdraw", "dispute"]),
  /** Of a dispute, and of what withdraws one: the record that it is about. */
  disputes: z.looseObject({ member: bytesOf(16), record: bytesOf(16) }).optional(),
  /** Of a dispute, for people: why. */
  reason: z.string().max(1000).optional(),
  digests: z.looseObject({
    sha256: bytesOf(32),
    sha1: bytesOf(20).optional(),
    md5: bytesOf(16).optional(),
    pdq: bytesOf(32).optional(),
    quality: z.int().min(0).max(100).optional(),
  }),
  facts: wholeFacts,
  verdict: verdictSchema,
  vocabulary: vocabularySchema.loose(),
  /** `seen`: a person of the author looked. `derived`: taken over from another's record, never counted again. */
  basis: z.enum(["seen", "derived"]),
  derivedFrom: z.looseObject({ member: bytesOf(16), record: bytesOf(16) }).optional(),
  /** Whether the author holds the material and can be asked for it. */
  held: z.boolean(),
  /** Milliseconds since 1970. */
  at: z.int().nonnegative(),
});

const recordSchema = recordFields.refine(
  ({ action, disputes }) => action === "withdraw" || (action === "dispute") === (disputes !== undefined),
  { path: ["disputes"] },
);

/** Ids and digests are lower-case hexadecimal here, bytes on the wire. */
export type AdvertRecord = z.output<typeof recordSchema>;

/** Throws `advert/malformed-record` or `advert/too-large`. */
export function encodeRecord(record: AdvertRecord): Uint8Array {
  const result = recordSchema.safeEncode(record);
  if (!result.success) throw malformed(result.error);
  const bytes = encodeCbor(result.data);
  if (bytes.length <= LARGEST_RECORD) return bytes;
  throw new WardlineError("advert/too-large", `A record has at most ${LARGEST_RECORD} bytes.`);
}

/** Throws `advert/malformed-record`. Fields of later versions are kept. */
export function decodeRecord(bytes: Uint8Array): AdvertRecord {
  const result = recordSchema.safeDecode(decodeOrUndefined(bytes) as z.input<typeof recordSchema>);
  if (result.success) return result.data;
  throw malformed(result.error);
}

/**
 * What stands for a record in its block's tree. The salt keeps it from being guessed once the record is erased: there are few verdicts,
 * and lists of known hashes.
 */
export function commitmentOf(salt: Uint8Array, record: Uint8Array): Uint8Array {
  return sha256(pae("wardline/record/1", salt, record));
}

function decodeOrUndefined(bytes: Uint8Array): unknown {
  try {
    return decodeCbor(bytes);
  } catch {
    return undefined;
  }
}

function malformed(cause: z.ZodError): WardlineError {
  const fields = cause.issues.slice(0, 10).map((issue) => issue.path.join("."));
  return new WardlineError("advert/malformed-record", "A record is not as specified.", {
    details: { fields },
  });
}
