/**
 * TMK+PDQF: a video as time-averaged frame features, as older lists carry it. Files are read and written back, and two
 * of them are scored; making one out of a video is left to the reference.
 *
 * A file, little-endian: `TMK1 FVEC PDQF`, frames a second, number of periods P, number of Fourier coefficients m, feature
 * length d, number of frames (32-bit integers), then P periods, m coefficients, the d means of the pure average feature,
 * P x m x d cosine and P x m x d sine features (32-bit floats).
 *
 * Source: tmk in facebook/ThreatExchange, and Poullot, Tsukatani, Phuong Nguyen, Jégou, Satoh: Temporal Matching Kernel
 * with Explicit Feature Maps (ACM Multimedia 2015).
 */
import { HashingError } from "../errors.ts";

export interface Tmk {
  framesPerSecond: number;
  /** Frames that went into it. */
  frameCount: number;
  /** Lengths of time, in frames, modulo which two videos are aligned. */
  periods: readonly number[];
  coefficients: Float32Array;
  /** The mean frame feature. */
  average: Float32Array;
  /** For each period and coefficient one feature of the length of `average`, one after another. */
  cosines: Float32Array;
  sines: Float32Array;
}

const HEADER_BYTES = 32;
const MAGIC = "TMK1FVECPDQF";

/**
 * What a file may say, since it comes from others: comparing costs periods x their length x coefficients. The reference
 * writes 4 periods of up to 14,653 frames, 32 coefficients and 256 features at 15 frames a second.
 */
const most = { framesPerSecond: 1000, periods: 16, period: 65_536, coefficients: 128, features: 1024 };

/** Reads the bytes of one file. Error: `hashing/tmk-format`. */
export function readTmk(bytes: Uint8Array): Tmk {
  if (bytes.length < HEADER_BYTES || String.fromCharCode(...bytes.subarray(0, 12)) !== MAGIC)
    throw malformed("It does not begin as one");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = MAGIC.length;
  const integer = (name: string, least: number, largest: number) => {
    const value = view.getInt32(at, true);
    at += 4;
    if (value < least || value > largest) throw malformed(`Its ${name} is ${value}`);
    return value;
  };
  const floats = (count: number) =>
    Float32Array.from({ length: count }, () => {
      const value = view.getFloat32(at, true);
      at += 4;
      if (!Number.isFinite(value)) throw malformed("It holds a value that is no number");
      return value;
    });

  const framesPerSecond = integer("number of frames a second", 1, most.framesPerSecond);
  const periodCount = integer("number of periods", 1, most.periods);
  const coefficientCount = integer("number of coefficients", 1, most.coefficients);
  const dimension = integer("feature length", 1, most.features);
  const frameCount = integer("number of frames", 0, 2 ** 31 - 1);
  const features = periodCount * coefficientCount * dimension;
  const wanted = HEADER_BYTES + 4 * (periodCount + coefficientCount + dimension + 2 * features);
  if (bytes.length !== wanted) throw malformed(`It has ${bytes.length} bytes instead of ${wanted}`);
  return {
    framesPerSecond,
    frameCount,
    periods: Array.from({ length: periodCount }, () => integer("period", 1, most.period)),
    coefficients: floats(coefficientCount),
    average: floats(dimension),
    cosines: floats(features),
    sines: floats(features),
  };
}

/** The bytes of the file that `readTmk` reads. */
export function writeTmk(tmk: Tmk): Uint8Array {
  const { framesPerSecond, frameCount, periods, coefficients, average, cosines, sines } = tmk;
  const integers = [framesPerSecond, periods.length, coefficients.length, average.length, frameCount];
  const parts = [coefficients, average, cosines, sines];
  const floats = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(MAGIC.length + 4 * (integers.length + periods.length + floats));
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  let at = MAGIC.length;
  for (const value of [...integers, ...periods]) {
    view.setInt32(at, value, true);
    at += 4;
  }
  for (const part of parts)
    for (const value of part) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  return bytes;
}

const malformed = (what: string) =>
  new HashingError(
    "hashing/tmk-format",
    `This is no TMK+PDQF file that can be used. ${what}.`,
    "Transfer the file again; if it is the same, tell whoever gave it.",
  );
