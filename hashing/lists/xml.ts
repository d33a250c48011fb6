/**
 * Hash-sharing XML as NCMEC's exchange speaks it (version 2): images and videos with a member, an id, a classification and
 * fingerprints; entries that were taken back come as deletedImage and deletedVideo.
 *
 * Parsed as a stream. Documents that declare a DTD or entities are refused: a list needs neither, and both are how a
 * document grows in memory or reaches for files. Only the last parts of names count, whatever their namespace.
 */
import { SaxesParser } from "saxes";
import { HashingError } from "../errors.ts";
import type { StartDecoder } from "./decoder.ts";
import type { Candidate } from "./entry.ts";

const containers = /^(image|video|deletedImage|deletedVideo)$/;
/** Pieces in which text is given to the parser, so that a limit is noticed soon after it is passed. */
const piece = 64 * 1024;

export const decodeXml: StartDecoder = (sink, { longestEntry, deepest }) => {
  const parser = new SaxesParser({ xmlns: false });
  const path: string[] = [];
  let candidate: Candidate | undefined;
  let start = 0;
  let text = "";
  let quality: string | undefined;
  let [fed, lastEvent] = [0, 0];
  let count: number | undefined;
  let newest: number | undefined;
  let next: string | undefined;

  const alive = () => void (lastEvent = fed);
  const local = (name: string) => name.slice(name.indexOf(":") + 1);
  const open = (name: string, attributes: Record<string, string>) => {
    if (path.length === 0 && name !== "queryResult") throw notAList(parser.line, name);
    if (path.length >= deepest) throw tooDeep(parser.line, deepest);
    path.push(name);
    text = "";
    if (path.length === 2 && (name === "images" || name === "videos")) {
      count = sum(count, attributes["count"]);
      newest = latest(newest, attributes["maxTimestamp"]);
    } else if (path.length === 3 && containers.test(name)) {
      candidate = {
        hashes: [],
        media: /video/i.test(name) ? "video" : "image",
        deleted: name.startsWith("deleted"),
      };
      start = parser.line;
    } else if (candidate !== undefined && path.length === 4 && name === "member")
      candidate.sourceId = attributes["id"];
    else if (candidate !== undefined && path.length === 5 && name === "negativeFeedback")
      candidate.disputed = true;
    quality = attributes["quality"];
  };
  const close = (name: string) => {
    const value = text.trim();
    if (candidate !== undefined && path.length === 5 && path[3] === "fingerprints") {
      // Large fingerprints are only linked to: an empty element with an address.
      if (value !== "") candidate.hashes.push([name, value]);
      if (name === "pdq") candidate.quality = quality;
    } else if (candidate !== undefined && path.length === 4) {
      if (name === "id") candidate.id = value;
      else if (name === "classification") candidate.verdict = value;
      else if (name === "timestamp") candidate.updated = value;
      else if (name === "member") candidate.source = value;
    } else if (candidate !== undefined && path.length === 3) {
      sink.found(start, candidate);
      candidate = undefined;
    } else if (path.length === 3 && path[1] === "paging" && name === "next") next = value || undefined;
    path.pop();
    text = "";
  };
  const addText = (more: string) => {
    alive();
    text += more;
    if (text.length > longestEntry) throw tooLong(parser.line, longestEntry);
  };

  parser.on("xmldecl", ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?(8|16)$|^us-ascii$/i.test(encoding)) throw otherEncoding(encoding);
  });
  parser.on("doctype", () => {
    throw hasDoctype(parser.line);
  });
  parser.on("opentag", ({ name, attributes }) => {
    alive();
    open(local(name), attributes);
  });
  parser.on("closetag", ({ name }) => {
    alive();
    close(local(name));
  });
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("comment", alive);
  parser.on("processinginstruction", alive);
  parser.on("error", () => {
    throw malformed(parser.line);
  });

  return {
    write(chunk) {
      for (let at = 0; at < chunk.length; at += piece) {
        const part = chunk.slice(at, at + piece);
        fed += part.length;
        parser.write(part);
        if (fed - lastEvent > longestEntry) throw tooLong(parser.line, longestEntry);
      }
    },
    end() {
      parser.close();
      if (count !== undefined || newest !== undefined || next !== undefined)
        sink.page({
          ...(count === undefined ? {} : { count }),
          ...(newest === undefined ? {} : { newest }),
          ...(next === undefined ? {} : { next }),
        });
    },
  };
};

function sum(count: number | undefined, more: string | undefined): number | undefined {
  return more !== undefined && /^\d{1,15}$/.test(more) ? (count ?? 0) + Number(more) : count;
}

function latest(newest: number | undefined, timestamp: string | undefined): number | undefined {
  const seconds = timestamp === undefined ? NaN : Date.parse(timestamp) / 1000;
  return Number.isFinite(seconds) ? Math.max(newest ?? 0, seconds) : newest;
}

const again = "Fetch it again. What came before was read.";
const malformed = (line: number) =>
  new HashingError(
    "list/xml",
    `The list stops being XML at or before line ${line}; it may be cut off or use entities that it may not.`,
    again,
  );
const hasDoctype = (line: number) =>
  new HashingError(
    "list/xml-doctype",
    `Line ${line}: the XML declares a document type, which a hash list does not need and which can attack its reader.`,
    "Ask where the list comes from, and for one without it.",
  );
const notAList = (line: number, name: string) =>
  new HashingError(
    "list/not-a-list",
    `Line ${line}: this XML is no hash list: its outermost element is ${JSON.stringify(name.slice(0, 80))}, not queryResult.`,
    "Give the answer of the exchange to a query for entries.",
  );
const tooDeep = (line: number, deepest: number) =>
  new HashingError(
    "list/too-deep",
    `Line ${line}: elements stand more than ${deepest} deep in each other.`,
    again,
  );
const tooLong = (line: number, longest: number) =>
  new HashingError(
    "list/too-long",
    `Line ${line}: a tag or text of more than ${longest} characters.`,
    "This is no hash list, or an entry of it is damaged.",
  );
const otherEncoding = (encoding: string) =>
  new HashingError(
    "list/encoding",
    `The XML is in the encoding ${JSON.stringify(encoding.slice(0, 40))}; UTF-8 and UTF-16 are read.`,
    "Convert it to UTF-8, for example with iconv.",
  );
