/** One sandboxed child and the one item it is working on. A child that fails in any way is killed and never used again. */
import { spawn } from "node:child_process";
import { WardlineError } from "@wardline/protocol/encoding";
import type { DecodeSettings } from "../configuration/settings/decode.ts";
import type { Clock } from "../telemetry/index.ts";
import { createFrameReader, frame, type Frame } from "./frames.ts";
import { reply, type Reply, type Request } from "./messages.ts";
import { sandboxArguments } from "./sandbox.ts";

export interface Answer {
  reply: Reply;
  body: Uint8Array;
}

export interface Worker {
  /** How many items it was given. */
  readonly items: number;
  readonly alive: boolean;
  /**
   * Sends one item and waits for its answer; one at a time.
   * Errors: `decode/timeout`, `decode/crashed`, `decode/no-sandbox` (it never became ready).
   */
  ask(request: Request, bytes: Uint8Array): Promise<Answer>;
  stop(): void;
}

// A preview is far below a megabyte, a rendered picture of 4096 pixels a few.
const limits = { header: 64 * 1024, body: 64 * 1024 * 1024 };

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Starts a child. It counts as failed to start when it does not report ready in time. */
export function startWorker(settings: DecodeSettings, clock: Clock): Worker {
  const processorSeconds = Math.ceil((settings.timeLimit * settings.itemsPerChild) / 1000);
  const child = spawn(settings.bubblewrap, sandboxArguments({ memory: settings.memory, processorSeconds }), {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // a process group of its own, so that all of it can be killed
  });
  let items = 0;
  let alive = true;
  let said = "";
  let waiting: Waiting | undefined;

  const end = (error: WardlineError) => {
    if (!alive) return;
    alive = false;
    killGroup(child.pid);
    // No open pipe keeps this process from ending, and the program inside, if it ever starts, sees its input end.
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
    waiting?.reject(error);
    waiting = undefined;
  };
  const within = async (time: number, late: () => WardlineError, send: () => void) => {
    const answered = new Promise<Answer>((resolve, reject) => (waiting = { resolve, reject }));
    const cancel = clock.after(time, () => end(late()));
    send();
    return answered.finally(cancel);
  };
  const receive = ({ header, body }: Frame) => {
    const answer = { reply: reply.parse(header), body };
    const asked = waiting;
    waiting = undefined;
    if (asked === undefined) throw new Error("an answer to nothing");
    asked.resolve(answer);
  };
  const read = createFrameReader(limits, receive);

  child.stdout.on("data", (bytes: Uint8Array) => {
    try {
      read(bytes);
    } catch (cause) {
      end(crashed("spoke nonsense", cause));
    }
  });
  child.stderr.on("data", (bytes: Uint8Array) => (said = (said + String(bytes)).slice(-2000)));
  child.stdin.on("error", () => undefined); // the child is gone: its exit says so
  child.on("error", (cause) => end(noSandbox(cause.message, cause)));
  child.on("exit", () => end(ready === "yes" ? crashed("ended") : noSandbox(said)));

  let ready: "no" | "yes" = "no";
  const started = within(
    settings.startLimit,
    () => noSandbox("The child did not report ready in time."),
    () => undefined,
  ).then(({ reply }) => {
    if (reply.kind !== "ready") throw crashed("did not say that it is ready");
    ready = "yes";
  });
  started.catch(() => undefined); // told to whoever asks

  return {
    get items() {
      return items;
    },
    get alive() {
      return alive;
    },
    async ask(request, bytes) {
      items++;
      await started;
      if (!alive) throw crashed("ended");
      return within(settings.timeLimit, timedOut, () => {
        child.stdin.cork();
        for (const piece of frame(request, bytes)) child.stdin.write(piece);
        child.stdin.uncork();
      });
    },
    stop: () =>
      end(new WardlineError("decode/closed", "The decoder was closed.", { advice: "Start the node again." })),
  };
}

/** bwrap is two processes, and the second waits for ever when the first dies while they start: both are killed. */
export function killGroup(leader: number | undefined): void {
  if (leader === undefined) return; // never started
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // it is gone already
  }
}

const crashed = (what: string, cause?: unknown) =>
  new WardlineError("decode/crashed", `The sandboxed decoder ${what} while it worked on this item.`, {
    advice:
      "The item may be built to attack decoders. Keep it listed as refused; other items are not affected.",
    cause,
  });

const timedOut = () =>
  new WardlineError("decode/timeout", "Decoding this item took longer than allowed.", {
    advice: "Keep it listed as refused, or raise decode.timeLimit if the machine is slow.",
  });

export const noSandbox = (said: string, cause?: unknown) =>
  new WardlineError(
    "decode/no-sandbox",
    "The sandbox for hostile media does not start, and nothing is decoded without it.",
    {
      advice:
        "Install bubblewrap (apt install bubblewrap) and allow user namespaces. Ubuntu from 24.04 on needs an AppArmor profile for " +
        "bwrap; a container needs --security-opt seccomp=unconfined --security-opt apparmor=unconfined, or a profile that allows unshare.",
      details: { said: said.trim() },
      cause,
    },
  );
