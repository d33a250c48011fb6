/** Writes a list, piece by piece, in one of the formats that `readList` reads. */
import { hashKinds, type Entries } from "./entry.ts";
import type { ListFormat } from "./detect.ts";
import { writeXml } from "./write-xml.ts";

/**
 * The text of the list. What the formats can say differs: JSON and XML carry everything but the turns (JSON has those too);
 * CSV leaves out hashes of kinds that are not matched here; plain lines have only the hashes, one a line.
 */
export function writeList(entries: Entries, format: ListFormat): AsyncIterable<string> {
  if (format === "xml") return writeXml(entries);
  return { plain: writePlain, csv: writeCsv, json: writeJsonLines }[format](entries);
}

async function* writePlain(entries: Entries) {
  for await (const batch of entries()) {
    let text = "";
    for (const entry of batch) {
      if (entry.deleted === true) continue; // a line cannot say that it is taken back
      for (const kind of hashKinds) if (entry[kind] !== undefined) text += `${kind} ${entry[kind]}\n`;
    }
    yield text;
  }
}

const columns = [
  ...hashKinds,
  ...(["quality", "id", "source", "sourceId", "verdict", "media", "updated", "disputed", "deleted"] as const),
];

async function* writeCsv(entries: Entries) {
  yield `${columns.join(",")}\r\n`;
  for await (const batch of entries()) {
    yield batch.map((entry) => `${columns.map((name) => field(entry[name])).join(",")}\r\n`).join("");
  }
}

/** Quoted where RFC 4180 asks for it, and where a spreadsheet would take the text for a formula. */
function field(value: string | number | boolean | undefined): string {
  const text = value === undefined ? "" : String(value);
  return /[",\r\n\t;]|^[=+\-@]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* writeJsonLines(entries: Entries) {
  for await (const batch of entries()) yield batch.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}
