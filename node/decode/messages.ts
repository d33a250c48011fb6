/** The requests that a child answers, and what it may answer: checked on arrival, since the child may be anybody by then. */
import { z } from "zod";

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

export const levels = ["blurred", "grey", "clear"] as const;
export type Level = (typeof levels)[number];

export type Request =
  | { kind: "decode"; mostPixels: number; previewSide: number }
  | { kind: "hash"; mostPixels: number }
  | { kind: "render"; mostPixels: number; level: Level; side: number };

/** What a child says of an item besides the bytes of its preview. Digests are not its to say. */
export const findings = z.strictObject({
  mime: z.enum(["image/jpeg", "image/png", "image/webp", "image/gif"]),
  width: z.int().positive(),
  height: z.int().positive(),
  pdq: z.strictObject({
    hash: hex(32),
    quality: z.int().min(0).max(100),
    dihedral: z.array(hex(32)).length(8),
  }),
});
export type Findings = z.output<typeof findings>;

export const refusals = ["unsupported-format", "too-many-pixels", "corrupt"] as const;
export type Refusal = (typeof refusals)[number];

export const reply = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ready") }),
  z.strictObject({ kind: z.literal("decoded"), findings }),
  z.strictObject({ kind: z.literal("hashed"), findings }),
  z.strictObject({ kind: z.literal("rendered") }),
  z.strictObject({ kind: z.literal("refused"), refusal: z.enum(refusals) }),
]);
export type Reply = z.output<typeof reply>;
