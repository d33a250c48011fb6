/** What the child does with the bytes of a picture. Runs inside the sandbox only: here a hostile file meets the decoders. */
import sharp, { type Metadata, type Sharp } from "sharp";
import { digestsOf } from "@wardline/hashing/digests";
import { pdqOfPixels } from "@wardline/hashing/pdq";
import type { Findings, Level, Refusal } from "./messages.ts";

/** Only these four decoders exist for the child, and only from memory: by default sharp also opens SVG, PDF, TIFF and more. */
const allowed = ["JpegBuffer", "PngBuffer", "WebpBuffer", "NsgifBuffer"].map(
  (name) => `VipsForeignLoad${name}`,
);
const mimes = { jpeg: "image/jpeg", png: "image/png", webp: "image/webp", gif: "image/gif" } as const;

/** Called once, before the first picture. */
export function restrictDecoders(): void {
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: allowed });
  sharp.cache(false); // nothing of one item stays in memory for the next
  sharp.concurrency(1); // the pool is the parallelism
}

/** A picture that is refused, and why. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

export async function examine(
  bytes: Uint8Array,
  { mostPixels, previewSide }: { mostPixels: number; previewSide: number },
): Promise<{ findings: Findings; preview: Uint8Array }> {
  return refusing(async () => {
    const { format, width, height } = await open(bytes, mostPixels).metadata();
    const findings = {
      mime: mimeOf(format),
      width,
      height,
      digests: digestsOf(bytes),
      pdq: await pdqOf(bytes, mostPixels),
    };
    return { findings, preview: await drawn(bytes, { mostPixels, level: "blurred", side: previewSide }) };
  });
}

/** The picture encoded anew as a JPEG that fits into `side` x `side`; nothing of the original file survives but its looks. */
export async function render(
  bytes: Uint8Array,
  options: { mostPixels: number; level: Level; side: number },
): Promise<Uint8Array> {
  return refusing(() => drawn(bytes, options));
}

// One page: an animation is known by its first picture. Truncated and broken files are refused; mere oddities are not.
const open = (bytes: Uint8Array, mostPixels: number, ignoreIcc = false): Sharp =>
  sharp(bytes, { limitInputPixels: mostPixels, failOn: "error", pages: 1, ignoreIcc });

/** PDQ as everybody computes it: the stored pixels, no alpha, no colour profile, no turning by EXIF. */
async function pdqOf(bytes: Uint8Array, mostPixels: number): Promise<Findings["pdq"]> {
  const image = open(bytes, mostPixels, true).removeAlpha().raw({ depth: "uchar" });
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  const { hash, quality, dihedral } = pdqOfPixels({
    data,
    width: info.width,
    height: info.height,
    channels: info.channels === 1 ? 1 : 3,
  });
  return { hash, quality, dihedral: dihedral() };
}

/** As a person should see it: turned upright, on white, and as dim as the level says. */
async function drawn(
  bytes: Uint8Array,
  { mostPixels, level, side }: { mostPixels: number; level: Level; side: number },
): Promise<Uint8Array> {
  let image = open(bytes, mostPixels)
    .autoOrient()
    .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
    .flatten({ background: "white" });
  if (level !== "clear") image = image.greyscale().toColourspace("b-w");
  // A fortieth of the side melts faces and hands into blobs, and leaves the scene's composition.
  if (level === "blurred") image = image.blur(Math.max(2, side / 40));
  return image.jpeg({ quality: 80 }).toBuffer();
}

function mimeOf(format: Metadata["format"]): Findings["mime"] {
  if (format in mimes) return mimes[format as keyof typeof mimes];
  throw new Refused("unsupported-format");
}

/** The decoders speak in sentences; these are the ones that mean something to us. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) throw error;
    const sentence = error instanceof Error ? error.message : "";
    if (/exceeds pixel limit/i.test(sentence)) throw new Refused("too-many-pixels");
    if (/unsupported image format|buffer is empty/i.test(sentence)) throw new Refused("unsupported-format");
    if (/out of memory|insufficient memory/i.test(sentence)) throw error; // says nothing about the picture: ends the child
    throw new Refused("corrupt");
  }
}
