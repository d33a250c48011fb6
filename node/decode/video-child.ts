/**
 * The program inside a video's sandbox: recognises the file, lets ffmpeg decode it, hashes the frames as they come, and says
 * what it found on standard output. One sandbox sees one video. No pixel leaves it but in a contact sheet that was asked for.
 */
import { openSync, readSync } from "node:fs";
import { createInterface } from "node:readline";
import { pdqOfPixels } from "@wardline/hashing/pdq";
import type { FrameHash } from "@wardline/hashing/video";
import { contactSheet } from "./contact-sheet.ts";
import { frame as framed } from "./frames.ts";
import { restrictDecoders } from "./picture.ts";
import {
  decodeFrames,
  end,
  probe,
  tellsOfDamage,
  timestampOf,
  VIDEO_PATH,
  type Opening,
  type Stream,
} from "./video-ffmpeg.ts";
import { containerOf, HEAD_BYTES, VideoRefused } from "./video-formats.ts";
import type { Rate, VideoReply, VideoRequest } from "./video-messages.ts";

function send(reply: VideoReply, body?: Uint8Array): void {
  for (const piece of framed(reply, body)) process.stdout.write(piece);
}

async function examine(request: VideoRequest): Promise<void> {
  const container = containerOf(head());
  if (container === undefined) throw new VideoRefused("unsupported-format");
  const { demuxer, mime } = container;
  const opening = { demuxer, mostPixels: request.mostPixels, threads: request.threads };
  const stream = await probe(opening);
  const rate = request.rate ?? ((stream.duration ?? 0) > request.keyframesAfter ? "keyframes" : 1);
  send({ kind: "probed", probed: { mime, rate, ...stream } });
  const { damaged, sheet } = await hashFrames(opening, stream, rate, request);
  send({ kind: "done", damaged }, sheet);
}

function head(): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES);
  try {
    return bytes.subarray(0, readSync(openSync(VIDEO_PATH, "r"), bytes));
  } catch {
    throw new VideoRefused("unreadable");
  }
}

/** Decodes and hashes; `damaged` when some of the file could not be read. Throws `corrupt`, `no-frames`, `too-many-frames`. */
async function hashFrames(
  opening: Opening,
  stream: Stream,
  rate: Rate,
  { mostFrames, sheet: wanted }: VideoRequest,
): Promise<{ damaged: boolean; sheet: Uint8Array | undefined }> {
  // One frame more than allowed, to see that there are more.
  const ffmpeg = decodeFrames(opening, stream, rate, mostFrames + 1);
  const outbox = createOutbox();
  const sheet = wanted && contactSheet(wanted);
  let damaged = false;
  createInterface(ffmpeg.stderr).on("line", (line) => {
    const timestamp = timestampOf(line);
    if (timestamp !== undefined) outbox.timed(timestamp);
    else damaged ||= tellsOfDamage(line);
    if (/Cannot allocate memory/.test(line)) throw new Error("out of memory"); // says nothing about the file
  });
  const ended = end(ffmpeg);
  ended.catch(() => undefined); // told below, after the frames

  let frames = 0;
  const { width, height } = stream;
  for await (const data of wholeFrames(ffmpeg.stdout, width * height * 3)) {
    if (++frames > mostFrames) throw new VideoRefused("too-many-frames");
    const pixels = { data, width, height, channels: 3 } as const;
    outbox.hashed(pdqOfPixels(pixels));
    await sheet?.add(pixels);
  }
  damaged ||= (await ended) !== 0;
  if (frames === 0) throw new VideoRefused(damaged ? "corrupt" : "no-frames");
  outbox.flush();
  return { damaged, sheet: await sheet?.finish() };
}

/** Cuts a raw stream into frames. The same memory holds one frame after the other. */
async function* wholeFrames(stream: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Uint8Array> {
  const frame = new Uint8Array(bytes);
  let filled = 0;
  for await (const piece of stream)
    for (let at = 0; at < piece.length;) {
      const taken = Math.min(piece.length - at, bytes - filled);
      frame.set(piece.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled === bytes) {
        yield frame;
        filled = 0;
      }
    }
}

/** Joins hashes and times, which arrive through two pipes, and sends them in small batches: at once when nothing was sent for a while. */
function createOutbox() {
  const batch = 64;
  const pause = 250;
  const hashes: { hash: string; quality: number }[] = [];
  const times: number[] = [];
  let sent = 0;
  let last = 0;
  let sentAt = performance.now();

  const flush = () => {
    while (hashes.length > 0 && times.length > 0) {
      const count = Math.min(batch, hashes.length, times.length);
      const stamps = times.splice(0, count);
      const frames = hashes.splice(0, count).map(({ hash, quality }, at): FrameHash => ({
        index: sent + at,
        hash,
        quality,
        timestamp: stamps[at] ?? 0,
      }));
      sent += count;
      send({ kind: "frames", frames });
    }
    sentAt = performance.now();
  };
  return {
    hashed({ hash, quality }: { hash: string; quality: number }) {
      hashes.push({ hash, quality });
      if (hashes.length >= batch || performance.now() - sentAt > pause) flush();
    },
    timed(timestamp: number | "unknown") {
      // A frame without a time is shown right after the one before it.
      last = timestamp === "unknown" ? last : timestamp;
      times.push(last);
    },
    flush,
  };
}

restrictDecoders();
send({ kind: "ready" });
try {
  await examine(JSON.parse(process.argv[2] ?? "{}") as VideoRequest);
} catch (error) {
  // A failure that is no refusal ends the child, and the parent names it.
  if (!(error instanceof VideoRefused)) throw error;
  send({ kind: "refused", refusal: error.refusal });
}
process.stdout.end(() => process.exit(0)); // whatever ffmpeg still does
