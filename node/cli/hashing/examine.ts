/**
 * What can be computed from one file: digests, PDQ of a picture, frames of a video. Pictures and videos are opened in the
 * sandbox only; nothing of them is decoded in this process.
 */
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { digestsOfStream, type Digests } from "@wardline/hashing/digests";
import type { FrameHash } from "@wardline/hashing/video";
import { isWardlineError, WardlineError } from "@wardline/protocol/encoding";
import { decodeSettings } from "../../configuration/settings/decode.ts";
import { createDecoder, createVideoDecoder, isVideo } from "../../decode/index.ts";
import { systemClock } from "../../telemetry/index.ts";
import { limited } from "./in-order.ts";

export interface Examined extends Digests {
  /** Of a picture. */
  picture?: { pdq: string; quality: number; dihedral: readonly string[] };
  /** Of a video whose frames were asked for. */
  frames?: readonly FrameHash[];
}

export interface ExamineOptions {
  /** Hash the frames of videos, not only the whole file. */
  frames?: boolean | undefined;
  /** Frames a second that are hashed. Default: the decoder's. */
  rate?: number | undefined;
  signal: AbortSignal;
}

export interface Examiner {
  /** Pictures decoded side by side. Twice as many files are in memory, so that no decoder waits; more wait in line. */
  readonly together: number;
  /** Errors: `cli/no-file` and those of the decoders, `decode/…`. */
  examine(file: string, options: ExamineOptions): Promise<Examined>;
  close(): Promise<void>;
}

/** @param children sandboxed decoders; default: one a processor core */
export function createExaminer(children = Math.min(availableParallelism(), 16)): Examiner {
  const settings = decodeSettings.parse({ children });
  const pictures = createDecoder(settings, systemClock);
  const videos = createVideoDecoder(settings, systemClock);

  const picture = async (file: string): Promise<Examined> => {
    const bytes = await readPicture(file, settings.largestFile);
    const { digests, pdq } = await pictures.hash(bytes);
    return { ...digests, picture: { pdq: pdq.hash, quality: pdq.quality, dihedral: pdq.dihedral } };
  };
  return {
    together: children,
    examine: limited(children * 2, async (file: string, { frames, rate, signal }: ExamineOptions) => {
      if (!isVideo(await startOf(file))) return picture(file);
      if (frames !== true) return digestsOfFile(file, signal);
      const found = await videos.hash(file, { signal, ...(rate !== undefined && { rate }) });
      return { ...found.digests, frames: found.frames };
    }),
    async close() {
      videos.close();
      await pictures.close();
    },
  };
}

/** The digests alone of a file whose contents cannot be opened. */
export function digestsOfFile(file: string, signal: AbortSignal): Promise<Digests> {
  return digestsOfStream(createReadStream(file), { signal });
}

/** Enough to tell a video by. @throws `cli/no-file` */
async function startOf(file: string): Promise<Uint8Array> {
  try {
    if (!(await stat(file)).isFile()) throw new Error("not a file");
    const opened = await open(file);
    try {
      const { buffer, bytesRead } = await opened.read(Buffer.alloc(512), 0, 512, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await opened.close();
    }
  } catch (cause) {
    throw noFile(cause);
  }
}

/** A picture's bytes; too large a file is refused before it is read. */
async function readPicture(file: string, most: number): Promise<Uint8Array> {
  try {
    const opened = await open(file);
    try {
      const { size } = await opened.stat();
      if (size > most) throw tooLarge(size, most);
      return await opened.readFile();
    } finally {
      await opened.close();
    }
  } catch (cause) {
    throw isWardlineError(cause) ? cause : noFile(cause);
  }
}

const tooLarge = (size: number, most: number) =>
  new WardlineError(
    "decode/too-large",
    `The file has ${size} bytes; pictures of at most ${most} are opened.`,
    {
      advice: "It is no photograph. If it is a video, it is of a kind that is not opened here.",
    },
  );

const noFile = (cause: unknown) =>
  new WardlineError("cli/no-file", "This cannot be read as a file; a folder needs --recursive.", {
    advice: "Check its name, and who may read it.",
    cause,
  });
