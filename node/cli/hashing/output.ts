/** Where lines of results go: standard output or a file, one whole line at a time. */
import { open } from "node:fs/promises";
import { say } from "../terminal.ts";
import type { Progress } from "./progress.ts";

export interface Output {
  line(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Standard output. A reader that goes away (such as head) ends the program quietly. */
export function standardOutput(progress?: Progress): Output {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const full = () => process.stdout.writableLength > 64 * 1024;
  return {
    async line(text) {
      if (process.stdout.isTTY) progress?.clear();
      say(text);
      if (full()) await new Promise((resolve) => process.stdout.once("drain", resolve));
    },
    close: async () => undefined,
  };
}

/** Appends to a file, which is made if it is not there. */
export async function fileOutput(path: string): Promise<Output> {
  const file = await open(path, "a");
  return {
    async line(text) {
      await file.appendFile(`${text}\n`);
    },
    close: () => file.close(),
  };
}

/** `1 entry`, `2 entries`. */
export const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/**
 * Text of a stranger (a file name, a name in a list) for a terminal: control characters and those that turn the writing
 * direction are written out, so that a name cannot move the cursor, change colours or look like another.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
