/** One video in one sandbox: started, listened to, and killed when it fails, takes too long or is no longer wanted. */
import { spawn } from "node:child_process";
import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { WardlineError } from "@wardline/protocol/encoding";
import type { FrameHash } from "@wardline/hashing/video";
import type { DecodeSettings } from "../configuration/settings/decode.ts";
import type { Clock } from "../telemetry/index.ts";
import { createFrameReader } from "./frames.ts";
import { sandboxArguments } from "./sandbox.ts";
import { VIDEO_PATH } from "./video-ffmpeg.ts";
import { videoReply, type Probed, type VideoReply, type VideoRequest } from "./video-messages.ts";
import { videoRefused } from "./video-refusals.ts";
import { killGroup, noSandbox } from "./worker.ts";

/** A file of this machine, or bytes in memory. */
export type VideoSource = { path: string } | { bytes: Uint8Array };

export interface VideoOutcome {
  probed: Probed;
  frames: FrameHash[];
  damaged: boolean;
  /** JPEG, when it was asked for. */
  sheet?: Uint8Array;
}

export interface VideoJob {
  settings: DecodeSettings;
  clock: Clock;
  /** Aborting kills the sandbox; the job fails with the signal's reason. */
  signal: AbortSignal;
  /** Called with all frames so far. */
  onFrames: (frames: readonly FrameHash[], probed: Probed) => void;
}

/** A contact sheet of 4096 pixels takes a few megabytes. */
const limits = { header: 64 * 1024, body: 16 * 1024 * 1024 };

/** Errors: those of `VideoDecoder.hash`. */
export function runVideoJob(
  source: VideoSource,
  request: VideoRequest,
  { settings, clock, signal, onFrames }: VideoJob,
): Promise<VideoOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<VideoOutcome>();
  const child = spawn(settings.bubblewrap, commandLine(source, request, settings), {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // a process group of its own, so that all of it can be killed
  });
  const frames: FrameHash[] = [];
  let probed: Probed | undefined;
  let said = "";
  let ready = false;
  let over = false;

  const finish = (settle: () => void) => {
    if (over) return;
    over = true;
    cancelTimer();
    signal.removeEventListener("abort", abort);
    killGroup(child.pid);
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
    settle();
  };
  const stop = (error: unknown) => finish(() => reject(error));
  const abort = () => stop(signal.reason);
  signal.addEventListener("abort", abort);
  const cancelTimer = clock.after(settings.video.timeLimit, () => stop(videoRefused("timeout", settings)));

  const receive = (reply: VideoReply, body: Uint8Array) => {
    if (reply.kind === "ready") ready = true;
    else if (reply.kind === "probed") ({ probed } = reply);
    else if (reply.kind === "refused") stop(videoRefused(reply.refusal, settings));
    else if (probed === undefined) throw new Error("frames of nothing");
    else if (reply.kind === "done") finished(probed, reply.damaged, body);
    else {
      frames.push(...reply.frames);
      if (frames.length > request.mostFrames) stop(videoRefused("too-many-frames", settings));
      else onFrames(frames, probed);
    }
  };
  const finished = (probed: Probed, damaged: boolean, sheet: Uint8Array) => {
    if (frames.length === 0 || sheet.length > 0 !== Boolean(request.sheet))
      throw new Error("what was asked for was not found, and nothing refused");
    finish(() => resolve({ probed, frames, damaged, ...(request.sheet && { sheet }) }));
  };
  const read = createFrameReader(limits, ({ header, body }) => receive(videoReply.parse(header), body));
  child.stdout.on("data", (bytes: Uint8Array) => {
    try {
      read(bytes);
    } catch {
      stop(videoRefused("crashed", settings));
    }
  });
  child.stderr.on("data", (bytes: Uint8Array) => (said = (said + String(bytes)).slice(-2000)));
  child.stdin.on("error", () => undefined); // the child is gone: its end says so
  child.stdin.end("bytes" in source ? source.bytes : undefined);
  child.on("error", (cause) => stop(noSandbox(cause.message, cause)));
  child.on("close", () => stop(ready ? videoRefused("crashed", settings) : noSandbox(said)));
  return promise;
}

/**
 * The sandbox of a picture, with ffmpeg and the one file. A file is bound read-only where it lies, so
 * that it can be sought in and is never held in memory; bytes become a file of the sandbox's own memory.
 */
function commandLine(source: VideoSource, request: VideoRequest, settings: DecodeSettings): string[] {
  const { memory, timeLimit } = settings.video;
  return sandboxArguments(
    { memory, processorSeconds: Math.ceil((timeLimit * request.threads) / 1000) },
    ["/app/node/decode/video-child.ts", JSON.stringify(request)],
    [
      // Debian links some libraries through here; it holds nothing but links.
      ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"],
      ["--ro-bind", programAt(settings.video.ffmpeg), "/app/bin/ffmpeg"],
      "path" in source ? ["--ro-bind", source.path, VIDEO_PATH] : ["--ro-bind-data", "0", VIDEO_PATH],
    ].flat(),
  );
}

/** The file of a program. Error: `decode/no-ffmpeg`. */
export function programAt(name: string): string {
  const folders = name.includes("/") ? [""] : (process.env["PATH"] ?? "").split(delimiter);
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return realpathSync(path);
    } catch {
      // the next one
    }
  }
  throw new WardlineError("decode/no-ffmpeg", `Videos need the program ${name}, which is not installed.`, {
    advice: "Install it once: apt install ffmpeg. Pictures are decoded without it.",
  });
}
