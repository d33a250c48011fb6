/** How the commands speak with people: answers on standard output, errors and questions on standard error. */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { readFile } from "node:fs/promises";
import { HashingError } from "@wardline/hashing/pdq";
import { isWardlineError, WardlineError } from "@wardline/protocol/encoding";

export function say(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

/** One readable line: the code, what happened, what to do. */
export function describe(error: unknown): string {
  if (isWardlineError(error) || error instanceof HashingError) {
    const advice = error.message.includes(error.advice ?? "\0") ? undefined : error.advice;
    return [`wardline: ${error.code}:`, error.message, advice].filter((part) => part !== undefined).join(" ");
  }
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return `wardline: ${typeof code === "string" ? `cli/${code.toLowerCase()}` : "cli/unexpected"}: ${String(message ?? error)}`;
}

/** Says what went wrong and makes the program end with exit code 1. */
export function fail(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
}

/** A text file named on the command line. @throws `cli/no-file` */
export async function readText(path: string): Promise<string> {
  return (await readBytes(path)).toString("utf8");
}

/** A file named on the command line. @throws `cli/no-file` */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new WardlineError("cli/no-file", `The file ${path} cannot be read.`, {
      advice: "Check its name and who may read it.",
      cause,
    });
  }
}

/**
 * A secret that a person types without seeing it; asked twice with `confirm`. Without a terminal it is the first line of
 * standard input, so that scripts can pipe it. @throws `cli/no-secret`, `cli/not-the-same`
 */
export async function askSecret(question: string, { confirm = false } = {}): Promise<string> {
  if (!process.stdin.isTTY) return firstLine(question);
  const first = await typed(`${question}: `);
  if (confirm && (await typed(`${question}, once more: `)) !== first) {
    throw new WardlineError("cli/not-the-same", "The two entries are not the same.", {
      advice: "Try again.",
    });
  }
  return first;
}

/**
 * Asks a person before what cannot be undone. Without a terminal, the command's `--yes` says it.
 * @throws `cli/not-confirmed`
 */
export async function confirm(what: string, isSure: boolean): Promise<void> {
  if (isSure) return;
  if (process.stdin.isTTY && (await answered(`${what} Type yes to go on: `)) === "yes") return;
  throw new WardlineError("cli/not-confirmed", `Nothing was changed. ${what}`, {
    advice: "Say so with --yes, or answer yes when asked.",
  });
}

async function answered(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await new Promise<string>((resolve) => lines.question(question, resolve))).trim();
  } finally {
    lines.close();
  }
}

async function firstLine(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    if (line !== "") return line;
    break;
  }
  throw new WardlineError("cli/no-secret", `${question} is needed, and there is no terminal to ask on.`, {
    advice: "Pipe it into standard input, or see the options in --help.",
  });
}

function typed(question: string): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: muted, terminal: true });
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    lines.once("SIGINT", () => {
      lines.close();
      process.stderr.write("\n");
      reject(new WardlineError("cli/interrupted", "Interrupted."));
    });
    lines.question("", (answer) => {
      lines.close();
      process.stderr.write("\n");
      resolve(answer);
    });
  });
}
