/** A member as the play sees it: a process that is started, killed, and asked. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Answers, Question } from "./messages.ts";

export interface MemberProcess {
  readonly running: boolean;
  /** Resolves once the node serves; rejects when the process ends before. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Clean; it must be running. */
  stop(): Promise<void>;
  /** Asks once; rejects with `Gone` when the process ends before it answers. */
  ask<Q extends Question>(question: Q): Promise<Answers[Q["do"]]>;
  /** Asks until there is an answer, also over restarts by others. */
  insist<Q extends Question>(question: Q): Promise<Answers[Q["do"]]>;
}

class Gone extends Error {}

interface Reply {
  readonly ready?: boolean;
  readonly number?: number;
  readonly value?: unknown;
  readonly error?: string;
}

const program = fileURLToPath(new URL("member.ts", import.meta.url));

/** @param place - the node's number on the network */
export function createMemberProcess(
  configurationFile: string,
  place: number,
  logFile: string,
): MemberProcess {
  let child: ChildProcess | undefined;
  /** Kept over starts that fail, so that whoever waits for it waits for the next. */
  let ready = Promise.withResolvers<void>();
  let isReady = false;
  let asked = 0;
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();

  function start(): Promise<void> {
    const log = openSync(logFile, "a", 0o600);
    const started = fork(program, [configurationFile, String(place)], {
      execArgv: [],
      stdio: ["ignore", log, log, "ipc"],
    });
    child = started;
    started.on("message", (reply: Reply) => {
      if (reply.ready === true) {
        isReady = true;
        return ready.resolve();
      }
      const answered = waiting.get(reply.number ?? -1);
      waiting.delete(reply.number ?? -1);
      if (reply.error === undefined) answered?.resolve(reply.value);
      else answered?.reject(new Error(reply.error));
    });
    return new Promise((resolve, reject) => {
      ready.promise.then(resolve, reject);
      started.once("exit", (code, signal) => {
        reject(new Gone(`Node ${place} ended while it started (${signal ?? code}); ${logFile} tells why.`));
        if (isReady) ready = Promise.withResolvers<void>();
        isReady = false;
        child = undefined;
        for (const one of waiting.values()) one.reject(new Gone(`Node ${place} ended.`));
        waiting.clear();
      });
    });
  }

  async function end(act: (running: ChildProcess) => void): Promise<void> {
    const running = child;
    if (!running) return;
    const exit = once(running, "exit");
    act(running);
    await exit;
  }

  async function ask<Q extends Question>(question: Q): Promise<Answers[Q["do"]]> {
    if (!child?.connected) throw new Gone(`Node ${place} does not run.`);
    const number = asked++;
    const answered = Promise.withResolvers<unknown>();
    waiting.set(number, answered);
    child.send({ number, question }, (error) => {
      if (error) answered.reject(new Gone(`Node ${place} could not be asked.`));
    });
    return answered.promise as Promise<Answers[Q["do"]]>;
  }

  return {
    get running() {
      return child !== undefined;
    },
    start,
    kill: () => end((running) => running.kill("SIGKILL")),
    stop: () => end(() => void ask({ do: "stop" }).catch(() => undefined)),
    ask,
    async insist(question) {
      for (;;) {
        await ready.promise;
        try {
          return await ask(question);
        } catch (error) {
          if (!(error instanceof Gone)) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    },
  };
}
