/** What the child does with the bytes of a picture. Runs inside the sandbox only: here a hostile file meets the decoders. */
import sharp, { type Sharp } from "sharp";
import { pdqOfPixels } from "@wardline/hashing/pdq";
import { cameraOf } from "./camera.ts";
import type { Findings, Level, Refusal } from "./messages.ts";
import { dimmed, ofPixels, type Pixels } from "./pixels.ts";

/** Only these four decoders exist for the child, and only from memory: by default sharp also opens SVG, PDF, TIFF and more. */
const allowed = ["JpegBuffer", "PngBuffer", "WebpBuffer", "NsgifBuffer"].map(
  (name) => `VipsForeignLoad${name}`,
);

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

/** Type, size and PDQ, with one decoding. */
export function hash(bytes: Uint8Array, { mostPixels }: { mostPixels: number }): Promise<Findings> {
  return refusing(async () => {
    const pixels = await decoded(bytes, mostPixels);
    const findings = findingsOf(bytes, pixels);
    release(pixels);
    return findings;
  });
}

/** The same, what its camera wrote into it, and a blurred grey preview, with the same one decoding. */
export function examine(
  bytes: Uint8Array,
  { mostPixels, previewSide }: { mostPixels: number; previewSide: number },
): Promise<{ findings: Findings; preview: Uint8Array }> {
  return refusing(async () => {
    const pixels = await decoded(bytes, mostPixels);
    const { orientation, exif } = await open(bytes, mostPixels).metadata();
    const camera = await cameraOf(exif);
    const findings = { ...findingsOf(bytes, pixels), ...(camera && { camera }) };
    const small = await shrunk(pixels, previewSide);
    release(pixels);
    return { findings, preview: await dimmed(upright(small, orientation), "blurred", previewSide) };
  });
}

/** The picture encoded anew as a JPEG that fits into `side` x `side`; nothing of the original file survives but its looks. */
export function render(
  bytes: Uint8Array,
  { mostPixels, level, side }: { mostPixels: number; level: Level; side: number },
): Promise<Uint8Array> {
  return refusing(() => {
    mimeOf(bytes);
    return dimmed(fitted(open(bytes, mostPixels).autoOrient(), side), level, side);
  });
}

// One page: an animation is known by its first picture. Truncated and broken files are refused; mere oddities are not.
const open = (bytes: Uint8Array, mostPixels: number, ignoreIcc = false): Sharp =>
  sharp(bytes, { limitInputPixels: mostPixels, failOn: "error", pages: 1, ignoreIcc });

/** The stored pixels as everybody hashes them: full size, no colour profile, no turning by EXIF. */
async function decoded(bytes: Uint8Array, mostPixels: number): Promise<Pixels> {
  mimeOf(bytes);
  return rawOf(open(bytes, mostPixels, true));
}

async function rawOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { data, width, height, channels };
}

/** Gives the memory back at once: a collector would first let several pictures pile up, and then take long to find them. */
const release = ({ data }: Pixels): void => void (data.buffer as ArrayBuffer).transfer(0);

function findingsOf(bytes: Uint8Array, pixels: Pixels): Findings {
  const { hash, quality, dihedral } = pdqOfPixels(pixels);
  const { width, height } = pixels;
  return { mime: mimeOf(bytes), width, height, pdq: { hash, quality, dihedral: dihedral() } };
}

const fitted = (image: Sharp, side: number): Sharp =>
  image.resize({ width: side, height: side, fit: "inside", withoutEnlargement: true });

/** Made small before anything else happens to the pixels: the rest then costs next to nothing. */
const shrunk = async (pixels: Pixels, side: number): Promise<Pixels> => rawOf(fitted(ofPixels(pixels), side));

/** Turned as EXIF's orientation says; sharp mirrors before it turns. */
function upright(pixels: Pixels, orientation = 1): Sharp {
  const image = ofPixels(pixels);
  const turns: Record<number, (image: Sharp) => Sharp> = {
    2: (stored) => stored.flop(),
    3: (stored) => stored.rotate(180),
    4: (stored) => stored.flip(),
    5: (stored) => stored.flop().rotate(270),
    6: (stored) => stored.rotate(90),
    7: (stored) => stored.flop().rotate(90),
    8: (stored) => stored.rotate(270),
  };
  return turns[orientation]?.(image) ?? image;
}

/** By the first bytes, so that nothing else ever reaches a decoder. */
function mimeOf(bytes: Uint8Array): Findings["mime"] {
  const starts = (text: string, at = 0) =>
    Array.from(text).every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
  if (starts("\xff\xd8\xff")) return "image/jpeg";
  if (starts("\x89PNG\r\n\x1a\n")) return "image/png";
  if (starts("RIFF") && starts("WEBP", 8)) return "image/webp";
  if (starts("GIF8")) return "image/gif";
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
