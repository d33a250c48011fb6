/**
 * Whole pictures: JPEG bytes to type, size, digests and the eight PDQ hashes, by a decoder with its sandboxed children as
 * the node runs it. One after another it is held against sharp's bare decoding and PDQ in this process, since digests have
 * a thread of their own; two at a time, where every core is busy, against the same with digests. Wall time: threads and
 * processes are compared. And what the event loop feels of it.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { digestsOfStream } from "@wardline/hashing/digests";
import { pdqOfPixels } from "@wardline/hashing/pdq";
import { decodeSettings } from "../../node/configuration/settings/decode.ts";
import { createDecoder, type Decoder } from "../../node/decode/index.ts";
import { systemClock } from "../../node/telemetry/index.ts";
import { finding, median, type Report } from "./line.ts";
import { jpegOf, patternOf, sizes, type Size } from "./patterns.ts";

const LANES = 2;
/** Many short rounds in turn, so that whatever else the machine does meets both alike. */
const ROUNDS = 25;
/** Pictures of one round. */
const pictures = { alone: 1, together: 6 };
/** At most so much more than bare decoding and hashing. */
const LIMIT = 1.15;

type Work = () => Promise<unknown>;

export async function benchPictures(report: Report): Promise<void> {
  const decoder = createDecoder(decodeSettings.parse({ children: LANES, itemsPerChild: 1e6 }), systemClock);
  try {
    for (const size of sizes) await benchSize(report, decoder, size);
    await benchEventLoop(report, decoder);
  } finally {
    await decoder.close();
  }
}

async function benchSize(report: Report, decoder: Decoder, size: Size): Promise<void> {
  const jpeg = await jpegOf(patternOf(size));
  const ours = () => decoder.hash(jpeg);
  const bare = async () => {
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    return pdqOfPixels({ data, ...info });
  };
  const withDigests = () => Promise.all([bare(), digestsOfStream([jpeg])]);
  const parts = { unit: "ms a picture", limit: LIMIT };
  report(
    finding(`picture, ${size.name}, one at a time`, await inTurn(pictures.alone, 1, ours, bare), {
      ...parts,
      against: "sharp's decoding and PDQ, no sandbox",
    }),
  );
  report(
    finding(
      `picture, ${size.name}, two at a time`,
      await inTurn(pictures.together, LANES, ours, withDigests),
      {
        ...parts,
        against: "sharp's decoding, PDQ and digests, no sandbox",
      },
    ),
  );
}

/** Milliseconds a picture, of each: the medians of rounds in turn. */
async function inTurn(times: number, lanes: number, ours: Work, other: Work): Promise<[number, number]> {
  const rounds: [number, number][] = [];
  for (let round = 0; round <= ROUNDS; round++)
    rounds.push([await timeOf(times, lanes, ours), await timeOf(times, lanes, other)]);
  const of = (at: 0 | 1) => median(rounds.slice(1).map((round) => round[at])); // the first only warms up
  return [of(0), of(1)];
}

async function timeOf(times: number, lanes: number, work: Work): Promise<number> {
  const start = performance.now();
  let left = times;
  const lane = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (performance.now() - start) / times;
}

/** The 99th percentile of the event loop's delay while pictures are hashed, against an idle one. */
async function benchEventLoop(report: Report, decoder: Decoder): Promise<void> {
  const jpeg = await jpegOf(patternOf({ width: 4000, height: 3000 }));
  const idle = await delayDuring(() => sleep(3000));
  const busy = await delayDuring(() => timeOf(60, LANES, () => decoder.hash(jpeg)));
  const parts = { unit: "ms, 99th percentile", against: "idle" };
  report(finding("event loop's delay, hashing 12 megapixels", [busy, idle], parts));
}

async function delayDuring(work: Work): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return delay.percentile(99) / 1e6;
}
