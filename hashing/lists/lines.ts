/** Cuts text that arrives in pieces into lines, and never holds more than one line of the allowed length. */

export interface LineSplitter {
  write(text: string): void;
  end(): void;
}

/**
 * Calls `onLine` with each line without its end (LF or CRLF) and its number from 1; `onTooLong` instead for a line of
 * more than `longest` characters, which is skipped.
 */
export function createLineSplitter(
  longest: number,
  onLine: (line: string, number: number) => void,
  onTooLong: (number: number) => void,
): LineSplitter {
  let number = 0;
  let pieces: string[] = [];
  let held = 0;

  const hold = (piece: string) => {
    held += piece.length;
    if (held > longest) pieces = [];
    else if (piece !== "") pieces.push(piece);
  };
  const finish = () => {
    number++;
    if (held > longest) onTooLong(number);
    else {
      const line = pieces.length === 1 ? (pieces[0] ?? "") : pieces.join("");
      onLine(line.endsWith("\r") ? line.slice(0, -1) : line, number);
    }
    pieces = [];
    held = 0;
  };
  return {
    write(text) {
      let from = 0;
      for (let to = text.indexOf("\n"); to !== -1; to = text.indexOf("\n", from)) {
        hold(text.slice(from, to));
        finish();
        from = to + 1;
      }
      hold(text.slice(from));
    },
    end() {
      if (held > 0) finish();
    },
  };
}
