/** Videos with bytes flipped: a few rounds in the quick tests, many among the long ones. */
import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { VideoDecoder } from "../../../node/decode/index.ts";

/** The video with bytes flipped, twice as many from round to round up to the sixth, gives hashes or a named refusal. */
export async function expectOutcomeOfFlips(
  decoder: VideoDecoder,
  video: Uint8Array,
  round: number,
): Promise<void> {
  const copy = Uint8Array.from(video);
  for (let flip = 0; flip < 20 * 2 ** (round % 6); flip++) {
    const draw = createHash("sha256").update(`${round} ${flip}`).digest();
    copy[draw.readUInt32BE() % copy.length] = draw[4] ?? 0;
  }
  const outcome = await decoder.hash(copy).then(
    ({ frames }) => (frames.length > 0 ? "hashed" : "nonsense"),
    (error: { code: string }) => error.code,
  );
  expect(outcome).toMatch(/^(hashed|decode\/(corrupt|no-frames|unsupported-format|too-many-pixels))$/);
}
