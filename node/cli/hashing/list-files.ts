/** Hash lists in files: reading one with progress and its problems told, as all commands that take lists do. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { readList, type Batch, type ListProblem, type ReadOptions } from "@wardline/hashing/lists";
import { isWardlineError, WardlineError } from "@wardline/protocol/encoding";
import { printable } from "./output.ts";

/** Pieces large enough that reading costs little beside parsing. */
const piece = 256 * 1024;

/** What a list holds, batch after batch. Errors: `cli/no-file` and those of `readList`, with the file's name in front. */
export async function* readListFile(
  file: string,
  options: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  try {
    const bytes = createReadStream(file, { highWaterMark: piece, signal });
    yield* readList(bytes, options);
  } catch (error) {
    signal.throwIfAborted();
    throw withFileName(file, error);
  }
}

export async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** As compilers say it, so that editors find the place: `list.csv:12: list/hash-format: …`. */
export function problemLine(file: string, { line, code, message }: ListProblem): string {
  return `${printable(file)}:${line}: ${code}: ${message}`;
}

/** The error with the file of which it speaks; `cli/no-file` when it could not be read. */
export function withFileName(file: string, error: unknown): unknown {
  const { code, message, advice } = (error ?? {}) as { code?: unknown; message?: string; advice?: string };
  if (isWardlineError(error) || typeof code !== "string") return error;
  if (!code.includes("/"))
    return new WardlineError("cli/no-file", `The file ${printable(file)} cannot be read.`, {
      advice: "Check its name and who may read it.",
      cause: error,
    });
  return new WardlineError(code, `${printable(file)}: ${message}`, {
    ...(advice === undefined ? {} : { advice }),
    cause: error,
  });
}
