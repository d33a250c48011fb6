/** What the roster commands print. Names in membership files are others' words: they must not write lines of their own. */
import { say } from "../terminal.ts";

/** Control characters, and marks that turn the direction of text, could hide what a person is about to sign. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Prints lines with everything in them visible. */
export function tell(...lines: readonly string[]): void {
  say(...lines.map((line) => line.replace(unseen, "\u{FFFD}")));
}
