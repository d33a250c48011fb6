/** Reading HTML that anybody may have written, in a time that grows with its size and with nothing else. */
import { Parser } from "htmlparser2";

/** Browsers nest no deeper than 512 either; the parser's cost grows with the square of the depth. */
const deepest = 500;

export interface MarkupHandlers {
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  /** Once for each tag that was opened. */
  close(): void;
}

/** Tags and text in order. A page that nests without end goes on with a fresh parser, as if all tags had been closed. */
export function parseFlat(html: string, { open, text, close }: MarkupHandlers): void {
  for (let rest = html; rest !== "";) {
    let depth = 0;
    const parser = new Parser({
      onopentag(name, attributes) {
        open(name, attributes);
        if (++depth >= deepest) parser.pause();
      },
      ontext: text,
      onclosetag() {
        depth--;
        close();
      },
    });
    parser.end(rest);
    rest = depth >= deepest ? rest.slice(parser.endIndex + 1) : "";
    for (; depth > 0; depth--) close();
  }
}
