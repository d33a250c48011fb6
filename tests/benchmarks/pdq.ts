/**
 * PDQ of decoded pictures, all eight hashes, against the reference's algorithm in C++ (one hash, native/pdq.cpp, -O3 with
 * this machine's SIMD) and against the plain twin: CPU time of one thread, in one run, and the same hash from all.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hammingDistance, pdqOfPixels, pdqOfPixelsPlain, type Pixels } from "@wardline/hashing/pdq";
import { costOfSync } from "./cpu.ts";
import { finding, median, type Report } from "./line.ts";
import { inTemporaryFolder } from "./members.ts";
import { asked, compiled, missingFor } from "./native.ts";
import { patternOf, sizes } from "./patterns.ts";

const ROUNDS = 5;
/** Pixels of all pictures in one round, so that small ones are hashed more often. */
const PIXELS_A_ROUND = 36e6;
/** At least 2.5 times faster than the C++. */
const LIMIT = 0.4;

interface Answer {
  hash: string;
  quality: number;
  microseconds: number;
}

export async function benchPdq(report: Report): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const missing = missingFor("compiler");
    if (missing !== undefined)
      process.stdout.write(`PDQ against C++: skipped, there is no g++ (${missing})\n`);
    const program = missing === undefined ? await compiled("pdq", folder) : undefined;
    for (const size of sizes) {
      const pixels = patternOf(size);
      const times = Math.ceil(PIXELS_A_ROUND / (size.width * size.height));
      const unit = "ms of CPU a picture";
      const name = (other: string) => `PDQ, ${size.name} (${other})`;
      if (program !== undefined) {
        const native = await nativeFor(program, folder, pixels, times);
        for (const [order, against, limit] of [
          ["columns", "the reference's steps in C++", LIMIT],
          ["rows", "the same, cache-friendly", undefined],
        ] as const) {
          const pair = await compare(pixels, times, () => native(order));
          report(
            finding(name(order === "columns" ? "reference" : "cache-friendly"), pair, {
              unit,
              against,
              limit,
            }),
          );
        }
      }
      const plain = () => Promise.resolve(costOfSync(1, () => pdqOfPixelsPlain(pixels)));
      report(
        finding(name("plain twin"), await compare(pixels, times, plain), {
          unit,
          against: "plain TypeScript",
        }),
      );
    }
  });
}

/** Medians of rounds in turn, in ms. */
async function compare(
  pixels: Pixels,
  times: number,
  other: () => Promise<number>,
): Promise<[number, number]> {
  const rounds: [number, number][] = [];
  pdqOfPixels(pixels);
  for (let round = 0; round < ROUNDS; round++)
    rounds.push([costOfSync(times, () => pdqOfPixels(pixels)), await other()]);
  const of = (at: 0 | 1) => median(rounds.map((round) => round[at])) / 1000;
  return [of(0), of(1)];
}

/** Hands the pixels to the C++ program; each call measures it and checks that it finds the same hash. */
async function nativeFor(program: string, folder: string, pixels: Pixels, times: number) {
  const file = join(folder, `${pixels.width}.rgb`);
  await writeFile(file, pixels.data);
  const ours = pdqOfPixels(pixels);
  return async (order: "columns" | "rows"): Promise<number> => {
    const { width, height } = pixels;
    const answer = await asked<Answer>(program, file, `${height}`, `${width}`, `${times}`, order);
    if (hammingDistance(answer.hash, ours.hash) > 0 || answer.quality !== ours.quality)
      throw new Error(
        `The C++ found ${answer.hash} (${answer.quality}), not ${ours.hash} (${ours.quality}).`,
      );
    return answer.microseconds;
  };
}
