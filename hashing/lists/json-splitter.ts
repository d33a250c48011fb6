/**
 * Cuts a JSON document that arrives in pieces into the elements of its list, without holding more than one of them.
 *
 * The list is the outermost array, or the array under a known name in the outermost object (a page of an exchange). All
 * the rest of the document, with `[]` in place of the list, is handed out at its end. Brackets and strings are followed
 * here; whether the parts are JSON is for JSON.parse, which sees every character.
 */

export interface SplitEvents {
  /** The text of one element, and the line on which it begins. */
  element(text: string, line: number): void;
  /** A whole document without the elements of its list, the line on which it ended, and whether it had a list. */
  rest(text: string, line: number, hadList: boolean): void;
  /** The text cannot be JSON from this line on. Must throw. */
  broken(line: number): never;
  /** An element, or the rest, is longer than allowed. Must throw. */
  tooLong(line: number): never;
}

const listName = /(?<!\\)"(?:hashRecords|results)"\s*:\s*$/;
const [quote, backslash, comma, newline] = [0x22, 0x5c, 0x2c, 0x0a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** One document, or several one after the other. */
export function createJsonSplitter(longest: number, events: SplitEvents) {
  let line = 1;
  let depth = 0;
  let listDepth = 0; // depth of the array whose elements are handed out; 0 outside of it
  let inString = false;
  let escaped = false;
  let elements = 0;
  let hadList = false;
  let elementLine = 0;
  let rest: string[] = [];
  let element: string[] = [];
  let restLength = 0;
  let elementLength = 0;

  /** Keeps a piece of the text for whoever it belongs to. */
  const keep = (piece: string) => {
    if (piece === "") return;
    if (listDepth > 0) {
      element.push(piece);
      elementLength += piece.length;
    } else {
      rest.push(piece);
      restLength += piece.length;
    }
    if (restLength > longest || elementLength > longest) events.tooLong(line);
  };
  const endElement = (isLast: boolean) => {
    const text = element.join("");
    element = [];
    elementLength = 0;
    if (text.trim() === "") {
      if (isLast && elements === 0) return; // an empty list
      events.broken(line);
    }
    elements++;
    events.element(text, elementLine === 0 ? line : elementLine);
    elementLine = 0;
  };
  const endDocument = () => {
    const text = rest.join("");
    rest = [];
    restLength = 0;
    const had = hadList;
    hadList = false;
    events.rest(text, line, had);
  };
  const beginsList = () => depth === 0 || (depth === 1 && listName.test(rest.join("").slice(-200)));

  const write = (text: string) => {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === newline) line++;
      if (inString) {
        if (escaped) escaped = false;
        else if (code === backslash) escaped = true;
        else if (code === quote) inString = false;
        continue;
      }
      if (code <= 0x20) continue;
      if (listDepth > 0 && elementLine === 0 && code !== closeBracket) elementLine = line;
      if (depth === 0 && code !== openBrace && code !== openBracket) events.broken(line);
      if (code === quote) inString = true;
      else if (code === openBrace) depth++;
      else if (code === openBracket) {
        keep(text.slice(from, at));
        from = at;
        if (listDepth === 0 && beginsList()) {
          keep("[");
          from = at + 1;
          listDepth = depth + 1;
          elements = 0;
          hadList = true;
        }
        depth++;
      } else if (code === comma && depth === listDepth && listDepth > 0) {
        keep(text.slice(from, at));
        from = at + 1;
        endElement(false);
      } else if (code === closeBrace || code === closeBracket) {
        if (depth === listDepth) {
          if (code === closeBrace) events.broken(line);
          keep(text.slice(from, at));
          from = at;
          endElement(true);
          listDepth = 0;
        }
        depth--;
        if (depth > 0) continue;
        keep(text.slice(from, at + 1));
        from = at + 1;
        endDocument();
      }
    }
    keep(text.slice(from));
  };
  return {
    write,
    end() {
      if (depth > 0 || inString) events.broken(line);
    },
  };
}
