/** The requests that a child answers, and what it may answer: checked on arrival, since the child may be anybody by then. */
import { z } from "zod";

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

export const levels = ["blurred", "grey", "clear"] as const;
export type Level = (typeof levels)[number];

export type Request =
  | { kind: "decode"; mostPixels: number; previewSide: number }
  | { kind: "hash"; mostPixels: number }
  | { kind: "render"; mostPixels: number; level: Level; side: number };

const words = z.string().min(1).max(200).optional();
/** As the camera's clock stood, `2024-05-06T07:08:09`, with its offset where it wrote one. */
const cameraTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d)?$/)
  .optional();

/** What a camera wrote into a picture. Nothing of it is proven: anybody can write anything. */
export const camera = z.strictObject({
  make: words,
  model: words,
  serial: words,
  lens: words,
  lensSerial: words,
  owner: words,
  software: words,
  imageId: words,
  taken: cameraTime,
  digitized: cameraTime,
  modified: cameraTime,
  /** Degrees of WGS 84, north and east positive; metres above the sea. */
  position: z
    .strictObject({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      altitude: z.number().optional(),
    })
    .optional(),
});
export type Camera = z.output<typeof camera>;

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
  /** "unreadable": the picture has such data, and it is broken. */
  camera: z.union([camera, z.literal("unreadable")]).optional(),
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
