/** What PDQ is computed of. */
import { HashingError } from "../errors.ts";

/** A decoded picture, 8 bits a channel, row by row: 1 = grey, 2 = grey and alpha, 3 = RGB, 4 = RGBA. Alpha is ignored. */
export interface Pixels {
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

/** Below this many rows or columns a picture has no hash. */
const smallest = 5;

/** Whether the picture is large enough to have a hash. Error: `hashing/bad-pixels` when its data does not fit its size. */
export function checkPixels({ data, width, height, channels }: Pixels): boolean {
  if (data.length !== width * height * channels) {
    throw new HashingError(
      "hashing/bad-pixels",
      `The picture says ${width} x ${height} with ${channels} channels but has ${data.length} bytes.`,
      "Pass 8-bit samples, row by row, without padding.",
    );
  }
  return width >= smallest && height >= smallest;
}
