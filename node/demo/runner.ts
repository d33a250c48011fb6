/** How one node of a dev federation runs: as a process of its own, or inside this one. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { createConnection } from "node:net";
import { fileURLToPath } from "node:url";
import type { Configuration } from "../configuration/index.ts";
import { startNode, type NodeServices, type RunningNode } from "../main.ts";
import type { Clock } from "../telemetry/index.ts";

export interface Runner {
  readonly running: boolean;
  /** Of a node that runs inside this process. */
  readonly services: NodeServices | undefined;
  /** Resolves once the node serves its interface. */
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL("../cli/wardline.ts", import.meta.url));
const patience = 60_000;

/** A process of its own; its log goes to `logFile`. */
export function inProcess(configurationFile: string, httpPort: number, logFile: string): Runner {
  let child: ChildProcess | undefined;

  async function end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exit = once(ending, "exit");
    ending.kill(signal);
    await exit;
  }

  return {
    services: undefined,
    get running() {
      return child !== undefined && child.exitCode === null && child.signalCode === null;
    },
    async start() {
      const log = openSync(logFile, "a", 0o600);
      const started = spawn(process.execPath, [program, "start", "--config", configurationFile], {
        stdio: ["ignore", log, log],
      });
      child = started;
      await served(httpPort, () => started.exitCode === null && started.signalCode === null, logFile);
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

/** Inside this process: cheaper, but only a clean stop. */
export function inThisProcess(configuration: Configuration, clock: Clock): Runner {
  let node: RunningNode | undefined;
  return {
    get running() {
      return node !== undefined;
    },
    get services() {
      return node?.services;
    },
    async start() {
      node = await startNode(configuration, { clock });
    },
    async stop() {
      await node?.stop();
      node = undefined;
    },
    kill: () => Promise.reject(new Error("A node inside this process cannot be killed alone.")),
  };
}

async function served(port: number, alive: () => boolean, logFile: string): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await accepts(port))) {
    if (!alive()) throw new Error(`A node ended while it started; ${logFile} tells why.`);
    if (Date.now() > deadline)
      throw new Error(`A node did not start within ${patience / 1000} s; see ${logFile}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    const answer = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}
