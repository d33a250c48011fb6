/** Pixels on their way to a person: as dim as the level says, and without anything else of the file. Runs inside the sandbox only. */
import sharp, { type Sharp } from "sharp";
import type { Pixels } from "@wardline/hashing/pdq";
import type { Level } from "./messages.ts";

export type { Pixels };

export const ofPixels = ({ data, width, height, channels }: Pixels): Sharp =>
  sharp(data, { raw: { width, height, channels }, limitInputPixels: false });

/** On white, and as dim as the level says for a picture that is `side` pixels long; JPEG. */
export function dimmed(image: Sharp, level: Level, side: number): Promise<Uint8Array> {
  let shown = image.flatten({ background: "white" });
  if (level !== "clear") shown = shown.greyscale().toColourspace("b-w");
  // A fortieth of the side melts faces and hands into blobs, and leaves the scene's composition.
  if (level === "blurred") shown = shown.blur(Math.max(2, side / 40));
  return shown.jpeg({ quality: 80 }).toBuffer();
}
