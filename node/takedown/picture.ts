/** The hash by which a picture that was encoded anew is recognised. */
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Decoder } from "../decode/index.ts";
import type { PictureHash } from "./look.ts";

/** What says something about the file, and nothing about our sandbox. */
const noPicture: readonly string[] = [
  "decode/too-large",
  "decode/unsupported-format",
  "decode/too-many-pixels",
  "decode/corrupt",
];

/** Hashes in the sandbox; undefined for what is no picture. Throws when the sandbox failed: that says nothing of the site. */
export const pictureHash =
  (decoder: Pick<Decoder, "hash">) =>
  async (body: Uint8Array): Promise<PictureHash | undefined> => {
    try {
      const { pdq } = await decoder.hash(body);
      return { pdq: pdq.hash, quality: pdq.quality };
    } catch (error) {
      if (isWardlineError(error) && noPicture.includes(error.code)) return undefined;
      throw error;
    }
  };
