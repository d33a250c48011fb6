/** The command lines of ffmpeg, and what it says of a file. Runs inside the sandbox only. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { decoders, VideoRefused } from "./video-formats.ts";
import type { Rate } from "./video-messages.ts";

/** Where the sandbox has the video. */
export const VIDEO_PATH = "/input/video";

export interface Stream {
  codec: string;
  width: number;
  height: number;
  /** Seconds, where the file says. */
  duration?: number;
}

export interface Opening {
  /** The one demuxer that may run. */
  demuxer: string;
  mostPixels: number;
  threads: number;
}

type Program = ChildProcessByStdio<null, Readable, Readable>;

/**
 * What the first real video stream is (cover pictures left aside), told by decoding its first frame: what a file merely
 * claims of itself is not believed. Throws `corrupt`, `no-frames`, `too-many-pixels`, `unsupported-format`.
 */
export async function probe(opening: Opening): Promise<Stream> {
  const ffmpeg = start(opening, [], ["-vf", showInfo, "-frames:v", "1", "-f", "null", "-"]);
  const found: Partial<Stream> = {};
  let why: VideoRefused | undefined;
  let damaged = false;
  createInterface(ffmpeg.stderr).on("line", (line) => {
    found.duration ??= durationOf(line);
    found.codec ??= /^\[info\] {3}Stream #0:\d+ -> #0:0 \((\w+) /.exec(line)?.[1];
    const [, width, height] = /^\[Parsed_showinfo.*\[info\] n: .* s:(\d+)x(\d+) /.exec(line) ?? [];
    if (width !== undefined) Object.assign(found, { width: Number(width), height: Number(height) });
    why ??= refusalOf(line);
    damaged ||= tellsOfDamage(line);
  });
  const code = await end(ffmpeg);
  const { codec, width, height, duration } = found;
  if (codec !== undefined && width !== undefined && height !== undefined)
    return { codec, width, height, ...(duration === undefined ? {} : { duration }) };
  throw why ?? new VideoRefused(damaged || code !== 0 ? "corrupt" : "no-frames");
}

/**
 * Starts the decoding: chosen frames as raw rgb24 on standard output, all of the size that was probed, and a line about
 * each on standard error (`timestampOf`). The picture is taken as it is stored: not turned, not stretched.
 */
export function decodeFrames(opening: Opening, { width, height }: Stream, rate: Rate, most: number): Program {
  const filters = [
    ...(typeof rate === "number" ? [onePerSpan(rate)] : []),
    ...[`scale=${width}:${height}`, "format=rgb24", showInfo],
  ];
  const before = rate === "keyframes" ? ["-skip_frame", "nokey"] : [];
  return start(opening, before, [
    ...["-vf", filters.join(","), "-fps_mode", "passthrough", "-frames:v", String(most)],
    ...["-f", "rawvideo", "pipe:1"],
  ]);
}

/** One protocol, one demuxer, named decoders, bounded frames, no sound, no subtitles, no data. */
function start(
  { demuxer, mostPixels, threads }: Opening,
  before: readonly string[],
  output: readonly string[],
): Program {
  const args = [
    ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+info"],
    ["-protocol_whitelist", "file", "-format_whitelist", demuxer, "-codec_whitelist", decoders.join(",")],
    ["-max_pixels", String(mostPixels), "-threads", String(threads), ...before],
    ["-f", demuxer, "-noautorotate", "-an", "-sn", "-dn", "-i", `file:${VIDEO_PATH}`],
    ["-map", "0:V:0", "-filter_threads", "1", ...output],
  ].flat();
  return spawn("/app/bin/ffmpeg", args, { stdio: ["ignore", "pipe", "pipe"], env: {} });
}

const showInfo = "showinfo=checksum=0";

/** The first frame of every span of 1/rate seconds; unlike the filter `fps`, it never repeats a frame to fill a gap. */
const onePerSpan = (rate: number) => {
  const span = (time: string) => `floor((${time}-start_t)*${rate})`;
  return `select='isnan(prev_selected_t)+gt(${span("t")}\\,${span("prev_selected_t")})'`;
};

/** Seconds that a line says of one frame; "unknown" when it has no time; undefined when it is another line. */
export function timestampOf(line: string): number | "unknown" | undefined {
  const [, said] = /^\[Parsed_showinfo.*\[info\] n: *\d+ .*pts_time:(\S+)/.exec(line) ?? [];
  if (said === undefined) return undefined;
  return Number.isFinite(Number(said)) ? Math.max(0, Number(said)) : "unknown";
}

function durationOf(line: string): number | undefined {
  const [, hours, minutes, seconds] = /^\[info\] {3}Duration: (\d+):(\d\d):(\d\d\.\d+),/.exec(line) ?? [];
  if (hours === undefined) return undefined;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** ffmpeg speaks in sentences; these are the ones that mean something to us. */
function refusalOf(line: string): VideoRefused | undefined {
  if (/Picture size \d+x\d+ (exceeds|is invalid)/.test(line)) return new VideoRefused("too-many-pixels");
  if (/^\[fatal\] Stream map .* matches no streams/.test(line)) return new VideoRefused("no-frames");
  if (/while opening decoder|^\[\w+\] Decoder .* not found/.test(line))
    return new VideoRefused("unsupported-format");
  return undefined;
}

/** A line that says that something of the file could not be read. That sound is not decoded here is no such thing. */
export const tellsOfDamage = (line: string): boolean =>
  /^(\[.* @ \w+\] )*\[(error|fatal|panic)\]/.test(line) && !/not on whitelist/.test(line);

/** The exit code, once all output is read. Ended by a signal, it was no matter of the file: the child ends as well. */
export function end(program: Program): Promise<number> {
  return new Promise((resolve, reject) => {
    program.on("error", reject);
    program.on("close", (code, signal) =>
      code === null ? reject(new Error(`ended by ${signal}`)) : resolve(code),
    );
  });
}
